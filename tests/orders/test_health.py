"""What counts for and against a shop, and that its page shows the very orders."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.catalog.models import LocationKind, Merchant, Question, Role, Voice
from vitrine.orders import handing_over, health, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Fulfilment, Message, Order, Side

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # ten in the morning in New York


@pytest.fixture
def clerk() -> Person:
    return make.person("clerk")


@pytest.fixture
def shop(clerk: Person) -> Merchant:
    shop = make.merchant("Lamps")
    make.member(shop, clerk, Role.ORDERS)
    return shop


def _order(shop: Merchant, *, placed_at: datetime = MONDAY, **fields: object) -> Order:
    order = make.purchase(make.variant(make.product(shop), stock=9), **fields).group.orders.get()
    Order.objects.filter(pk=order.pk).update(placed_at=placed_at)
    return order


def _sent(order: Order, *, at: datetime, by: Person) -> Order:
    key = handing_over.ship(order, Parcel("Post", "1"), by=by, at=at)
    moving.make(key, at=at)
    Fulfilment.objects.filter(order=order).update(shipped_at=at)
    return order


def _counted(shop: Merchant, *, at: datetime) -> dict[str, tuple[set[str], int]]:
    """Return by score which orders count against the shop, and of how many."""
    found = health.of(shop, at=at)
    return {
        score.standard.code: ({fact.key for fact in score.against}, score.of)
        for score in found.scores
    }


def test_a_parcel_is_late_when_it_leaves_or_waits_past_its_day(
    shop: Merchant, clerk: Person
) -> None:
    in_time = _sent(_order(shop), at=MONDAY + timedelta(days=1), by=clerk)
    late = _sent(_order(shop), at=MONDAY + timedelta(days=2), by=clerk)
    waiting = _order(shop)
    not_due = _order(shop, placed_at=MONDAY + timedelta(days=3))
    store = make.location(shop, LocationKind.STORE)
    collected = make.variant(make.product(shop))
    make.stocked(collected, 3, at=store)
    make.purchase(collected, store=store)

    against, of = _counted(shop, at=MONDAY + timedelta(days=3))["late"]

    assert against == {late.public_id, waiting.public_id}
    assert of == 3
    assert in_time.public_id not in against
    assert not_due.public_id not in against


def test_a_weekend_and_the_shops_packing_time_are_no_delay(shop: Merchant, clerk: Person) -> None:
    friday = MONDAY + timedelta(days=4)
    _sent(_order(shop, placed_at=friday), at=friday + timedelta(days=3), by=clerk)

    assert _counted(shop, at=friday + timedelta(days=9))["late"] == (set(), 1)
    Merchant.objects.filter(pk=shop.pk).update(packing_days=3)
    shop.refresh_from_db()
    _sent(_order(shop), at=MONDAY + timedelta(days=3), by=clerk)
    assert _counted(shop, at=friday + timedelta(days=9))["late"] == (set(), 2)


def test_only_what_the_shop_cancels_counts_against_it(shop: Merchant, clerk: Person) -> None:
    buyer = make.person()
    by_shop, by_buyer, kept = _order(shop), _order(shop, buyer=buyer), _order(shop)
    own = _order(shop, buyer=clerk)
    for order, by in ((by_shop, clerk), (by_buyer, buyer), (own, clerk)):
        handing_over.cancel(order, by=by, at=MONDAY, reason="No.")

    assert _counted(shop, at=MONDAY)["cancelled"] == ({by_shop.public_id}, 4)
    assert kept.public_id


def test_a_refund_counts_of_what_had_left(shop: Merchant, clerk: Person) -> None:
    back, gone = (_sent(_order(shop), at=MONDAY, by=clerk) for _ in range(2))
    _order(shop)
    back.refresh_from_db()
    moving.make(handing_over.refund(back, by=clerk, at=MONDAY, reason="Broken."), at=MONDAY)

    assert _counted(shop, at=MONDAY)["refunded"] == ({back.public_id}, 2)
    assert gone.public_id


def test_old_orders_and_those_of_others_do_not_count(shop: Merchant) -> None:
    _order(shop, placed_at=MONDAY - timedelta(days=61))
    _order(make.merchant())

    assert {of for _, of in _counted(shop, at=MONDAY).values()} == {0}


def test_what_had_no_answer_within_a_day_counts_and_thanks_do_not(
    shop: Merchant, clerk: Person
) -> None:
    def hours(number: int) -> datetime:
        return MONDAY + timedelta(hours=number)

    product = make.variant(make.product(shop)).product
    asker, questions = make.person(), []
    for number, answered in enumerate((23, 25, None)):
        said: dict[str, Any] = {"by": asker, "at": MONDAY, "is_withheld": False}
        questions.append(Question.ask(product, f"Is it {number}?", **said))
        if answered:
            said = {"by": clerk, "at": hours(answered), "is_withheld": False}
            questions[-1].answer("Yes", voice=Voice.SELLER, **said)
    talks = {
        "answered, and thanked for": ((0, "buyer"), (1, "buyer"), (20, "seller"), (21, "buyer")),
        "late": ((0, "buyer"), (25, "seller")),
        "never": ((0, "seller"), (25, "buyer")),
        "still in time": ((47, "buyer"),),
    }
    orders = {}
    for name, lines in talks.items():
        orders[name] = _order(shop, placed_at=MONDAY - timedelta(days=90)).public_id
        order = Order.objects.get(public_id=orders[name])
        for number, side in lines:
            Message.write(
                order, "Hello", side=Side(side), by=clerk, at=hours(number), is_withheld=False
            )

    late = {questions[1].public_id, questions[2].public_id, orders["late"]}
    assert _counted(shop, at=hours(48))["unanswered"] == (late, 5)
    late.add(orders["never"])
    assert _counted(shop, at=hours(50))["unanswered"] == (late, 6)
    assert set(health.of(shop, at=hours(50)).orders) == {*orders.values()} - {
        orders["still in time"]
    }


def test_the_page_shows_the_sum_the_threshold_and_the_orders(shop: Merchant, clerk: Person) -> None:
    orders = [_order(shop, placed_at=datetime.now(UTC) - timedelta(days=1)) for _ in range(10)]
    handing_over.cancel(orders[0], by=clerk, at=MONDAY, reason="No.")
    yesterday = datetime.now(UTC) - timedelta(days=2)
    about = orders[0].lines.get().variant.product
    Question.ask(about, "Is it loud?", by=make.person(), at=yesterday, is_withheld=False)

    page = signed_in(clerk).get("/market/lamps/health/").content.decode()

    assert "1 of 10 = 10%" in page
    assert "Past 2.5%." in page
    assert f"/market/lamps/orders/{orders[0].public_id}/" in page
    assert "Too few to judge" in page
    assert ("1 of 1 = 100%" in page, "Is it loud?" in page) == (True, True)
    assert Client().get("/market/lamps/health/").status_code == 302
