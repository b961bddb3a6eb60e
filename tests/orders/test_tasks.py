"""The sweeper: what nobody waits for any more is found out, finished or ended."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.orders.money import at_bank, balances
from vitrine.catalog.models import Stock
from vitrine.orders import carts, checkout, handing_over, tasks
from vitrine.orders.checkout import HOLD, Means
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import CartLine, OrderGroup, OrderState, PaymentState
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db


def test_the_sweeper_settles_finishes_and_ends() -> None:
    lamp, clerk = make.variant(stock=9), make.person()
    a_while_ago = timezone.now() - timedelta(minutes=1)
    long_ago = timezone.now() - HOLD - timedelta(minutes=1)
    silent = checkout.buy(make.attempt(lamp, token=sandbox.TIMES_OUT), at=a_while_ago)
    died = checkout.place(make.attempt(lamp), at=long_ago)
    leaving = checkout.buy(make.attempt(lamp), at=a_while_ago).group.orders.get()
    handing_over.ship(leaving, Parcel(), by=clerk, at=a_while_ago)  # and the process died here
    fresh = checkout.buy(make.attempt(lamp, token=sandbox.CHALLENGES), at=timezone.now())

    tasks.sweep(0)

    for payment in (silent, died, fresh):
        payment.refresh_from_db()
    leaving.refresh_from_db()
    assert silent.state == PaymentState.AUTHORISED
    assert died.state == PaymentState.ABANDONED
    assert leaving.state == OrderState.SHIPPED
    assert fresh.state == PaymentState.CHALLENGE
    assert at_bank() == {"capture": 2595}
    assert balances()["provider:sandbox"] == -2595
    assert Stock.objects.get().reserved == 2  # silent and fresh
    assert OrderGroup.objects.filter(state="failed").count() == 1


def test_a_charge_that_cannot_be_asked_about_keeps_no_other_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lamp = make.variant(stock=9)
    a_while_ago = timezone.now() - timedelta(minutes=1)
    gone = replace(make.attempt(lamp), means=Means("gone", "", ""))
    poisoned = checkout.place(gone, at=a_while_ago)
    silent = checkout.buy(make.attempt(lamp, token=sandbox.TIMES_OUT), at=a_while_ago)

    tasks.sweep(0)

    silent.refresh_from_db()
    assert silent.state == PaymentState.AUTHORISED
    assert f"Payment {poisoned.pk} is left for the next time" in caplog.text


def test_carts_that_nobody_touched_for_long_are_forgotten() -> None:
    lamp = make.variant(stock=1)
    for days in (29, 31):
        at = timezone.now() - timedelta(days=days)
        cart = carts.open_for(make.person(f"buyer{days}"), "", at=at)
        carts.put(cart, lamp, 1, clip_id=None, at=at)

    tasks.forget(0)

    assert list(CartLine.objects.values_list("cart__person__handle", flat=True)) == ["buyer29"]


def test_a_second_sweep_changes_nothing() -> None:
    checkout.place(make.attempt(make.variant(stock=1)), at=timezone.now() - HOLD)

    tasks.sweep(0)
    tasks.sweep(0)

    assert Stock.objects.get().reserved == 0
    assert OrderGroup.objects.get().failure.startswith("The time to pay was over")
