"""Handing over: money is taken as goods leave, posted once, and given back to the cent."""

import pytest
from pytest_django import Settings

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.work import jobs, run_jobs
from vitrine.catalog.models import LocationKind, Stock, StockMovement
from vitrine.ledger import accounts
from vitrine.ledger.models import Transfer
from vitrine.orders import codes, handing_over, moving
from vitrine.orders.handing_over import NotOpen, Parcel, WrongCode, WrongWay
from vitrine.orders.models import MoveState, Order, OrderState, PaymentMove, ReservationState
from vitrine.orders.payment import providers
from vitrine.orders.payment.bank import BankCharge, BankMove
from vitrine.orders.payment.provider import ProviderRefused

pytestmark = pytest.mark.django_db


def stock() -> tuple[int, int]:
    row = Stock.objects.latest("pk")
    return row.on_hand, row.reserved


def bought() -> Order:
    """Buy two lamps at 20.00 in New York: 40.00 + 4.95 + 1.80 tax; the fee is 2.40."""
    return make.purchase(make.variant(stock=3), quantity=2).group.orders.get()


def for_collection() -> Order:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 3, at=store)
    return make.purchase(lamp, store=store).group.orders.get()


def shipped(order: Order) -> Order:
    key = handing_over.ship(order, Parcel("Postal", "T123"), by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)
    order.refresh_from_db()
    return order


def test_shipping_captures_posts_the_sale_once_and_empties_the_shelf() -> None:
    order = bought()

    key = handing_over.ship(order, Parcel("Postal", "T123"), by=make.person(), at=make.NOON)
    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    moving.make(key, at=make.NOON)
    moving.make(key, at=make.NOON)
    run_jobs()

    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED
    assert (order.fulfilment.carrier, order.fulfilment.tracking) == ("Postal", "T123")
    assert order.fulfilment.shipped_at == make.NOON
    assert balances() == {
        "provider:sandbox": -4675,
        accounts.merchant_pending(order.merchant.public_id): 4675 - 180 - 240,
        "tax:US-NY": 180,
        "platform:fees": 240,
    }
    transfer = Transfer.objects.get()
    assert (transfer.reason_kind, transfer.reason_id) == ("order", order.public_id)
    assert at_bank() == {"capture": 4675}
    assert stock() == (1, 0)
    assert order.lines.get().reservations.get().state == ReservationState.SOLD
    assert StockMovement.objects.get(reason="sold").quantity == -2


def test_one_order_of_a_purchase_is_captured_and_the_other_let_go() -> None:
    payment = make.purchase(make.variant(stock=1), make.variant(stock=1, price_minor=999))
    first, second = payment.group.orders.order_by("pk")

    shipped(first)
    key = handing_over.cancel(second, by=None, at=make.NOON, reason="Changed my mind")
    moving.make(key, at=make.NOON)

    payment.refresh_from_db()
    assert (payment.captured_minor, payment.voided_minor) == (2595, 1554)
    assert payment.captured_minor + payment.voided_minor == payment.amount_minor
    assert at_bank() == {"capture": 2595, "void": 1554}
    assert balances()["provider:sandbox"] == -2595


def test_cancelling_frees_stock_and_money_and_posts_nothing() -> None:
    order = bought()

    key = handing_over.cancel(order, by=None, at=make.NOON, reason="Too many lamps")
    run_jobs()
    moving.make(key, at=make.NOON)

    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert stock() == (3, 0)
    assert balances() == {}
    assert at_bank() == {"void": 4675}
    assert [event.kind for event in order.events.order_by("pk")] == ["placed", "cancelled"]


def test_what_was_cancelled_cannot_be_shipped_nor_the_reverse() -> None:
    cancelled, gone = bought(), bought()
    handing_over.cancel(cancelled, by=None, at=make.NOON, reason="")
    handing_over.ship(gone, Parcel(), by=make.person(), at=make.NOON)

    with pytest.raises(NotOpen):
        handing_over.ship(cancelled, Parcel(), by=make.person(), at=make.NOON)
    with pytest.raises(NotOpen):
        handing_over.cancel(gone, by=None, at=make.NOON, reason="")
    with pytest.raises(NotOpen):
        handing_over.ship(gone, Parcel(), by=make.person(), at=make.NOON)
    assert PaymentMove.objects.count() == 2


