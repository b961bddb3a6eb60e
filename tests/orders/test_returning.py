"""Returns and refunds: what comes back, on which shelf, and out of whose money, to the cent."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.work import jobs, run_jobs
from tests.races import losers, race, winners
from vitrine.accounts.models import Notice
from vitrine.catalog.models import Stock, StockMovement
from vitrine.kernel import invariants
from vitrine.ledger import accounts
from vitrine.ledger.posting import KeyReused
from vitrine.orders import handing_over, moving, refunding, returning
from vitrine.orders.handing_over import NotOpen
from vitrine.orders.models import (
    BankCharge,
    MoveState,
    Order,
    OrderLine,
    OrderState,
    PaymentMove,
    Refund,
    Return,
    ReturnLine,
    ReturnReason,
    ReturnState,
)
from vitrine.orders.refunding import NothingLeft
from vitrine.orders.returning import Found, MoreThanBought, NotReturnable, ReturnMoved, Wish

pytestmark = pytest.mark.django_db
BROKEN = ReturnReason.BROKEN


def sold(*, quantity: int = 3, **fields: Any) -> Order:
    """Sell lamps at 20.00 in New York: 60.00 + 4.95 + 2.60 tax; the fee is 3.60."""
    return make.handed_over(make.variant(stock=5), quantity=quantity, **fields)


def line_of(order: Order) -> OrderLine:
    return order.lines.get()


def on_hand() -> int:
    return Stock.objects.latest("pk").on_hand


def asked(order: Order, units: int = 1, **fields: Any) -> Return:
    wish = Wish({line_of(order).pk: units}, BROKEN, "The glass is cracked", **fields)
    return returning.ask(order, wish, key=f"ask:{order.pk}:{units}", at=make.NOON)


def received(of: Return) -> Return:
    clerk = make.person()
    returning.approve(of, "Send it to us", by=clerk, at=make.NOON)
    returning.receive(of, by=clerk, at=make.NOON)
    of.refresh_from_db()
    return of


def settled(of: Return, came: int, restocked: int) -> str:
    (line,) = of.lines.all()
    found = {line.line_id: Found(came, restocked)}
    key = returning.settle(of, found, by=make.person(), at=make.NOON)
    if key:
        moving.make(key, at=make.NOON)
    of.refresh_from_db()
    return key


def nothing_is_broken() -> None:
    assert [one for check in invariants.REGISTER for one in check.check().violations] == []


def test_one_of_three_comes_back_with_its_tax_and_fee_and_lies_on_the_shelf_again() -> None:
    buyer = make.person()
    order = sold(buyer=buyer)
    owner = order.merchant.memberships.get().person

    of = received(asked(order))
    settled(of, came=1, restocked=1)
    run_jobs()

    order.refresh_from_db()
    assert (order.state, of.state) == (OrderState.SHIPPED, ReturnState.SETTLED)
    refund = of.refund
    assert refund is not None
    assert (refund.amount_minor, refund.fee_minor, refund.taxes) == (2_080, 120, {"US-NY": 80})
    assert balances() == {
        "provider:sandbox": -6_755 + 2_080,
        accounts.merchant_pending(order.merchant.public_id): 6_135 - 1_880,
        "tax:US-NY": 260 - 80,
        "platform:fees": 360 - 120,
    }
    assert moving.merchant_share(order) == 6_135 - 1_880
    assert at_bank() == {"capture": 6_755, "refund": 2_080}
    assert on_hand() == 3
    assert StockMovement.objects.get(reason="returned").quantity == 1
    told = set(Notice.objects.filter(person=buyer).values_list("item", flat=True))
    steps = {f"{of.public_id}:{step}" for step in ("approved", "arrived")}
    assert steps | {f"{refund.public_id}:part"} <= told
    assert Notice.objects.filter(person=owner, item=f"{of.public_id}:asked").count() == 1
    kinds = list(order.events.values_list("kind", flat=True))
    assert kinds[-4:] == ["return_asked", "return_approved", "return_received", "part_refunded"]
    nothing_is_broken()


def test_all_parts_together_are_the_whole_and_then_nothing_is_left() -> None:
    order = sold()
    clerk = make.person()

    settled(received(asked(order, 1)), came=1, restocked=0)
    goodwill: dict[str, Any] = {"by": clerk, "at": make.NOON, "reason": "Late"}
    moving.make(refunding.amount(order, 700, key="late", **goodwill), at=make.NOON)
    with pytest.raises(NothingLeft):
        refunding.amount(order, 6_755 - 2_080 - 700 + 1, key="too much", **goodwill)
    moving.make(
        handing_over.refund(order, by=clerk, at=make.NOON, reason="All of it"), at=make.NOON
    )

    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert balances() == {}
    assert at_bank() == {"capture": 6_755, "refund": 6_755}
    assert on_hand() == 4  # the broken one is not sold again
    with pytest.raises(NotOpen):
        handing_over.refund(order, by=clerk, at=make.NOON, reason="Again")
    with pytest.raises(NothingLeft):
        refunding.amount(order, 1, key="more", **goodwill)
    nothing_is_broken()


def test_the_last_return_brings_the_delivery_and_the_order_is_refunded() -> None:
    order = sold(quantity=2)

    settled(received(asked(order, 2)), came=2, restocked=2)

    order.refresh_from_db()
    assert order.state == OrderState.REFUNDED
    assert Refund.objects.get().delivery_minor == 495 + 20
    assert (balances(), on_hand()) == ({}, 5)
    nothing_is_broken()


def test_what_did_not_come_is_not_paid_for_and_may_be_sent_later() -> None:
    order = sold()

    settled(received(asked(order, 2)), came=1, restocked=1)

    assert at_bank()["refund"] == 2_080
    assert returning.left_units(order) == {line_of(order).pk: 2}


def test_a_refused_return_says_why_and_frees_its_units() -> None:
    order = sold()
    of = asked(order, 3)

    with pytest.raises(MoreThanBought):
        returning.ask(order, Wish({line_of(order).pk: 1}, BROKEN), key="more", at=make.NOON)
    returning.refuse(of, "You dropped it", by=make.person(), at=make.NOON)
    with pytest.raises(ReturnMoved):
        returning.approve(of, "", by=make.person(), at=make.NOON)

    of.refresh_from_db()
    assert (of.state, of.answer) == (ReturnState.REFUSED, "You dropped it")
    assert jobs("send_order_news")[-1]["kind"] == "return_refused"
    assert returning.left_units(order) == {line_of(order).pk: 3}
    assert at_bank() == {"capture": 6_755}


def test_terms_are_those_of_the_day_it_was_sold() -> None:
    shop = make.merchant(returns_days=5)
    order = make.handed_over(make.variant(make.product(shop), stock=2), quantity=2)
    line = line_of(order).pk
    shop.__class__.objects.filter(pk=shop.pk).update(returns_days=0)
    # It left on a Friday and arrives by the Friday after; NOON is the 20th of November.
    arrives = order.arrives_until_on or make.NOON.date()
    over = make.NOON + timedelta(days=(arrives - make.NOON.date()).days + 6)

    with pytest.raises(NotReturnable):
        returning.ask(order, Wish({line: 1}), key="late", at=over)
    assert returning.ask(order, Wish({line: 1}, BROKEN), key="broken", at=over)
    assert returning.ask(order, Wish({line: 1}), key="in time", at=over - timedelta(days=1))


def test_what_was_not_handed_over_or_is_never_taken_back_is_refused() -> None:
    open_one = make.purchase(make.variant(stock=1)).group.orders.get()
    strict = make.merchant(returns_days=0)
    final = make.handed_over(make.variant(make.product(strict), stock=1))

    for order, wish in ((open_one, BROKEN), (final, ReturnReason.CHANGED)):
        with pytest.raises(NotReturnable):
            returning.ask(order, Wish({line_of(order).pk: 1}, wish), key="no", at=make.NOON)
    with pytest.raises(NotReturnable):
        returning.withdraw(final, key="no", at=make.NOON)
    with pytest.raises(NothingLeft):
        refunding.amount(
            open_one, 1, key="no", by=make.person(), at=make.NOON, reason="Nothing was taken"
        )
    assert not Return.objects.exists()


def test_a_withdrawal_needs_no_answer_and_takes_everything_that_is_left() -> None:
    order = sold()
    settled(received(asked(order, 1)), came=1, restocked=1)

    of = returning.withdraw(order, key="press", at=make.NOON)
    again = returning.withdraw(order, key="press", at=make.NOON)
    with pytest.raises(MoreThanBought):
        returning.withdraw(order, key="another press", at=make.NOON)
    with pytest.raises(NotOpen):
        handing_over.refund(order, by=make.person(), at=make.NOON, reason="It is on its way")
    returning.receive(of, by=make.person(), at=make.NOON)
    settled(of, came=2, restocked=2)

    order.refresh_from_db()
    assert (again.pk, of.is_withdrawal, order.state) == (of.pk, True, OrderState.REFUNDED)
    assert balances() == {}


def test_a_bank_that_refuses_is_asked_again_and_nothing_is_restocked_twice() -> None:
    order = sold()
    of = received(asked(order))
    BankCharge.objects.update(outcome="declined")

    key = settled(of, came=1, restocked=1)
    assert PaymentMove.objects.get(key=key).state == MoveState.REFUSED
    assert (of.state, of.refund) == (ReturnState.RECEIVED, None)
    BankCharge.objects.update(outcome="authorised")
    settled(of, came=1, restocked=1)

    assert of.state == ReturnState.SETTLED
    assert (at_bank()["refund"], on_hand()) == (2_080, 3)
    nothing_is_broken()


def test_postgres_refuses_more_than_was_paid_and_more_than_was_bought() -> None:
    order = sold()
    of = asked(order, 3)
    payment = order.group.payment
    said: dict[str, Any] = {
        "order": order,
        "payment": payment,
        "kind": "refund",
        "asked_at": make.NOON,
    }

    with pytest.raises(IntegrityError, match="than was paid"), transaction.atomic():
        PaymentMove.objects.create(**said, key="too much", amount_minor=order.total_minor + 1)
    other = Return.objects.create(key="x", order=order, reason="fit", asked_at=make.NOON)
    with pytest.raises(IntegrityError, match="than was bought"), transaction.atomic():
        ReturnLine.objects.create(of=other, line=line_of(order), quantity=1)
    with pytest.raises(IntegrityError, match="no such step"), transaction.atomic():
        Return.objects.filter(pk=of.pk).update(state="settled", settled_at=make.NOON)


def test_the_same_press_gives_back_once_and_another_amount_is_refused() -> None:
    order = sold()
    said: dict[str, Any] = {"by": make.person(), "at": make.NOON, "reason": "Late"}

    first = refunding.amount(order, 500, key="press", **said)
    assert refunding.amount(order, 500, key="press", **said) == first
    with pytest.raises(KeyReused):
        refunding.amount(order, 600, key="press", **said)
    assert Refund.objects.count() == 1


def test_a_key_asks_for_one_return_and_of_another_order_it_is_refused() -> None:
    order, other = sold(), sold()
    wish = Wish({line_of(order).pk: 1}, BROKEN, "The glass is cracked")

    first = returning.ask(order, wish, key="press", at=make.NOON)
    assert returning.ask(order, wish, key="press", at=make.NOON) == first
    with pytest.raises(KeyReused):
        returning.ask(other, wish, key="press", at=make.NOON)
    with pytest.raises(KeyReused):
        returning.withdraw(other, key="press", at=make.NOON)
    assert Return.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_settle_once_and_two_clerks_give_no_more_than_was_paid() -> None:
    order = sold()
    of = received(asked(order))
    clerk, found = make.person(), {line_of(order).pk: Found(1, 1)}

    settling = race(2, lambda _: returning.settle(of, found, by=clerk, at=make.NOON))
    giving = race(
        4,
        lambda number: refunding.amount(
            order, 2_000, key=f"clerk {number}", by=clerk, at=make.NOON, reason="Sorry"
        ),
    )
    for key in winners(settling) + winners(giving):
        moving.make(key, at=make.NOON)

    assert [type(one) for one in losers(settling)] == [ReturnMoved]
    assert [type(one) for one in losers(giving)] == [NothingLeft, NothingLeft]
    assert at_bank() == {"capture": 6_755, "refund": 2_080 + 4_000}
    assert StockMovement.objects.filter(reason="returned").count() == 1
