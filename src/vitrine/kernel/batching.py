"""Do together what many ask for at one moment: round trips and commits are what each would cost.

Whoever comes first does the work of all who wait by then; those who come meanwhile wait for the
next turn, which the first of them leads. Who is alone works alone; who leads waits a moment for
those of whom it is known that they are coming.
Source: docs/adr/0056-placed-together.md, docs/adr/0079-thin-presses.md.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST = 64
"""So many are served in one turn; beyond it the others' wait costs more than the turn saves."""

PATIENCE_S = 0.02
"""So long a turn waits for those who are coming; they are a few milliseconds away."""

COMPANY_S = 0.005
"""So long a turn waits for as many as there were at one of those before, where that is wished."""

REMEMBERED = 3
"""How many turns before count: one of a latecomer alone does not scatter the others."""


def _shut() -> threading.Lock:
    """Return a lock that somebody else opens."""
    door = threading.Lock()
    door.acquire()
    return door


@dataclass(slots=True)
class _Ticket(Generic[Asked, Answer]):
    """One who waits. door: opened when their answer is there, or it is their turn to lead.

    A bare lock: an ``Event`` makes two more, and asks for three of them to wait once.
    """

    asked: Asked
    door: threading.Lock = field(default_factory=_shut)
    answers: list[Answer] = field(default_factory=list)
    fault: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.answers) or self.fault is not None


class Batcher(Generic[Asked, Answer]):
    """A piece of work that serves many at once.

    work: answers each of what it is given, in order, or raises and has then done nothing. Where
    it raises for several, each is tried alone, so that nobody fails through another's fault.
    gathers: after turns of several, wait a moment for as many; who was alone waits for nobody.
    company_s: how long, where nobody waits for the answer; None: as long as people may (COMPANY_S).
    There were as many as a turn served and as waited when it ended: a latecomer who waited joins
    those who come again, or the two would have a turn each for ever.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Asked]], Sequence[Answer]],
        *,
        gathers: bool = False,
        company_s: float | None = None,
    ) -> None:
        self._work = work
        self._gathers = gathers
        self._company_s = company_s
        self._were: deque[int] = deque([1], maxlen=REMEMBERED)
        self._lock = threading.Lock()
        self._all_here = threading.Condition(self._lock)
        self._waiting: list[_Ticket[Asked, Answer]] = []
        self._is_led = False
        self._coming: set[int] = set()

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Say that this thread is about to ask; a turn that begins meanwhile waits for it."""
        with self._lock:
            self._coming.add(threading.get_ident())
            self._look_who_is_here()
        try:
            yield
        finally:
            with self._lock:
                self._is_here()

    def _is_here(self) -> None:
        """Note that this thread is not coming any more: it waits, or does not ask."""
        self._coming.discard(threading.get_ident())
        if not self._coming:
            self._all_here.notify_all()

    def _look_who_is_here(self) -> None:
        if self._is_company():
            self._all_here.notify_all()

    def _is_company(self) -> bool:
        """Tell whether as many are here, or on their way, as at one of the turns before."""
        return len(self._waiting) + len(self._coming) >= max(self._were)

    def ask(self, asked: Asked) -> Answer:
        """Return the answer to one question, alone or with others. Raises: what the work raises."""
        ticket: _Ticket[Asked, Answer] = _Ticket(asked)
        with self._lock:
            self._waiting.append(ticket)
            self._is_here()
            self._look_who_is_here()
            leads, self._is_led = not self._is_led, True
        if not leads:
            ticket.door.acquire()
        if not ticket.is_done:
            self._lead()
        if ticket.fault is not None:
            raise ticket.fault
        return ticket.answers[0]

    def _lead(self) -> None:
        """Serve who waits, oneself first among them, and call whoever leads next."""
        with self._lock:
            if self._gathers and not self._is_company():
                patience_s = COMPANY_S if self._company_s is None else self._company_s
                self._all_here.wait_for(self._is_company, patience_s)
            self._all_here.wait_for(lambda: not self._coming, PATIENCE_S)
            turn, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._serve(turn)
        except BaseException as end:
            _fail(turn, end)
            raise
        finally:
            with self._lock:
                self._were.append(len(turn) + len(self._waiting))
                self._is_led = bool(self._waiting)
                following = self._waiting[:1]
            for ticket in (*turn, *following):
                ticket.door.release()

    def _serve(self, turn: Sequence[_Ticket[Asked, Answer]]) -> None:
        try:
            answers = self._work([ticket.asked for ticket in turn])
        except Exception as fault:  # noqa: BLE001 (raised again where it was asked)
            if len(turn) == 1:
                turn[0].fault = fault
                return
            for ticket in turn:
                self._serve([ticket])
            return
        for ticket, answer in zip(turn, answers, strict=True):
            ticket.answers.append(answer)


def _fail(turn: Sequence[_Ticket[Asked, Answer]], end: BaseException) -> None:
    """Leave nobody waiting for a leader whose thread is ending."""
    for ticket in turn:
        if not ticket.is_done:
            ticket.fault = end
