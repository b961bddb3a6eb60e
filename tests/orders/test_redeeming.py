"""Promotions on real purchases: frozen, posted, refused; no code counts too often."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.money import balances
from tests.races import race
from vitrine.catalog.models import Merchant, Variant
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel.invariants import REGISTER, Finding
from vitrine.orders import (
    asking,
    checkout,
    drafting,
    handing_over,
    invariants,
    moving,
    offering,
    quote,
    refunding,
)
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    BankMove,
    GroupState,
    Order,
    OrderGroup,
    OrderLine,
    Promotion,
    Redemption,
    Voucher,
)
from vitrine.orders.offering import CodeInUse, Terms
from vitrine.orders.payment import sandbox
from vitrine.orders.payouts import releasing
from vitrine.orders.promoting import Gift
from vitrine.orders.quote import Quote
from vitrine.orders.redeeming import CodeDoesNotCount
from vitrine.orders.wanted import Wanted

pytestmark = pytest.mark.django_db


def offer(merchant: Merchant | None, gift: Gift = Gift.PERCENT, **terms: object) -> Promotion:
    usual: dict[str, object] = {"percent": 10} if gift is Gift.PERCENT else {}
    made = Terms("Autumn", gift, **{**usual, **terms})  # type: ignore[arg-type]
    return offering.offer(made, merchant=merchant, at=make.NOON)


def quoted(lamp: Variant, quantity: int = 1, code: str = "", **fields: object) -> Quote:
    usual = {"choices": {}, "region": "NY", "voucher": code, "at": make.NOON}
    return quote.build([Wanted(lamp, quantity)], **{**usual, **fields})  # type: ignore[arg-type]


def test_what_came_off_is_frozen_and_the_merchant_bears_its_own() -> None:
    lamp = make.variant(stock=3)  # 20.00
    offer(lamp.merchant, percent=10)
    offer(lamp.merchant, Gift.FREE_DELIVERY)

    group = make.purchase(lamp, quantity=2).group

    order, line = Order.objects.get(), OrderLine.objects.get()
    assert (line.goods_minor, line.discount_minor, line.discount_platform_minor) == (4000, 400, 0)
    assert (line.tax_minor, order.tax_minor) == (144, 144)  # 4 % of 36.00
    assert (order.delivery_minor, order.discount_minor) == (495, 895)
    assert order.total_minor == group.total_minor == 3744
    assert group.discount_minor == 895
    assert order.fee_minor == 216  # 6 % of 36.00


def test_the_platform_makes_good_what_it_takes_off() -> None:
    lamp = make.variant(stock=3)
    offer(None, Gift.FIXED, amount_minor=500)
    group = make.purchase(lamp).group
    order = Order.objects.get()

    key = handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)

    tax = 60 + 20  # 4 % of 15.00 and of 4.95
    assert group.total_minor == 1500 + 495 + tax
    assert balances() == {
        "provider:sandbox": -group.total_minor,
        f"merchant:{lamp.merchant.public_id}:pending": 2000 + 495 - 90,
        "platform:fees": 90,
        "platform:promotions": -500,
        "tax:US-NY": tax,
    }


def test_what_the_platform_pays_alone_is_posted_and_comes_back_unit_by_unit() -> None:
    lamp = make.variant(stock=3)
    offer(None, percent=100)
    offer(lamp.merchant, Gift.FREE_DELIVERY)
    group = make.purchase(lamp, quantity=3).group
    order, pending = Order.objects.get(), f"merchant:{lamp.merchant.public_id}:pending"
    assert (group.total_minor, order.discount_platform_minor) == (0, 6_000)

    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON), at=make.NOON)

    assert balances() == {pending: 6_000, "platform:promotions": -6_000}
    assert not BankMove.objects.exists()
    order.refresh_from_db()
    assert order.state == "shipped"
    releasing.release_due(at=make.NOON + timedelta(days=60))
    assert balances()[f"merchant:{lamp.merchant.public_id}:available"] > 0

    line = order.lines.get()
    with asking.locked(order.pk) as (fresh, payment):
        said: dict[str, Any] = {"by": make.person(), "at": make.NOON, "reason": "Broken"}
        made = refunding.units(fresh, payment, {line.pk: 1}, key="one", **said)
    assert made is not None
    moving.make(made.move.key, at=make.NOON)
    assert (made.amount_minor, made.made_good_minor) == (0, 2_000)
    assert balances()["platform:promotions"] == -4_000
    order.refresh_from_db()
    assert order.state == "shipped"

    moving.make(handing_over.refund(order, **said), at=make.NOON)
    order.refresh_from_db()
    assert (order.state, balances()) == ("refunded", {})
    broken = [one for check in REGISTER for one in check.check().violations]
    assert broken == []


def test_a_code_counts_in_any_case_for_its_shop_and_its_time_and_says_why_not() -> None:
    lamp, other = make.variant(stock=3), make.variant(stock=3)
    offer(lamp.merchant, code="autumn-10", least_minor=2001, until_at=make.NOON + timedelta(days=1))
    later = make.NOON + timedelta(days=1)

    found = {
        "two": quoted(lamp, 2, " Autumn-10 "),
        "one": quoted(lamp, 1, "AUTUMN-10"),
        "other": quoted(other, 2, "AUTUMN-10"),
        "late": quoted(lamp, 2, "AUTUMN-10", at=later),
        "early": quoted(lamp, 2, "AUTUMN-10", at=make.NOON - timedelta(days=1)),
        "none": quoted(lamp, 2),
    }

    off = {name: one.figures.discount_minor for name, one in found.items()}
    assert off == {"two": 400, "one": 0, "other": 0, "late": 0, "early": 0, "none": 0}
    assert [found[name].voucher_refusal for name in ("two", "one", "other", "late", "early")] == [
        "",
        "This code counts from a larger sum on.",
        "There is no such code here. Check how it is written.",
        "This code no longer counts.",
        "This code does not count yet.",
    ]


def test_a_code_that_does_not_count_buys_nothing() -> None:
    lamp = make.variant(stock=3)

    with pytest.raises(CodeDoesNotCount):
        checkout.buy(make.attempt(lamp, voucher="NONSENSE"), at=make.NOON)

    assert not OrderGroup.objects.exists()


def buy(lamp: Variant, **fields: Any) -> OrderGroup:
    shown = quoted(lamp, code="TEN").total_minor
    attempt = make.attempt(lamp, voucher="TEN", shown_total_minor=shown, **fields)
    return checkout.buy(attempt, at=make.NOON).group


def test_a_code_counts_so_often_in_all_and_a_failed_purchase_gives_its_use_back() -> None:
    lamp = make.variant(stock=9)
    offer(lamp.merchant, code="TEN", most=2)

    declined = buy(lamp, token=sandbox.DECLINES)
    first = buy(lamp, key="same")
    again = buy(lamp, key="same")
    buy(lamp)
    with pytest.raises(CodeDoesNotCount):
        buy(lamp)

    assert declined.state == GroupState.FAILED
    assert first == again
    assert Redemption.objects.count() == 3
    assert OrderGroup.objects.filter(state="placed").count() == 2


def test_a_buyer_uses_a_code_so_often() -> None:
    lamp, bea, abe = make.variant(stock=9), make.person(), make.person()
    offer(lamp.merchant, code="TEN", most_each=1)

    buy(lamp, buyer=bea)
    with pytest.raises(CodeDoesNotCount, match="as often as you may"):
        buy(lamp, buyer=bea)

    assert quoted(lamp, code="TEN", buyer=abe).figures.discount_minor == 200
    assert quoted(lamp, code="TEN", buyer=bea).figures.discount_minor == 0


def test_a_hold_that_led_to_no_purchase_ends_by_itself() -> None:
    lamp = make.variant(stock=0)
    offer(lamp.merchant, code="TEN", most=1)
    with pytest.raises(SoldOut):
        buy(lamp)
    voucher = Voucher.objects.get()
    Redemption.objects.create(
        voucher=voucher, key="crashed", email="x@example.org", at=make.NOON, expires_at=make.NOON
    )

    assert Redemption.objects.count() == 1  # the one that was let go is gone
    assert quoted(lamp, code="TEN").figures.discount_minor == 200


def test_a_shop_has_each_code_once_and_ends_what_it_offered() -> None:
    shop, other = make.merchant(), make.merchant()
    made = offer(shop, code="ten")
    offer(other, code="TEN")
    offer(None, code="TEN")

    with pytest.raises(CodeInUse):
        offer(shop, code="Ten")
    made.end(at=make.NOON)

    assert not Promotion.objects.running(at=make.NOON).filter(merchant=shop).exists()
    assert Promotion.objects.count() == 3


def test_no_promotion_costs_no_query() -> None:
    lamp = make.variant(stock=3)
    offer(make.merchant(), percent=10)
    offer(lamp.merchant, code="TEN")

    with CaptureQueriesContext(connection) as without:
        quoted(lamp, with_stores=False)
    offer(lamp.merchant, percent=10)
    with CaptureQueriesContext(connection) as running:
        quoted(lamp, with_stores=False)

    assert (len(without), len(running)) == (1, 2)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE orders_orderline SET discount_minor = 1",
        "UPDATE orders_order SET discount_platform_minor = 1, total_minor = total_minor - 1",
        "UPDATE orders_ordergroup SET discount_minor = 1",
        "UPDATE orders_orderline SET platform_liable = false",
    ],
)
def test_what_came_off_never_changes(change: str) -> None:
    make.purchase(make.variant(stock=1))

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    found: Finding = invariants.orders_add_up()
    assert found.violations == []


def test_an_order_whose_discount_is_on_no_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lamp = make.variant(stock=1)
    offer(lamp.merchant, percent=50)
    lines = drafting.lines

    def forgetful(*args: object) -> list[OrderLine]:
        made = lines(*args)  # type: ignore[arg-type]
        for line in made:
            line.discount_minor = 0
        return made

    monkeypatch.setattr(drafting, "lines", forgetful)

    with pytest.raises(IntegrityError, match="sum of its lines"):
        place_now(lamp)


@transaction.atomic
def place_now(lamp: Variant) -> None:
    """Place a purchase and let the deferred triggers look at once."""
    checkout.place(make.attempt(lamp), at=make.NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_the_last_use_of_a_code_is_had_once_however_many_press() -> None:
    lamp = make.variant(stock=9)
    offer(lamp.merchant, code="TEN", most=1)
    shown = quoted(lamp, code="TEN").total_minor
    attempts = [make.attempt(lamp, voucher="TEN", shown_total_minor=shown) for _ in range(4)]

    def press(number: int) -> str:
        try:
            return str(checkout.buy(attempts[number], at=make.NOON).group.state)
        except CodeDoesNotCount:
            return "refused"

    outcomes = race(len(attempts), press)

    assert sorted(map(str, outcomes)) == ["placed", "refused", "refused", "refused"]
