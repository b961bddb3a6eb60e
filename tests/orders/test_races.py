"""Many at one moment: never oversold, never charged twice, and one of two rivals wins."""

import pytest
from django.utils import timezone

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.test_invariants import CHECKS
from tests.races import losers, race, winners
from vitrine.catalog.models import Stock
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.orders import checkout, handing_over, keeping, moving, settling
from vitrine.orders.handing_over import NotOpen, Parcel
from vitrine.orders.models import (
    Address,
    BankCharge,
    OrderEvent,
    OrderGroup,
    Payment,
    PaymentMethod,
    PaymentState,
)
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def in_order() -> bool:
    return all(check().violations == [] for check in CHECKS)


def test_sixteen_buyers_of_the_last_one_make_one_order() -> None:
    lamp = make.variant(stock=1)
    presses = [make.attempt(lamp) for _ in range(16)]

    results = race(16, lambda number: checkout.buy(presses[number], at=timezone.now()))

    assert len(winners(results)) == 1
    assert {type(one) for one in losers(results)} == {SoldOut}
    assert Stock.objects.get().reserved == 1
    assert BankCharge.objects.count() == OrderGroup.objects.count() == 1
    assert in_order()


def test_sixteen_buyers_of_seven_in_two_places_make_seven_orders() -> None:
    lamp = make.variant(stock=3)
    make.stocked(lamp, 4)
    presses = [make.attempt(lamp) for _ in range(16)]

    results = race(16, lambda number: checkout.buy(presses[number], at=timezone.now()))

    assert len(winners(results)) == 7
    assert {type(one) for one in losers(results)} == {SoldOut}
    assert sorted(Stock.objects.values_list("on_hand", "reserved")) == [(3, 3), (4, 4)]
    assert in_order()


def test_purchases_of_one_person_at_one_moment_keep_one_address() -> None:
    bea, lamp = make.person(), make.variant(stock=8)
    groups = [make.purchase(lamp, buyer=bea).group for _ in range(8)]

    results = race(8, lambda number: keeping.remember([groups[number]], at=timezone.now()))

    assert losers(results) == []
    assert Address.objects.count() == PaymentMethod.objects.count() == 1
    keeping.remember(groups[:1], at=timezone.now())
    assert Address.objects.get().person == bea


def test_bags_in_opposite_orders_never_wait_for_each_other_in_a_circle() -> None:
    first, second = make.variant(stock=100), make.variant(stock=100)
    presses = [
        make.attempt(*((first, second) if number % 2 else (second, first))) for number in range(16)
    ]

    results = race(16, lambda number: checkout.buy(presses[number], at=timezone.now()))

    assert losers(results) == []
    assert list(Stock.objects.values_list("reserved", flat=True)) == [16, 16]


def test_one_key_eight_times_at_once_is_one_order_and_seven_replays() -> None:
    press = make.attempt(make.variant(stock=9))

    results = race(8, lambda _number: checkout.buy(press, at=timezone.now()))

    assert losers(results) == []
    assert len({payment.pk for payment in winners(results)}) == 1
    assert OrderGroup.objects.count() == BankCharge.objects.count() == 1
    assert OrderEvent.objects.filter(kind="placed").count() == 1
    assert Stock.objects.get().reserved == 1
    assert in_order()


def test_return_page_webhook_and_poller_at_once_settle_once() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)

    results = race(8, lambda _number: settling.resolve(payment, at=timezone.now()))

    assert losers(results) == []
    assert Payment.objects.get().state == PaymentState.AUTHORISED
    assert OrderEvent.objects.filter(kind="placed").count() == 1


def test_of_a_cancellation_and_a_dispatch_at_once_one_wins() -> None:
    clerk = make.person()
    for _ in range(4):
        order = make.purchase(make.variant(stock=1)).group.orders.get()

        def act(number: int, order: object = order) -> None:
            if number % 2:
                key = handing_over.ship(order, Parcel(), by=clerk, at=timezone.now())  # type: ignore[arg-type]
            else:
                key = handing_over.cancel(order, by=None, at=timezone.now(), reason="")  # type: ignore[arg-type]
            moving.make(key, at=timezone.now())

        results = race(2, act)

        assert len(winners(results)) == 1
        assert [type(one) for one in losers(results)] == [NotOpen]
    assert in_order()


def test_one_capture_asked_by_many_is_posted_once() -> None:
    order = make.purchase(make.variant(stock=1)).group.orders.get()
    key = handing_over.ship(order, Parcel(), by=make.person(), at=timezone.now())

    results = race(8, lambda _number: moving.make(key, at=timezone.now()))

    assert losers(results) == []
    assert at_bank() == {"capture": 2595}
    assert balances()["provider:sandbox"] == -2595
    assert in_order()
