"""Killed anywhere: nothing answered is lost, nobody is charged twice, the books stay right."""

import json
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from bench.cells import Cell
from tests import cells, make
from tests.orders.money import at_bank
from tests.orders.test_invariants import CHECKS
from tests.orders.work import forget_jobs, run_jobs
from vitrine.catalog.models import Stock
from vitrine.orders import checkout, expiring, handing_over, moving, settling
from vitrine.orders.checkout import HOLD
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import BankCharge, GroupState, Order, OrderGroup, OrderState
from vitrine.orders.payment import sandbox

TOO_LATE = make.NOON + HOLD + timedelta(minutes=1)
T = TypeVar("T")
STEPS = 40
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
    raise AssertionError("the verb never got through")


def broken() -> list[str]:
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


@pytest.mark.machine
def test_a_shop_killed_again_and_again_keeps_every_answered_order(tmp_path: Path) -> None:
    kills = ["web", "postgres", "worker"] * 4
    with cells.up(tmp_path / "data") as cell:
        seeded = cell_shop(cell)
        acknowledged: list[str] = []
        stop = threading.Event()
        buyers = [
            threading.Thread(
                target=keep_buying, args=(cell, one, seeded["things"], acknowledged, stop)
            )
            for one in seeded["buyers"]
        ]
        for thread in buyers:
            thread.start()
        for part in kills:
            time.sleep(random.uniform(0.3, 1.5))
            cells.kill(cell, part)
            cells.wait_answering(cell)
        time.sleep(1)
        stop.set()
        for thread in buyers:
            thread.join()

        with cells.connect(cell) as session:
            rows = session.execute("SELECT key FROM orders_ordergroup WHERE state = 'placed'")
            placed = {str(key) for (key,) in rows.fetchall()}
        assert len(acknowledged) > len(kills)
        assert set(acknowledged) <= placed
        cells.assert_sound(cell)


def cell_shop(cell: Cell) -> dict[str, Any]:
    """Open a shop in the cell with buyers who are signed in, from a process of its own."""
    script = (
        "import json\nfrom pathlib import Path\nfrom vitrine.ops import inside\n"
        f"with inside.cell(Path({str(cell.directory.path)!r})):\n"
        "    things = inside.call('bench.checkout_buyers.shop')\n"
        "    buyers = inside.call('bench.checkout_buyers.buyers', 4)\n"
        "print(json.dumps({'things': things, 'buyers': [vars(one) for one in buyers]}))\n"
    )
    seeded: dict[str, Any] = json.loads(cells.python(cell, "-c", script).splitlines()[-1])
    return seeded


def keep_buying(
    cell: Cell,
    buyer: dict[str, Any],
    things: list[list[str]],
    acknowledged: list[str],
    stop: threading.Event,
) -> None:
    """Buy until told to stop; a lost answer is asked for again with the same key."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "HX-Request": "true",
        "Cookie": buyer["cookies"],
    }
    number = 0
    while not stop.is_set():
        number += 1
        product, variant = random.choice(things)
        key = f"{buyer['form']['email']}:{number}:{random.random()}"
        form = {**buyer["form"], "product": product, "variant": variant, "key": key}
        while not stop.is_set():
            with suppress(OSError, HTTPException, AssertionError):
                at = urlsplit(cell.url)
                session = HTTPConnection("127.0.0.1", at.port or 80, timeout=20)
                with closing(session):
                    session.request(
                        "POST",
                        "/checkout",
                        urlencode(form),
                        {**headers, "Host": f"localhost:{at.port}"},
                    )
                    answer = session.getresponse()
                    if answer.status == 200 and b"Thank you" in answer.read():
                        acknowledged.append(key)
                        break
            time.sleep(0.1)
