"""One purchase through a storm: a seed decides who dies where, what is lost, and what comes late.

A process that dies is a ``Killed`` raised before one of its statements: it passes every handler,
and rolls back what was not committed. What it had asked of the bank by then stays done. Afterwards
the worker's tasks, webhooks and the buyer go on, some of them dying too, and at last in peace.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import import_module
from random import Random
from typing import Any, Protocol

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.fakes.stripe import Bank, Fault, cards, pages
from vitrine.accounts.models import Person
from vitrine.catalog.models import Variant
from vitrine.kernel.errors import Refusal
from vitrine.orders import checkout, expiring, handing_over, hearing, moving, settling
from vitrine.orders.checkout import HOLD, Attempt, Means
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import GroupState, MoveState, Order, OrderState, Payment, PaymentMove
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import OutcomeUnknown

VISA, CHALLENGED, DECLINED = "4242424242424242", "4000002500003155", "4000000000000002"
LONGEST = 30
"""Few verbs here need more statements."""
FAULTS = [*Fault, Fault.LOST, Fault.LOST, Fault.NONE, Fault.NONE, Fault.NONE]
PATIENT = ("SAVEPOINT", "RELEASE", "ROLLBACK")
"""Nobody dies within a commit: it is done, or it is not."""


class Killed(BaseException):
    """The process died here."""


@contextmanager
def dying_before(statement: int) -> Iterator[None]:
    """Die before the so-manieth statement, if there are so many."""
    left = [statement]

    def count(execute: Any, sql: str, *arguments: Any) -> Any:
        if not sql.startswith(PATIENT):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
        return execute(sql, *arguments)

    with connection.execute_wrapper(count):
        yield


@dataclass
class Stage:
    """What all runs share: the bank, and two shops that have plenty."""

    bank: Bank
    clerk: Person = field(default_factory=make.person)
    things: tuple[Variant, ...] = ()
    jobs_done: int = 0

    def __post_init__(self) -> None:
        shops = make.merchant(), make.merchant()
        self.things = tuple(make.variant(make.product(shop), stock=10**6) for shop in shops)


@dataclass
class Run:
    """One purchase. happened: what to read when it went wrong."""

    stage: Stage
    seed: int
    happened: list[str] = field(default_factory=list)
    deaths: int = 0
    key: str = ""

    def __post_init__(self) -> None:
        self.luck = Random(self.seed)
        self.at = make.NOON + self.seed * timedelta(hours=3)  # the last run's poller is through
        self.press = self._press()
        self.pays_with = self.luck.choice([VISA, VISA, CHALLENGED])

    def go(self) -> None:
        """Buy, through the storm; calm; hand over, through the storm; calm; judge."""
        self._mortal("buy", lambda: checkout.buy(self.press, at=self.at))
        self._storm()
        self._calm()
        for order in Order.objects.filter(group__key=self.press.key, state=OrderState.PLACED):
            self._hand_over(order)
        self._storm()
        self._calm()
        self._judge()

    def _press(self) -> Attempt:
        shops = self.luck.choice([1, 1, 2])
        press = make.attempt(*self.stage.things[:shops])
        token = "page"
        if self.luck.random() < 0.5:
            owner = cards.customer(self.stage.bank, {})["id"]
            number = self.luck.choice([VISA, VISA, VISA, CHALLENGED, DECLINED])
            token = f"{owner}:{cards.method(self.stage.bank, number, owner)['id']}"
        return replace(press, means=Means("stripe", token, "Card"))

    # The storm ----------------------------------------------------------------------------------

    def _storm(self) -> None:
        acts: dict[str, Callable[[], object]] = {
            "the buyer": self._buyer,
            "webhooks": self._webhooks,
            "jobs": self._jobs,
            "the worker": self._worker,
            "pressed again": self._press_again,
        }
        for _ in range(self.luck.randint(2, 5)):
            self.stage.bank.search_is_behind = self.luck.random() < 0.3
            if self.luck.random() < 0.1:
                self._pass(HOLD)
            name = self.luck.choice(list(acts))
            self._mortal(name, acts[name])

    def _mortal(self, name: str, act: Callable[[], object]) -> None:
        """Do something, with a broken line to the bank, and perhaps die of it."""
        faults = self.luck.choices(FAULTS, k=self.luck.randint(0, 4))
        self.stage.bank.faults.extend(one for one in faults if one is not Fault.SLOW)
        dies = self.luck.randrange(LONGEST) if self.luck.random() < 0.6 else None
        self.happened.append(f"{name} {[str(one) for one in faults]} dies {dies}")
        try:
            with dying_before(10**6 if dies is None else dies):
                act()
        except Killed:
            self.deaths += 1
        except Refusal as refused:
            self.happened.append(f"refused: {refused}")
        self.stage.bank.faults.clear()

    def _press_again(self) -> None:
        checkout.buy(self.press, at=self.at)

    def _buyer(self) -> None:
        """Pay on the page, or say who is paying; then come back, or not."""
        bank = self.stage.bank
        payment = self._payment()
        if payment is None:
            return
        for page in bank.all("checkout.session"):
            if page["client_reference_id"] == payment.key and page["status"] == "open":
                pages.pay(bank, page["id"], self.pays_with)
        for intent in self._intents():
            if intent["status"] == "requires_action":
                approved = self.luck.random() < 0.8
                pages.answer_challenge(bank, intent["id"], approved=approved)
        if self.luck.random() < 0.5:
            settling.resolve(payment, at=self.at)

    def _webhooks(self, *, calm: bool = False) -> None:
        deliver(self.stage.bank, self.luck, at=self.at, calm=calm)

    def _jobs(self) -> None:
        run_settling(self.stage)

    def _worker(self) -> None:
        """Do what the worker does each minute."""
        self._pass(timedelta(minutes=1))
        before, after = self.at - timedelta(seconds=20), self.at - timedelta(hours=1)
        for payment in settling.silent(began_before=before, began_after=after):
            settling.resolve(payment, at=self.at)
        for key in moving.silent(asked_before=before):
            moving.make(key, at=self.at)
        expiring.sweep(at=self.at)

    def _hand_over(self, order: Order) -> None:
        clerk, luck = self.stage.clerk, self.luck

        def ship() -> None:
            key = handing_over.ship(order, Parcel("Post", "1"), by=clerk, at=self.at)
            moving.make(key, at=self.at)

        def cancel() -> None:
            key = handing_over.cancel(order, by=None, at=self.at, reason="Changed my mind")
            moving.make(key, at=self.at)

        def refund() -> None:
            key = handing_over.refund(order, by=clerk, at=self.at, reason="Broken")
            moving.make(key, at=self.at)

        match luck.choice(["ship", "ship", "cancel", "refund", "leave"]):
            case "ship":
                self._mortal("ship", ship)
            case "cancel":
                self._mortal("cancel", cancel)
            case "refund":
                self._mortal("ship", ship)
                self._mortal("jobs", self._jobs)
                self._mortal("refund", refund)

    # The calm, and what must be true in it ------------------------------------------------------

    def _calm(self) -> None:
        self.stage.bank.search_is_behind = False
        self._webhooks(calm=True)
        self._jobs()
        if self._is_open():
            self._worker()
            self._jobs()
        if self._is_open():
            self._pass(HOLD)
            for _ in range(2):
                self._worker()
                self._jobs()

    def _is_open(self) -> bool:
        """Tell whether something is still to be said of it."""
        payment = self._payment()
        if payment is None:
            return False
        is_asked = payment.moves.filter(state=MoveState.ASKED).exists()
        return is_asked or settling.awaits_word(payment)

    def _judge(self) -> None:
        payment, intents = self._payment(), self._intents()
        if payment is None:
            assert intents == [], self
            return
        assert not payment.moves.exclude(state=MoveState.DONE).exists(), self
        orders = {order.public_id: order for order in payment.group.orders.all()}
        for order in orders.values():
            mine = [one for one in intents if one["metadata"].get("order") == order.public_id]
            kept = [one for one in mine if one["amount_capturable"] + one["amount_received"]]
            assert len(kept) <= 1, self
            assert self._held_and_taken(order) == self._due(order), self
        assert self._state() in (GroupState.PLACED, GroupState.FAILED), self

    def _due(self, order: Order) -> tuple[int, int, int]:
        """Return what the bank must hold, have taken and have given back for an order."""
        total = order.total_minor
        match order.state:
            case OrderState.PLACED:
                return total, 0, 0
            case OrderState.SHIPPED:
                return 0, total, 0
            case OrderState.REFUNDED:
                return 0, total, total
            case _:
                return 0, 0, 0

    def _held_and_taken(self, order: Order) -> tuple[int, int, int]:
        mine = [one for one in self._intents() if one["metadata"]["order"] == order.public_id]
        ids = {one["id"] for one in mine}
        back = [one for one in self.stage.bank.all("refund") if one["payment_intent"] in ids]
        return (
            sum(one["amount_capturable"] for one in mine),
            sum(one["amount_received"] for one in mine),
            sum(one["amount"] for one in back),
        )

    def _payment(self) -> Payment | None:
        found = Payment.objects.select_related("group").filter(group__key=self.press.key)
        return found.first()

    def _state(self) -> str:
        payment = self._payment()
        return payment.group.state if payment else GroupState.FAILED

    def _intents(self) -> list[dict[str, Any]]:
        if not self.key:
            payment = self._payment()
            self.key = payment.key if payment else ""
        every = self.stage.bank.all("payment_intent")
        return [one for one in every if one["metadata"].get("charge") == self.key]

    def _pass(self, time: timedelta) -> None:
        self.at += time

    def __repr__(self) -> str:
        story = "\n".join(self.happened)
        moves = list(PaymentMove.objects.filter(payment__group__key=self.press.key).values())
        return f"run {self.seed}: {self._state()}\n{story}\n{moves}\n{self._intents()}"


def deliver(bank: Bank, luck: Random, *, at: datetime, calm: bool) -> None:
    """Deliver some webhooks, again and again, in any order.

    What a dying receiver got, or one that heard nothing from the bank, is sent again.
    """
    stripe, waiting = providers.named("stripe"), list(bank.outbox)
    keep = 0 if calm else luck.randint(0, len(bank.outbox))
    times = 1 if calm else luck.randint(1, 2)
    try:
        for body, signature in bank.webhooks(times=times, shuffled=luck, keep=keep):
            hearing.receive("stripe", stripe.verify(body, signature), at=at)
    except (Killed, OutcomeUnknown):
        bank.outbox[:] = waiting
        raise


class Counts(Protocol):
    """A stage: it knows the last job that was done."""

    jobs_done: int


def run_settling(stage: Counts) -> None:
    """Run the jobs that move money; one that dies is run again."""
    while True:
        waiting = ProcrastinateJob.objects.filter(queue_name="settle")
        job = waiting.filter(pk__gt=stage.jobs_done).order_by("pk").first()
        if job is None:
            return
        module, name = job.task_name.rsplit(".", 1)
        getattr(import_module(module), name)(**job.args)
        stage.jobs_done = job.pk
