"""The jobs of orders: money, and mail about it."""

from datetime import timedelta
from typing import Any

import msgspec
from django.utils import timezone

from tests import make
from tests.kills.jobs import Job, assert_only_last_left, kills, periodic, posting
from tests.orders.payouts.work import agreed, banked, holds, payee, sold
from vitrine.accounts.models import Notice
from vitrine.catalog.models import LocationKind, Merchant, Stock
from vitrine.orders import carts, checkout, handing_over
from vitrine.orders.checkout import HOLD
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    Address,
    BankCharge,
    DueReceipt,
    Order,
    OrderEvent,
    OrderGroup,
    OrderState,
    Payment,
    PaymentMethod,
    PaymentMove,
    PaymentState,
    Payout,
    ProviderEvent,
    ShopDay,
    Statement,
)
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import Event
from vitrine.orders.payouts import releasing

# Money ------------------------------------------------------------------------------------------


def _bought(**fields: Any) -> Payment:
    return make.purchase(make.variant(stock=5), **fields)


def _assert_paid_once(payment: Payment) -> None:
    payment.refresh_from_db()
    assert payment.state == PaymentState.AUTHORISED
    assert BankCharge.objects.filter(key=payment.key).count() == 1
    assert OrderEvent.objects.filter(order__group=payment.group, kind="placed").count() == 1


@kills("vitrine.orders.tasks.receive_webhook")
def receive_webhook() -> Job:
    payment = _bought(token=sandbox.TIMES_OUT)
    event = Event(f"evt-{payment.pk}", payment.key)
    body = msgspec.json.encode(event)

    def is_done() -> None:
        _assert_paid_once(payment)
        assert ProviderEvent.objects.filter(event_id=event.id).count() == 1

    signature = sandbox.sign(body)
    return Job({"provider": "sandbox", "body": body.decode(), "signature": signature}, is_done)


@kills("orders.sum_days")
def sum_days() -> Job:
    payment = _bought()
    OrderGroup.objects.filter(pk=payment.group_id).update(placed_at=timezone.now())
    Order.objects.filter(group=payment.group).update(placed_at=timezone.now())

    def is_done() -> None:
        order = payment.group.orders.get()
        sums = ShopDay.objects.filter(merchant=order.merchant, clip=None)
        assert sorted(sums.values_list("orders", "paid_minor")) == [(1, order.goods_minor)] * 2

    return periodic(is_done)


@kills("vitrine.orders.tasks.resolve_payment")
def resolve_payment() -> Job:
    payment = _bought(token=sandbox.TIMES_OUT)
    return Job({"payment_id": payment.pk}, lambda: _assert_paid_once(payment))


@kills("vitrine.orders.tasks.make_move")
def make_move() -> Job:
    order = _bought().group.orders.get()
    key = handing_over.ship(order, Parcel("Post", "1"), by=make.person(), at=make.NOON)

    def is_done() -> None:
        order.refresh_from_db()
        assert order.state == OrderState.SHIPPED
        assert PaymentMove.objects.get(key=key).state == "done"

    return Job({"key": key}, is_done)


@kills("vitrine.orders.tasks.sweep")
def sweep_orders() -> Job:
    a_while_ago = timezone.now() - timedelta(minutes=1)
    things = make.variant(stock=5)
    silent = checkout.buy(make.attempt(things, token=sandbox.TIMES_OUT), at=a_while_ago)
    died = checkout.place(make.attempt(things), at=a_while_ago - HOLD)

    def is_done() -> None:
        _assert_paid_once(silent)
        died.refresh_from_db()
        assert died.state == PaymentState.ABANDONED
        assert Stock.objects.get(variant=things).reserved == 1

    return periodic(is_done)


@kills("vitrine.orders.tasks.forget")
def forget_carts() -> Job:
    made = [
        carts.open_for(make.person(), "", at=timezone.now() - timedelta(days=days))
        for days in (31, 29)
    ]
    for cart in made:
        carts.put(cart, make.variant(stock=1), 1, clip_id=None, at=cart.touched_at)
    return periodic(lambda: assert_only_last_left(made))


