"""Where somebody stands in a queue, told from what of it was seen a moment ago.

Source: docs/adr/0076-the-drop.md, docs/adr/0084-carried-turns.md.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings

from vitrine.catalog.models import Product
from vitrine.kernel import prepared
from vitrine.orders.models import Drop

EACH = timedelta(milliseconds=250)
"""How often a queue moves and is looked at, at most."""
FACTOR = 1.25
"""So many are let in for each thing left, since some buy nothing. The database has it too."""
ANSWERS = 800
"""So many answers a second are asked for by all who wait, at most; then each asks less often."""
LIVELY_S = 5
"""So old a page may be of somebody who waits."""
SELDOM_S = 60
"""Nobody is left without an answer for longer, however many wait."""

LOOK = f"""
SELECT {prepared.columns((Drop, "d"), (Product, "product"))},
    (SELECT coalesce(sum(s.on_hand - s.reserved), 0)::int FROM catalog_stock AS s
        JOIN catalog_variant AS v ON v.id = s.variant_id WHERE v.product_id = d.product_id),
    (SELECT count(*) FROM orders_place AS p
        WHERE p.drop_id = d.id AND p.used_key = '' AND p.admitted_until > %s),
    (SELECT count(*) FROM orders_reservation AS r JOIN catalog_stock AS s ON s.id = r.stock_id
        JOIN catalog_variant AS v ON v.id = s.variant_id
        WHERE v.product_id = d.product_id AND r.state = 'held' AND r.expires_at > %s),
    CASE WHEN d.drawn_at IS NULL
        THEN (SELECT count(*) FROM orders_place AS p WHERE p.drop_id = d.id) ELSE d.issued END
FROM orders_drop AS d JOIN catalog_product AS product ON product.id = d.product_id
WHERE d.id = %s
"""  # noqa: S608 (our own names)
TICKETS = """
SELECT p.ticket::text, p.drop_id, p.number, p.in_lot, p.admitted_until,
    p.used_key <> '' AND EXISTS (SELECT FROM orders_ordergroup AS u
        WHERE u.key = p.used_key AND u.state IN ('held', 'placed'))
FROM orders_place AS p WHERE p.ticket = ANY (%s::uuid[])
"""


class State(StrEnum):
    """Where somebody stands."""

    SOON = "soon"  # it has not begun
    WAITING = "waiting"
    IN = "in"
    MISSED = "missed"  # they were let in, and did not buy in time
    BOUGHT = "bought"
    HELD = "held"  # all that is left is being paid for
    SOLD_OUT = "sold_out"
    OVER = "over"
    OUTSIDE = "outside"  # it runs, and they have no place


@dataclass(frozen=True)
class Ticket:
    """A place as its page knows it: by a code that nobody guesses. until: they are let in."""

    code: str
    drop_id: int
    number: int | None
    in_lot: bool
    until: datetime | None
    is_bought: bool


@dataclass(frozen=True)
class Standing:
    """What somebody is told. ahead: how many are before them. wait_s: how long that may take.

    left: how many there are still to be had. again_s: when to ask again.
    """

    state: State
    ticket: Ticket | None
    ahead: int = 0
    wait_s: int = 0
    left: int = 0
    again_s: float = 15

    @property
    def minutes(self) -> int:
        """Return the wait in whole minutes."""
        return math.ceil(self.wait_s / 60)

    @property
    def reload_s(self) -> int:
        """Return when a whole page loads itself again, where no script asks for a part of it."""
        return max(5, math.ceil(self.again_s))


@dataclass(frozen=True)
class Snapshot:
    """A drop as it was a moment ago: what is the same for all who look.

    open: who is let in and has not bought. held: being paid for. came: how many have a place.
    """

    drop: Drop
    left: int
    open: int
    held: int
    came: int
    at: datetime

    @property
    def pace(self) -> float:
        """Return how many are let in each second, as it went so far; at first as it may go."""
        ran_s = max((self.at - self.drop.starts_at).total_seconds(), 0.0)
        rate: int = settings.VITRINE_DROP_RATE
        return max((self.drop.admitted + rate) / (ran_s + 1), 0.05)

    @property
    def easy_s(self) -> float:
        """Return how far apart each may ask so that it is easy to answer all who wait."""
        return min((self.came - self.drop.admitted) / ANSWERS, SELDOM_S)


def look(drop_id: int, *, at: datetime) -> Snapshot | None:
    """Look at a drop. None where it is gone, or its product is not on sale. Queries: 1."""
    for row in prepared.rows(LOOK, [at, at, drop_id]):
        drop, product = prepared.instances(row[:-4], Drop, Product)
        drop.product = product
        if product.published_at is not None and product.withdrawn_at is None:
            left, opened, held, came = row[-4:]
            return Snapshot(drop, left, opened, held, came, at)
    return None


def tickets(codes: Sequence[str]) -> dict[str, Ticket]:
    """Read tickets by their codes. Queries: 1."""
    return {row[0]: Ticket(*row) for row in prepared.rows(TICKETS, [list(codes)])}


def told(seen: Snapshot, ticket: Ticket | None, *, at: datetime) -> Standing:
    """Tell where a ticket stands. Queries: 0."""
    drop = seen.drop
    if ticket is not None and ticket.is_bought:
        return Standing(State.BOUGHT, ticket)
    if drop.ended_at is not None or drop.ends_at <= at:
        return Standing(State.OVER, ticket)
    if drop.starts_at > at or drop.drawn_at is None:
        until_s = max(drop.starts_at - at, EACH).total_seconds()
        # All would ask as it begins: each does so at a moment of its own.
        begins_s = until_s + random.random() * seen.easy_s  # noqa: S311 (it hides nothing)
        return Standing(State.SOON, ticket, left=seen.left, again_s=min(SELDOM_S, begins_s))
    often_s = max(1.5, seen.easy_s)
    if seen.left == 0:
        is_all_over = seen.held == 0
        return Standing(State.SOLD_OUT if is_all_over else State.HELD, ticket, again_s=often_s)
    if ticket is None:
        return Standing(State.OUTSIDE, None, left=seen.left)
    if ticket.until is not None and ticket.until > at:
        return Standing(State.IN, ticket, left=seen.left, again_s=often_s)
    if ticket.until is not None:
        return Standing(State.MISSED, ticket, left=seen.left)
    ahead = max((ticket.number or drop.issued) - drop.admitted - 1, 0)
    wait_s = math.ceil(ahead / seen.pace)
    again_s = _again_s(seen, ahead, wait_s, often_s)
    return Standing(State.WAITING, ticket, ahead, wait_s, seen.left, again_s)


def _again_s(seen: Snapshot, ahead: int, wait_s: int, often_s: float) -> float:
    """Return when it pays to ask again: as one is let in, if that is a matter of the rate alone.

    Behind them it takes what others buy or leave: a quarter of the wait, but not too often. No
    page is much older than ``LIVELY_S``, unless many more wait than can be answered.
    """
    if ahead < math.floor(seen.left * FACTOR) - seen.open:
        let_in_s = (ahead + 1) / settings.VITRINE_DROP_RATE + EACH.total_seconds()
        return min(let_in_s, SELDOM_S)
    return max(often_s, min(wait_s / 4, LIVELY_S))
