"""Buying: what is held, written, charged and refused."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.orders.money import at_bank, balances
from vitrine.catalog.models import LocationKind, Stock
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.ledger.posting import KeyReused
from vitrine.orders import checkout, codes, quote, reserving
from vitrine.orders.checkout import HOLD, TotalChanged
from vitrine.orders.models import (
    BankCharge,
    GroupState,
    OrderGroup,
    OrderLine,
    OrderState,
    OrderTax,
    Payment,
    PaymentState,
    Reservation,
    ReservationState,
)
from vitrine.orders.payment import sandbox
from vitrine.orders.splitting import Choice, NoDelivery
from vitrine.orders.wanted import NotForSale, Wanted

pytestmark = pytest.mark.django_db


def reserved() -> list[tuple[int, int]]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", "reserved"))


def test_a_purchase_freezes_every_figure_and_posts_nothing_yet() -> None:
    lamp = make.variant(stock=3)

    payment = make.purchase(lamp, quantity=2)

    group = payment.group
    assert (group.goods_minor, group.delivery_minor, group.tax_minor) == (4000, 495, 180)
    assert group.total_minor == 4675 == payment.amount_minor
    assert (group.state, payment.state) == (GroupState.PLACED, PaymentState.AUTHORISED)
    order = group.orders.get()
    assert (order.state, order.fee_minor, order.tax_included) == (OrderState.PLACED, 240, False)
    assert [(tax.authority, tax.amount_minor) for tax in order.taxes.all()] == [("US-NY", 180)]
    line = order.lines.get()
    assert (line.quantity, line.unit_minor, line.goods_minor, line.tax_minor) == (
        2,
        2000,
        4000,
        160,
    )
    assert reserved() == [(3, 2)]
    assert balances() == {}
    assert at_bank() == {}


def test_a_cart_across_merchants_is_one_charge_and_an_order_each() -> None:
    lamp, mug = make.variant(stock=1), make.variant(stock=1, price_minor=999)
    met_on = make.clip()

    payment = make.purchase(lamp, mug, clip=met_on)

    orders = list(payment.group.orders.order_by("pk"))
    assert [order.merchant for order in orders] == [lamp.merchant, mug.merchant]
    assert [order.total_minor for order in orders] == [2595, 999 + 495 + 40 + 20]
    assert sum(order.total_minor for order in orders) == payment.amount_minor
    assert [line.clip for order in orders for line in order.lines.all()] == [met_on, met_on]
    assert BankCharge.objects.get().amount_minor == payment.amount_minor


def test_the_same_press_twice_is_one_order() -> None:
    lamp = make.variant(stock=5)
    press = make.attempt(lamp)

    first, second = checkout.buy(press, at=make.NOON), checkout.buy(press, at=make.NOON)

    assert first == second
    assert reserved() == [(5, 1)]
    assert BankCharge.objects.count() == 1


def test_a_replay_is_answered_although_the_price_has_risen_since() -> None:
    lamp = make.variant(stock=5)
    press = make.attempt(lamp)
    first = checkout.buy(press, at=make.NOON)
    lamp.price_minor = 9900
    lamp.save()

    assert checkout.buy(press, at=make.NOON) == first


def test_a_key_with_another_body_or_buyer_is_refused() -> None:
    lamp = make.variant(stock=5)
    checkout.buy(make.attempt(lamp, key="k"), at=make.NOON)

    for other in (
        make.attempt(lamp, key="k", quantity=2),
        make.attempt(lamp, key="k", buyer=make.person()),
        make.attempt(lamp, key="k", token=sandbox.DECLINES),
    ):
        with pytest.raises(KeyReused):
            checkout.buy(other, at=make.NOON)
    assert reserved() == [(5, 1)]
    assert Payment.objects.count() == 1


def test_the_buyer_pays_what_was_shown_or_is_asked_again() -> None:
    lamp = make.variant(stock=5)

    with pytest.raises(TotalChanged) as caught:
        checkout.buy(make.attempt(lamp, shown_total_minor=2594), at=make.NOON)

    assert caught.value.facts == {"total_minor": 2595}
    assert reserved() == [(5, 0)]
    assert not OrderGroup.objects.exists()


def test_a_sold_out_variant_holds_nothing_and_asks_no_bank() -> None:
    lamp, mug = make.variant(stock=5), make.variant(stock=1)

    with pytest.raises(SoldOut):
        checkout.buy(make.attempt(lamp, mug, quantity=2), at=make.NOON)

    assert reserved() == [(5, 0), (1, 0)]
    assert not OrderGroup.objects.exists()
    assert not BankCharge.objects.exists()


def test_a_decline_frees_the_stock_and_moves_no_money() -> None:
    lamp = make.variant(stock=1)

    payment = make.purchase(lamp, token=sandbox.DECLINES)

    assert (payment.state, payment.group.state) == (PaymentState.DECLINED, GroupState.FAILED)
    assert payment.decline_reason == "The card was declined."
    assert reserved() == [(1, 0)]
    assert Reservation.objects.get().state == ReservationState.RELEASED
    assert balances() == {}


def test_a_withdrawn_product_is_not_for_sale() -> None:
    lamp = make.variant(stock=1)
    press = make.attempt(lamp)
    lamp.product.withdrawn_at = make.NOON
    lamp.product.save()

    with pytest.raises(NotForSale):
        checkout.buy(press, at=make.NOON)


def test_one_place_that_has_it_all_is_preferred_and_a_warehouse_to_a_store() -> None:
    lamp = make.variant()
    store = make.stocked(lamp, 9, at=make.location(lamp.merchant, LocationKind.STORE))
    small, big = make.stocked(lamp, 2), make.stocked(lamp, 4)

    make.purchase(lamp, quantity=3)
    make.purchase(lamp, quantity=3)
    make.purchase(lamp, quantity=8)

    for stock, expected in ((small, 2), (big, 3), (store, 9)):
        stock.refresh_from_db()
        assert stock.reserved == expected


def test_a_collection_takes_the_store_s_stock_and_is_taxed_there() -> None:
    lamp = make.variant(stock=5)
    store = make.location(lamp.merchant, LocationKind.STORE, region="OR")
    shelf = make.stocked(lamp, 1, at=store)

    payment = make.purchase(lamp, store=store)

    order = payment.group.orders.get()
    assert (order.pickup_location, order.delivery_minor, order.tax_minor) == (store, 0, 0)
    assert order.total_minor == 2000
    shelf.refresh_from_db()
    assert shelf.reserved == 1
    code = codes.of_order(order)
    assert bytes(order.pickup_code_digest or b"") == codes.digest(order.public_id, code.lower())
    assert code not in str(OrderGroup.objects.values().get()) + str(order.__dict__)


def test_a_store_without_enough_is_not_offered_and_is_refused() -> None:
    lamp = make.variant(stock=5)
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    wanted = make.attempt(lamp, quantity=2).wanted

    found = quote.build(wanted, choices={}, region="NY", at=make.NOON)

    assert found.parts[0].collections == ()
    choice = {lamp.merchant.public_id: Choice(store=store.public_id)}
    with pytest.raises(NoDelivery):
        quote.build(wanted, choices=choice, region="NY", at=make.NOON)


def test_an_overdue_hold_is_ended_by_whoever_needs_the_stock() -> None:
    lamp = make.variant(stock=1)
    slow = make.purchase(lamp, token=sandbox.CHALLENGES)
    quick = make.attempt(lamp)

    with pytest.raises(SoldOut):
        checkout.buy(quick, at=make.NOON + HOLD / 2)
    bought = checkout.buy(quick, at=make.NOON + HOLD)

    slow.refresh_from_db()
    assert slow.state == PaymentState.ABANDONED
    assert bought.state == PaymentState.AUTHORISED
    assert reserved() == [(1, 1)]


def test_a_purchase_of_nothing_to_pay_asks_no_bank() -> None:
    sample = make.variant(stock=1, price_minor=0)
    sample.merchant.delivery_options.update(price_minor=0)

    payment = make.purchase(sample)

    assert (payment.amount_minor, payment.group.state) == (0, GroupState.PLACED)
    assert not BankCharge.objects.exists()


def test_a_purchase_is_two_commits_and_five_statements() -> None:
    press = make.attempt(make.variant(stock=1))

    with CaptureQueriesContext(connection) as captured:
        checkout.buy(press, at=make.NOON)

    said = [one["sql"] for one in captured if "SAVEPOINT" not in one["sql"]]
    # The quote; where stock is; the purchase and what leaves; the bank; placed, and the job.
    assert len(said) == 5, said


def test_what_was_not_reserved_cannot_be_let_go_or_handed_over() -> None:
    payment = make.purchase(make.variant(stock=3))
    held = list(Reservation.objects.all())
    Stock.objects.update(reserved=0)

    with pytest.raises(RuntimeError):
        reserving.let_go(held, ReservationState.RELEASED, at=make.NOON)
    with pytest.raises(RuntimeError):
        reserving.hand_over(held, key=payment.public_id, at=make.NOON)

    assert reserved() == [(3, 0)]


def test_a_merchant_that_only_has_a_store_is_collected_from() -> None:
    lamp = make.variant()
    lamp.merchant.delivery_options.update(withdrawn_at=make.NOON)
    wanted = [Wanted(lamp, 1)]
    with pytest.raises(NoDelivery):
        quote.build(wanted, choices={}, region="NY", at=make.NOON)
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)

    found = quote.build(wanted, choices={}, region="NY", at=make.NOON)

    assert found.parts[0].store == store
    assert found.is_pickup


def test_a_bag_of_nothing_or_of_doubles_is_no_purchase() -> None:
    lamp = make.variant(stock=3)

    with pytest.raises(NotForSale):
        quote.build([], choices={}, region="NY", at=make.NOON)
    with pytest.raises(ValueError, match="once"):
        quote.build([Wanted(lamp, 1), Wanted(lamp, 1)], choices={}, region="NY", at=make.NOON)


def test_each_line_says_who_hands_its_tax_on_and_what_it_is_to_the_tables() -> None:
    shop = make.merchant()
    coat = make.variant(make.product(shop, tax_code="clothing"), stock=1, price_minor=109_00)
    lamp = make.variant(make.product(shop), stock=1, price_minor=100_00)
    total = 209_00 + 4_95 + 4_00 + 9  # 4 % of the lamp, and of its share of the delivery

    group = checkout.buy(make.attempt(coat, lamp, shown_total_minor=total), at=make.NOON).group

    lines = OrderLine.objects.order_by("pk").values_list("tax_minor", "platform_liable")
    assert list(lines) == [(0, True), (4_00, True)]
    (owed,) = OrderTax.objects.all()
    assert (owed.authority, owed.name, owed.amount_minor) == ("US-NY", "State sales tax", 4_09)
    assert owed.platform_liable
    assert group.total_minor == total