@kills("vitrine.orders.tasks.release_unclaimed")
def release_unclaimed() -> Job:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE, pickup_days=2)
    make.stocked(lamp, 5, at=store)
    now = timezone.now()
    over, soon = (make.purchase(lamp, store=store).group.orders.get() for _ in range(2))
    handing_over.make_ready(over, by=make.person(), at=now - timedelta(days=4))
    handing_over.make_ready(soon, by=make.person(), at=now - timedelta(days=2))

    def is_done() -> None:
        over.refresh_from_db()
        assert over.state == OrderState.CANCELLED
        assert over.events.filter(kind="unclaimed").count() == 1
        assert over.moves.filter(kind="void").count() == 1
        soon.refresh_from_db()
        assert soon.state == OrderState.READY
        assert soon.fulfilment.reminded_at is not None
        assert Stock.objects.get(variant=lamp).reserved == 1

    return periodic(is_done)


@kills("vitrine.orders.tasks.tell_shop")
def tell_shop() -> Job:
    order = _bought().group.orders.get()
    owner = order.merchant.memberships.get().person
    item = f"{order.public_id}:cancelled"

    def is_done() -> None:
        assert Notice.objects.filter(person=owner, item=item).count() == 1

    return Job({"order_id": order.pk, "step": "cancelled"}, is_done)


# Mail -------------------------------------------------------------------------------------------


@kills("vitrine.orders.tasks.send_receipts")
def send_receipts() -> Job:
    buyer = make.person()
    groups = [_bought(buyer=buyer).group for _ in range(2)]

    def is_kept() -> None:
        assert Address.objects.filter(person=buyer).count() == 1
        assert PaymentMethod.objects.filter(person=buyer).count() == 1

        assert not DueReceipt.objects.exists()

    return posting({}, f"/o/{groups[-1].public_id}?", besides=is_kept)


@kills("vitrine.orders.tasks.send_order_news")
def send_order_news() -> Job:
    group = _bought().group
    order = group.orders.get()
    Order.objects.filter(pk=order.pk).update(state=OrderState.PLACED)
    return posting({"order_id": order.pk, "kind": "shipped"}, f"/o/{group.public_id}?")


@kills("vitrine.orders.tasks.send_bank_news")
def send_bank_news() -> Job:
    shop = make.merchant()
    return posting({"account_id": banked(shop).pk}, f"/market/{shop.slug}/money/")


# Payouts ----------------------------------------------------------------------------------------


def _sold_out_of_return() -> Merchant:
    """Make a shop whose sale can no longer be returned, whose turn it is, with a bank account."""
    shop, now = make.merchant(), timezone.now()
    agreed(shop, return_days=0, next_on=(now - timedelta(days=1)).date(), reserve_percent=10)
    banked(shop, at=now - timedelta(days=2))
    sold(shop, 10_000)
    return shop


@kills("orders.release")
def release_sales() -> Job:
    shop = _sold_out_of_return()
    return periodic(lambda: _assert_holds(shop, {"available": 8_906, "reserve": 989}))


@kills("orders.pay_out")
def pay_out() -> Job:
    shop = _sold_out_of_return()
    releasing.release_due(at=timezone.now())

    def is_done() -> None:
        assert Payout.objects.to(payee(shop)).get().amount_minor == 8_906
        _assert_holds(shop, {"transit": 8_906, "reserve": 989})

    return periodic(is_done)


@kills("orders.close_month")
def close_month() -> Job:
    shop = make.merchant()
    sold(shop, 10_000, at=timezone.now())
    at = (timezone.now().replace(day=1) + timedelta(days=40)).replace(day=2)

    def is_done() -> None:
        mine = Statement.objects.filter(payee_id=shop.public_id)
        assert mine.latest("month").closing_minor == 9_895

    return Job({"timestamp": 0}, is_done, at=at)


def _assert_holds(shop: Merchant, expected: dict[str, int]) -> None:
    assert holds(shop) == expected