def test_a_refused_capture_leaves_the_order_to_be_tried_again() -> None:
    order = bought()
    BankCharge.objects.update(outcome="declined")

    key = handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON)
    assert moving.make(key, at=make.NOON).state == MoveState.REFUSED

    order.refresh_from_db()
    assert order.state == OrderState.PLACED
    assert balances() == {}
    assert stock() == (3, 2)
    BankCharge.objects.update(outcome="authorised")
    assert shipped(order).state == OrderState.SHIPPED
    assert at_bank() == {"capture": 4675}


def test_a_refund_takes_the_whole_posting_back_and_the_goods_too() -> None:
    order = shipped(bought())

    key = handing_over.refund(order, by=make.person(), at=make.NOON, reason="Broken")
    with pytest.raises(NotOpen):
        handing_over.refund(order, by=make.person(), at=make.NOON, reason="Broken")
    moving.make(key, at=make.NOON)
    moving.make(key, at=make.NOON)

    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert balances() == {}
    assert [t.reason_kind for t in Transfer.objects.order_by("pk")] == ["order", "refund"]
    assert at_bank() == {"capture": 4675, "refund": 4675}
    assert stock() == (3, 0)
    with pytest.raises(NotOpen):
        handing_over.refund(order, by=make.person(), at=make.NOON, reason="Again")


def test_a_refund_of_what_has_not_left_is_refused() -> None:
    with pytest.raises(NotOpen):
        handing_over.refund(bought(), by=make.person(), at=make.NOON, reason="No")


def test_a_code_is_still_good_after_the_secret_key_was_changed(settings: Settings) -> None:
    order = for_collection()
    code = codes.of_order(order)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"

    assert codes.of_order(order) == code
    settings.SECRET_KEY_FALLBACKS = []
    assert codes.of_order(order) == ""


def test_a_collection_is_made_ready_and_handed_over_for_its_code() -> None:
    order = for_collection()
    clerk = make.person()

    handing_over.make_ready(order, by=clerk, at=make.NOON)
    handing_over.make_ready(order, by=clerk, at=make.NOON)
    with pytest.raises(WrongCode):
        handing_over.collect(order, "AAAAAAAA", by=clerk, at=make.NOON)
    assert balances() == {}
    typed = codes.of_order(order).lower()
    moving.make(
        handing_over.collect(order, f"{typed[:4]}-{typed[4:]} ", by=clerk, at=make.NOON),
        at=make.NOON,
    )

    order.refresh_from_db()
    assert order.state == OrderState.COLLECTED
    assert order.fulfilment.ready_at == order.fulfilment.collected_at == make.NOON
    assert balances() == {
        "provider:sandbox": -2080,
        accounts.merchant_pending(order.merchant.public_id): 2080 - 80 - 120,
        "tax:US-NY": 80,
        "platform:fees": 120,
    }
    assert stock() == (2, 0)
    assert [one["kind"] for one in jobs("send_order_news")] == ["ready", "collected"]


def test_a_parcel_is_not_collected_and_a_collection_not_shipped() -> None:
    clerk, parcel, collection = make.person(), bought(), for_collection()

    with pytest.raises(WrongWay):
        handing_over.make_ready(parcel, by=clerk, at=make.NOON)
    with pytest.raises(WrongWay):
        handing_over.collect(parcel, "", by=clerk, at=make.NOON)
    with pytest.raises(WrongWay):
        handing_over.ship(collection, Parcel(), by=clerk, at=make.NOON)
    assert not PaymentMove.objects.exists()


def test_the_bank_moves_no_more_than_it_holds_and_each_key_once() -> None:
    order = bought()
    reference = order.group.payment.reference
    bank = providers.named("sandbox")

    bank.capture(key="a", reference=reference, amount_minor=4000)
    bank.capture(key="a", reference=reference, amount_minor=4000)
    for key, verb, amount in (
        ("b", bank.capture, 676),
        ("c", bank.void, 676),
        ("d", bank.refund, 4001),
        ("a", bank.refund, 4000),
    ):
        with pytest.raises(ProviderRefused):
            verb(key=key, reference=reference, amount_minor=amount)

    assert list(BankMove.objects.values_list("key", "amount_minor")) == [("a", 4000)]
