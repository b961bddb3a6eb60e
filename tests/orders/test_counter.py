"""A counter without a network: each hand-over once, and what contradicts another is kept."""

from datetime import timedelta

import pytest

from tests import make
from tests.orders.money import at_bank
from tests.races import losers, race
from vitrine.accounts.models import Person
from vitrine.catalog.models import LocationKind, Merchant
from vitrine.ledger.posting import KeyReused
from vitrine.orders import codes, counter, handing_over
from vitrine.orders.counter import Told
from vitrine.orders.handing_over import NotOpen, WrongCode
from vitrine.orders.models import Order, OrderState, QueuedHandover
from vitrine.orders.payment.bank import BankCharge

pytestmark = pytest.mark.django_db


def ready() -> Order:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 3, at=store)
    order = make.purchase(lamp, store=store).group.orders.get()
    handing_over.make_ready(order, by=make.person(), at=make.NOON)
    return order


def told(order: Order, key: str, *, queued: bool = True) -> Told:
    code = codes.of_order(order)
    return Told(key, code, order.public_id, make.NOON - timedelta(hours=2), is_queued=queued)


def take(shop: Merchant, what: Told, by: Person | None = None) -> QueuedHandover:
    return counter.take(shop, what, by=by or make.person(), at=make.NOON)


def test_a_queued_handover_is_taken_once_however_often_it_is_told() -> None:
    order = ready()

    rows = [take(order.merchant, told(order, "k1")) for _ in range(3)]

    assert {row.pk for row in rows} == {rows[0].pk}
    assert rows[0].is_taken
    assert rows[0].handed_at == make.NOON - timedelta(hours=2)
    order.refresh_from_db()
    assert order.state == OrderState.COLLECTED
    assert at_bank() == {"capture": order.total_minor}
    assert order.lines.get().reservations.get().quantity == 1


def test_a_second_device_is_refused_by_name_and_a_person_settles_it() -> None:
    order, clerk = ready(), make.person()
    take(order.merchant, told(order, "k1"))

    second = take(order.merchant, told(order, "k2"))

    assert "handed over already" in second.why
    assert list(QueuedHandover.objects.in_conflict()) == [second]
    assert at_bank() == {"capture": order.total_minor}
    counter.settle(second, by=clerk, at=make.NOON)
    counter.settle(second, by=make.person(), at=make.NOON)
    second.refresh_from_db()
    assert second.settled_by == clerk
    assert not QueuedHandover.objects.in_conflict().exists()


def test_what_was_cancelled_meanwhile_or_has_no_such_code_is_a_conflict() -> None:
    order = ready()
    handing_over.cancel(order, by=None, at=make.NOON, reason="")

    gone = take(order.merchant, told(order, "k1"))
    wrong = take(order.merchant, Told("k2", "22222222", order.public_id, None, is_queued=True))
    nobodys = take(order.merchant, Told("k3", "22222222", "", None, is_queued=True))

    assert "was cancelled before" in gone.why
    assert [wrong.order, nobodys.order] == [order, None]
    assert "No order of this shop" in nobodys.why
    assert at_bank() == {}


def test_on_line_a_refusal_is_said_and_nothing_is_kept() -> None:
    order = ready()

    with pytest.raises(WrongCode):
        take(order.merchant, Told("k1", "22222222"))
    take(order.merchant, Told("k2", codes.of_order(order).lower()))
    with pytest.raises(NotOpen):
        take(order.merchant, Told("k3", codes.of_order(order)))

    assert [row.key for row in QueuedHandover.objects.all()] == ["k2"]


def test_a_bank_that_refuses_after_the_goods_have_left_is_a_conflict() -> None:
    order = ready()
    BankCharge.objects.update(outcome="declined")

    row = take(order.merchant, told(order, "k1"))

    assert "bank refused" in row.why
    order.refresh_from_db()
    assert order.state == OrderState.READY


def test_a_key_of_another_shop_opens_nothing() -> None:
    order, other = ready(), ready()
    take(order.merchant, told(order, "k1"))

    with pytest.raises(KeyReused):
        take(other.merchant, told(other, "k1"))
    with pytest.raises(WrongCode):
        take(other.merchant, told(order, "k2", queued=False))


@pytest.mark.django_db(transaction=True)
def test_six_devices_at_once_hand_over_one_order_once() -> None:
    order, clerk = ready(), make.person()
    shop = order.merchant

    results = race(6, lambda number: take(shop, told(order, f"k{number % 3}"), clerk))

    assert losers(results) == []
    assert QueuedHandover.objects.count() == 3
    assert QueuedHandover.objects.in_conflict().count() == 2
    assert at_bank() == {"capture": order.total_minor}
