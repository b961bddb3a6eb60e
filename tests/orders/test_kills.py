"""Killed anywhere: nothing answered is lost, nobody is charged twice, the books stay right."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from django.db import connection

from tests import make
from tests.fakes.stripe import Bank, cards
from tests.orders.money import at_bank
from tests.orders.test_invariants import CHECKS
from tests.orders.work import forget_jobs, run_jobs
from vitrine.catalog.models import Stock
from vitrine.orders import checkout, expiring, handing_over, moving, settling, tasks
from vitrine.orders.checkout import HOLD, Means
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import BankCharge, GroupState, Order, OrderGroup, OrderState
from vitrine.orders.payment import sandbox

TOO_LATE = make.NOON + HOLD + timedelta(minutes=1)
T = TypeVar("T")
STEPS = 60
"""More statements than any verb here needs."""


def killed_before(step: int, act: Callable[[], object]) -> bool:
    """Run a verb in a process that kills itself before its step-th statement.

    Returns whether it was killed; False: the verb was through before that.
    """
    inherited = connection.connection  # the child must neither use nor close the parent's session
    pid = os.fork()
    if pid == 0:
        connection.connection = None
        left = [step]

        def count(execute: Any, *arguments: Any) -> Any:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return execute(*arguments)

        try:
            with connection.execute_wrapper(count):
                act()
        finally:
            os._exit(0)
    del inherited
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def killed_at_each_step(
    subjects: Iterable[T], verb: Callable[[T], object]
) -> Iterator[tuple[int, T]]:
    """Yield each subject whose verb was killed a statement later than the last, until one lives."""
    for step, subject in enumerate(subjects):
        if not killed_before(step, partial(verb, subject)):
            assert step > 3, "the verb did nothing"
            return
        yield step, subject
        forget_jobs()  # they are done: each step would do those of all before it again
    raise AssertionError("the verb never got through")


def broken() -> list[str]:
    """Return what is wrong in all rows: what a kill broke stays, so that it is asked once."""
    return [found for check in CHECKS[:-1] for found in check().violations]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("token", [sandbox.SUCCEEDS, sandbox.TIMES_OUT, sandbox.TWICE])
def test_a_buyer_who_presses_again_after_any_kill_has_one_order(token: str) -> None:
    lamp = make.variant(stock=100)
    presses = [make.attempt(lamp, token=token) for _ in range(STEPS)]

    for step, press in killed_at_each_step(presses, partial(checkout.buy, at=make.NOON)):
        settling.resolve(checkout.buy(press, at=make.NOON), at=make.NOON)
        run_jobs()

        group = OrderGroup.objects.get(key=press.key)
        assert group.state == GroupState.PLACED, f"killed before statement {step}"
        assert BankCharge.objects.filter(key=f"charge:{group.public_id}").count() == 1

    assert broken() == []
    assert Stock.objects.get().reserved == OrderGroup.objects.count()


@pytest.mark.django_db(transaction=True)
def test_a_buyer_of_two_shops_who_presses_again_after_any_kill_is_charged_once_at_stripe(
    bank: Bank,
) -> None:
    things = [make.variant(make.product(make.merchant()), stock=100) for _ in range(2)]
    owner = cards.customer(bank, {})["id"]
    card = cards.method(bank, "4242424242424242", owner)["id"]
    means = Means("stripe", f"{owner}:{card}", "Visa")
    presses = [replace(make.attempt(*things), means=means) for _ in range(STEPS)]

    for step, press in killed_at_each_step(presses, partial(checkout.buy, at=make.NOON)):
        payment = checkout.buy(press, at=make.NOON)

        assert payment.group.state == GroupState.PLACED, f"killed before statement {step}"
        made = bank.all("payment_intent")
        mine = [one for one in made if one["metadata"]["charge"] == payment.key]
        assert sum(one["amount_capturable"] for one in mine) == payment.amount_minor

    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_card_is_forgotten_at_stripe_though_its_job_is_killed(bank: Bank) -> None:
    for step in range(3):
        owner = cards.customer(bank, {})["id"]
        card = cards.method(bank, "4242424242424242", owner)
        forget = partial(tasks.forget_card, "stripe", f"{owner}:{card['id']}")
        assert killed_before(step, forget) is (step < 2)

        forget()

        assert card["customer"] is None


@pytest.mark.django_db(transaction=True)
def test_a_buyer_who_never_comes_back_leaves_no_money_and_no_stock_behind() -> None:
    lamp = make.variant(stock=100)
    presses = [make.attempt(lamp) for _ in range(STEPS)]

    for step, press in killed_at_each_step(presses, partial(checkout.buy, at=make.NOON)):
        # The hour after: the hold ends first, then the bank is asked, which is the harder order.
        expiring.sweep(at=TOO_LATE)
        for payment in settling.silent(began_before=TOO_LATE, began_after=make.NOON - HOLD):
            settling.resolve(payment, at=TOO_LATE)
        run_jobs()

        for group in OrderGroup.objects.filter(key=press.key):
            assert group.state in (GroupState.PLACED, GroupState.FAILED), f"at statement {step}"

    assert broken() == []
    placed = OrderGroup.objects.filter(state=GroupState.PLACED)
    assert Stock.objects.get().reserved == placed.count()
    kept = BankCharge.objects.count() * 2595 - at_bank().get("void", 0)
    assert kept == sum(group.total_minor for group in placed)


@pytest.mark.django_db(transaction=True)
def test_a_dispatch_killed_anywhere_is_finished_by_its_task_and_posted_once() -> None:
    clerk, lamp = make.person(), make.variant(stock=100)
    orders = [make.purchase(lamp).group.orders.get() for _ in range(STEPS)]
    forget_jobs()

    def ship(order: Order) -> None:
        moving.make(
            handing_over.ship(order, Parcel("Post", "1"), by=clerk, at=make.NOON), at=make.NOON
        )

    for step, order in killed_at_each_step(orders, ship):
        run_jobs()
        order.refresh_from_db()
        if order.state == OrderState.PLACED:  # killed before the wish to ship was committed
            ship(order)
            order.refresh_from_db()
        assert order.state == OrderState.SHIPPED, f"killed before statement {step}"
        assert at_bank() == {"capture": 2595 * (step + 1)}

    assert broken() == []
