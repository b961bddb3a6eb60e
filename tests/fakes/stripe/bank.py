"""What the bank remembers, and the ways in which it can be made to misbehave."""

import itertools
import random
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec
from stripe import WebhookSignature

Row = dict[str, Any]
SECRET_KEY = "sk_test_of_the_fake_bank"
WEBHOOK_SECRET = "whsec_of_the_fake_bank"


class Fault(StrEnum):
    """What can happen to one request."""

    NONE = ""
    DROPPED = "dropped"  # the connection breaks before the bank acts
    LOST = "lost"  # the bank acts, and its answer never arrives
    SLOW = "slow"
    BROKEN = "500"
    BUSY = "429"


class Problem(Exception):
    """An error in the bank's own shape."""

    def __init__(self, status: int, kind: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"type": kind, "message": message, **more}


class Missing(Problem):
    """Nothing has that id."""

    def __init__(self, kind: str, id: str) -> None:
        super().__init__(
            404, "invalid_request_error", f"No such {kind}: '{id}'", code="resource_missing"
        )


@dataclass
class Bank:
    """A running bank. origin: where it answers.

    faults: what happens to the next requests, one each. on_request: called before each, with
    what is asked. search_is_behind: the index of searches has not caught up.
    """

    origin: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    on_request: Callable[[str], object] | None = None
    search_is_behind: bool = False
    asked: list[str] = field(default_factory=list)
    rows: defaultdict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    conduct: dict[str, str] = field(default_factory=dict)
    """Payment method -> what its bank does: see ``cards.CONDUCT``."""
    answers: dict[str, tuple[bytes, int, bytes]] = field(default_factory=dict)
    """Idempotency key -> what was asked, and the first answer."""
    in_flight: set[str] = field(default_factory=set)
    outbox: list[Row] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def id(self, prefix: str) -> str:
        """Return a new id."""
        return f"{prefix}_{next(self.numbers):024d}"

    def find(self, kind: str, id: str) -> Row:
        """Return a row. Raises: Missing."""
        if id not in self.rows[kind]:
            raise Missing(kind, id)
        return self.rows[kind][id]

    def keep(self, kind: str, row: Row) -> Row:
        """Remember a row."""
        self.rows[kind][row["id"]] = row
        return row

    def all(self, kind: str) -> list[Row]:
        """Return the rows of a kind, oldest first."""
        return list(self.rows[kind].values())

    def happened(self, type: str, subject: Row, *, account: str = "") -> None:
        """Write an event and put its webhook into the outbox."""
        event: Row = {
            "id": self.id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": int(time.time()),
            "data": {"object": msgspec.json.decode(msgspec.json.encode(subject))},
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": type,
        }
        if account:
            event["account"] = account
        self.outbox.append(self.keep("event", event))

    def webhooks(
        self, *, times: int = 1, shuffled: random.Random | None = None, keep: int = 0
    ) -> Iterable[tuple[bytes, str]]:
        """Yield what waits in the outbox, signed: repeated, out of order, or late.

        keep: how many of them stay in the outbox for the next time.
        """
        with self.lock:
            waiting = [event for event in self.outbox for _ in range(times)]
            self.outbox.clear()
        if shuffled is not None:
            shuffled.shuffle(waiting)
        if keep:
            waiting, late = waiting[:-keep], waiting[-keep:]
            self.outbox.extend(late)
        for event in waiting:
            body = msgspec.json.encode(event)
            yield body, signed(body)

    def money(self) -> dict[str, int]:
        """Return what was captured, given back and is still set aside, over all charges."""
        intents = self.all("payment_intent")
        return {
            "captured": sum(one["amount_received"] for one in intents),
            "held": sum(one["amount_capturable"] for one in intents),
            "refunded": sum(one["amount"] for one in self.all("refund")),
        }


def signed(body: bytes, *, at: int | None = None, secret: str = WEBHOOK_SECRET) -> str:
    """Return the header of a webhook, as Stripe signs it."""
    header: str = WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return header
