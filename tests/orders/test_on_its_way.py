"""What a store will get can be bought there: promised once, reserved when it comes, or refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.orders.test_invariants import CHECKS
from tests.races import losers, race, winners
from vitrine.catalog import transferring
from vitrine.catalog.invariants import stock_adds_up
from vitrine.catalog.models import LocationKind, Stock, Transfer, Variant
from vitrine.catalog.stockkeeping import SoldOut, StockPromised
from vitrine.orders import checkout, codes, handing_over, moving, placing, quote, reserving
from vitrine.orders.checkout import Attempt
from vitrine.orders.handing_over import NotThere
from vitrine.orders.models import Order, Payment, Reservation
from vitrine.orders.placing import Left
from vitrine.orders.splitting import NoDelivery
from vitrine.orders.wanted import Wanted

pytestmark = pytest.mark.django_db
SOON = date(2026, 11, 24)


def on_the_way(lamp: Variant, quantity: int, *, expected_on: date | None = SOON) -> Transfer:
    """Send some of a variant to a store of its merchant, the same store each time."""
    store = lamp.merchant.locations.filter(kind=LocationKind.STORE).first()
    plan = transferring.Plan(
        lamp.merchant.locations.filter(kind=LocationKind.WAREHOUSE).earliest("pk"),
        store or make.location(lamp.merchant, LocationKind.STORE),
        f"transfer-{Transfer.objects.count()}",
        expected_on,
    )
    transfer = transferring.draft(plan, by=None, at=make.NOON)
    transferring.put(transfer, lamp, quantity)
    transferring.send(transfer, by=make.person(), at=make.NOON)
    return transfer


def receive(transfer: Transfer, quantity: int | None = None) -> None:
    counted = {} if quantity is None else {transfer.lines.get().pk: quantity}
    transferring.receive(transfer, counted, by=make.person(), at=make.NOON)


def pressed(lamp: Variant, quantity: int, transfer: Transfer) -> Attempt:
    return make.attempt(lamp, quantity=quantity, store=transfer.destination)


def figures(transfer: Transfer) -> tuple[int, int, int]:
    """Return what of it is promised, and what lies and is reserved where it goes."""
    stock = Stock.objects.get(location=transfer.destination)
    return transfer.lines.get().promised, stock.on_hand, stock.reserved


def adds_up() -> bool:
    found = [check().violations for check in (*CHECKS[:-1], stock_adds_up)]
    return found == [[]] * len(found)


def test_what_a_store_will_get_is_offered_there_from_the_day_it_comes() -> None:
    lamp = make.variant(stock=9)
    transfer = on_the_way(lamp, 2)
    on_the_way(lamp, 2, expected_on=SOON + timedelta(days=2))
    on_the_way(lamp, 1, expected_on=None)
    on_the_way(lamp, 1, expected_on=date(2026, 11, 19))  # overdue

    def offered(quantity: int) -> list[date | None]:
        found = quote.build([Wanted(lamp, quantity)], choices={}, region="NY", at=make.NOON)
        return [one.comes_on for one in found.parts[0].collections]

    assert [offered(quantity) for quantity in (2, 4, 5)] == [[SOON], [SOON + timedelta(days=2)], []]
    make.stocked(make.variant(lamp.product), 1, at=transfer.destination)
    Stock.objects.filter(variant=lamp, location=transfer.destination).delete()
    make.stocked(lamp, 2, at=transfer.destination)
    assert [offered(quantity) for quantity in (2, 3)] == [[None], [SOON]]


def test_it_is_promised_once_reserved_as_it_comes_and_handed_over_only_then() -> None:
    lamp = make.variant(stock=9)
    transfer = on_the_way(lamp, 3)

    payment = checkout.buy(pressed(lamp, 2, transfer), at=make.NOON)

    order = payment.group.orders.get()
    assert (order.arrives_from_on, order.arrives_until_on) == (SOON, SOON)
    assert figures(transfer) == (2, 0, 0)
    assert adds_up()
    with pytest.raises(NoDelivery):
        pressed(lamp, 2, transfer)
    code, clerk = codes.of_order(order), make.person()
    for early in (
        lambda: handing_over.make_ready(order, by=clerk, at=make.NOON),
        lambda: handing_over.collect(order, code, by=clerk, at=make.NOON),
    ):
        with pytest.raises(NotThere):
            early()
    receive(transfer)
    assert figures(transfer) == (2, 3, 2)
    assert adds_up()
    handing_over.make_ready(order, by=clerk, at=make.NOON)
    moving.make(handing_over.collect(order, code, by=clerk, at=make.NOON), at=make.NOON)
    assert figures(transfer) == (2, 1, 0)
    assert adds_up()


def test_less_than_was_promised_is_taken_in_once_orders_are_cancelled_and_is_not_called_off() -> (
    None
):
    lamp = make.variant(stock=9)
    transfer = on_the_way(lamp, 3)
    first, second = (
        checkout.buy(pressed(lamp, quantity, transfer), at=make.NOON).group.orders.get()
        for quantity in (1, 2)
    )

    with pytest.raises(StockPromised, match="3 of these are promised to buyers, and only 2"):
        receive(transfer, 2)
    with pytest.raises(StockPromised, match="3 of these are promised"):
        transferring.call_off(transfer, by=make.person(), at=make.NOON)
    with pytest.raises(IntegrityError, match="promised to buyers"), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(state="cancelled", ended_at=make.NOON)
    assert figures(transfer) == (3, 0, 0)

    handing_over.cancel(first, by=None, at=make.NOON, reason="No time")
    assert figures(transfer) == (2, 0, 0)
    receive(transfer, 2)
    assert figures(transfer) == (2, 2, 2)
    handing_over.cancel(second, by=None, at=make.NOON, reason="No time")
    assert figures(transfer) == (2, 2, 0)
    assert adds_up()


def test_of_two_who_want_the_last_that_comes_the_first_gets_it_and_none_of_it_is_sent() -> None:
    lamp = make.variant(stock=5)
    transfer = on_the_way(lamp, 3)
    drafts = []
    for quantity in (2, 2):
        press = pressed(lamp, quantity, transfer)
        offer = quote.build(press.wanted, choices=press.choices, region="NY", at=make.NOON)
        drafts.append(checkout.draft(press, offer, at=make.NOON))
    found = [(one, reserving.plan(one.needs)) for one in drafts]

    written = placing.write(found)

    assert [written[one.group.public_id][0] for one in drafts] == [True, False]
    assert placing.place_all(drafts[1:]) == [Left.SOLD_OUT]
    assert figures(transfer) == (2, 0, 0)
    (collected,) = drafts[0].needs
    sent = replace(collected, location_id=None, quantity=3)  # two lie in the warehouse
    _, nobody = reserving.plan_each([[replace(collected, quantity=1)], [sent]])
    assert nobody is None
    assert Reservation.objects.get().transfer_line == transfer.lines.get()


@pytest.mark.django_db(transaction=True)
def test_who_buys_while_it_is_taken_in_gets_it_once() -> None:
    lamp = make.variant(stock=9)
    transfer = on_the_way(lamp, 2)
    presses = [pressed(lamp, 1, transfer) for _ in range(4)]
    clerk = make.person()

    def act(number: int) -> None:
        if number == len(presses):
            transferring.receive(transfer, {}, by=clerk, at=make.NOON)
        else:
            checkout.buy(presses[number], at=make.NOON)

    results = race(len(presses) + 1, act)

    assert {type(one) for one in losers(results)} <= {SoldOut, NoDelivery}
    assert len(winners(results)) == 3
    promised, on_hand, reserved = figures(transfer)
    assert (on_hand, reserved) == (2, 2)
    assert promised <= 2
    assert Order.objects.filter(state="placed").count() == Payment.objects.count() == 2
    assert adds_up()
