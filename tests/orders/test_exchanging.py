"""Exchanges: what is sent instead of what comes back, and what that is worth when it comes back."""

import pytest

from tests import make
from tests.orders.money import at_bank
from tests.orders.test_returning import (
    BROKEN,
    asked,
    line_of,
    nothing_is_broken,
    received,
    settled,
    sold,
)
from vitrine.catalog.models import Stock, Variant
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.orders import exchanging, handing_over, moving, returning
from vitrine.orders.exchanged import FirstIsOpen
from vitrine.orders.exchanging import NotEqual
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order, OrderState, Refund, Return, ReturnState
from vitrine.orders.returning import Found, Wish

pytestmark = pytest.mark.django_db


def swapped(stock: int = 1, price: int = 2_000) -> tuple[Order, Variant]:
    """Sell a lamp, and have another choice of it in stock."""
    product = make.product()
    order = make.handed_over(make.variant(product, stock=1))
    other = make.variant(product, price_minor=price)
    make.stocked(other, stock) if stock else None
    return order, other


def test_an_exchange_holds_the_other_choice_and_sends_it_as_an_order_at_no_price() -> None:
    order, other = swapped()
    before = at_bank()
    assert other in exchanging.choices(line_of(order), at=make.NOON)

    of = asked(order, instead={line_of(order).pk: other})
    returning.approve(of, "Send it to us", by=make.person(), at=make.NOON)
    of.refresh_from_db()
    sent = of.sent_instead
    assert sent is not None
    assert (sent.state, sent.total_minor) == (OrderState.PLACED, 0)
    assert Stock.objects.get(variant=other).reserved == 1
    assert Order.objects.addressed(at=make.NOON).get(pk=sent.pk).addressee["city"] == "Albany"
    handing_over.ship(sent, Parcel(), by=make.person(), at=make.NOON)
    returning.receive(of, by=make.person(), at=make.NOON)
    assert settled(of, came=1, restocked=1) == ""

    assert at_bank() == before
    assert Stock.objects.get(variant=other).on_hand == 0
    assert not Refund.objects.exists()
    nothing_is_broken()


def test_an_exchange_that_the_buyer_takes_back_is_paid_back_instead() -> None:
    order, other = swapped()
    of = asked(order, instead={line_of(order).pk: other})
    returning.approve(of, "", by=make.person(), at=make.NOON)
    of.refresh_from_db()
    assert of.sent_instead is not None
    handing_over.cancel(of.sent_instead, by=None, at=make.NOON, reason="")
    returning.receive(of, by=make.person(), at=make.NOON)

    assert settled(of, came=1, restocked=1)
    assert at_bank()["refund"] == order.total_minor


def test_an_exchange_that_is_taken_back_after_it_was_settled_is_to_be_paid_back() -> None:
    product = make.product()
    lamp, other = make.variant(product, stock=1), make.variant(product, stock=1)
    shade = make.variant(make.product(product.merchant), stock=2, price_minor=500)
    order = make.handed_over(lamp, shade, quantity=1)
    lines = {line.variant_id: line.pk for line in order.lines.all()}
    wish = Wish(dict.fromkeys(lines.values(), 1), BROKEN, "", {lines[lamp.pk]: other})
    of = received(returning.ask(order, wish, key="both", at=make.NOON))
    found = dict.fromkeys(lines.values(), Found(1, 1))
    moving.make(returning.settle(of, found, by=make.person(), at=make.NOON), at=make.NOON)
    assert of.sent_instead is not None
    assert at_bank()["refund"] < order.total_minor

    handing_over.cancel(of.sent_instead, by=None, at=make.NOON, reason="")

    of.refresh_from_db()
    assert (of.state, of.settled_at) == (ReturnState.RECEIVED, None)
    moving.make(returning.settle(of, {}, by=make.person(), at=make.NOON), at=make.NOON)
    assert at_bank()["refund"] == order.total_minor
    assert set(Stock.objects.values_list("on_hand", "reserved")) == {(1, 0), (2, 0)}


def exchanged_for(order: Order, variant: Variant) -> tuple[Return, Order]:
    """Approve one unit's exchange and ship what is sent instead."""
    of = asked(order, instead={line_of(order).pk: variant})
    returning.approve(of, "", by=make.person(), at=make.NOON)
    of.refresh_from_db()
    assert of.sent_instead is not None
    handing_over.ship(of.sent_instead, Parcel(), by=make.person(), at=make.NOON)
    returning.receive(of, by=make.person(), at=make.NOON)
    return of, Order.objects.get(pk=of.sent_instead.pk)


def test_what_came_in_exchange_gives_back_what_was_paid_for_the_first() -> None:
    twin = received(asked(sold(quantity=2)))
    settled(twin, 1, 1)
    product = make.product()
    lamp, other = make.variant(product, stock=2), make.variant(product, stock=1)
    order = make.handed_over(lamp, quantity=2)
    first, sent = exchanged_for(order, other)
    back = received(asked(sent))
    with pytest.raises(FirstIsOpen):
        settled(back, 1, 1)
    assert settled(first, 1, 1) == ""
    assert settled(back, 1, 1)

    # An exchange of the unit that was kept, and of what came for that: the last one is paid back.
    second = exchanging.choices(line_of(order), at=make.NOON)
    assert set(second) == {lamp, other}
    again = returning.ask(
        order, Wish({line_of(order).pk: 1}, instead={line_of(order).pk: other}), key="2",
        at=make.NOON,
    )  # fmt: skip
    returning.approve(again, "", by=make.person(), at=make.NOON)
    again.refresh_from_db()
    swapped_again = again.sent_instead
    assert swapped_again is not None
    handing_over.ship(swapped_again, Parcel(), by=make.person(), at=make.NOON)
    returning.receive(again, by=make.person(), at=make.NOON)
    settled(again, 1, 1)
    third, last = exchanged_for(Order.objects.get(pk=swapped_again.pk), lamp)
    settled(third, 1, 1)
    settled(received(asked(last)), 1, 1)

    one, rest = Refund.objects.filter(move__order=order).order_by("pk")
    assert twin.refund is not None
    assert (one.sums, one.delivery_minor) == (twin.refund.sums, 0)
    assert one.amount_minor + rest.amount_minor == order.total_minor
    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    shelf = Stock.objects.filter(variant__product=product).order_by("variant_id")
    assert [stock.on_hand for stock in shelf] == [2, 1]
    nothing_is_broken()


def test_what_is_sold_out_or_dearer_is_not_sent_instead() -> None:
    order, other = swapped(stock=0)
    of = asked(order, instead={line_of(order).pk: other})
    with pytest.raises(SoldOut):
        returning.approve(of, "", by=make.person(), at=make.NOON)
    of.refresh_from_db()
    assert of.state == ReturnState.ASKED

    dear_order, dearer = swapped(price=2_500)
    with pytest.raises(NotEqual):
        asked(dear_order, instead={line_of(dear_order).pk: dearer})
    assert Return.objects.count() == 1
