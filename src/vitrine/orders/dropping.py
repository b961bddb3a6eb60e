"""A drop: a place for everybody who comes, numbers by lot, and so many let in as can buy at once.

Nobody runs it: whoever looks at their place moves the queue on, once a moment, under the drop's own
row lock. Source: docs/adr/0076-the-drop.md.
"""

import math
import threading
import uuid
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product
from vitrine.kernel.batching import Batcher
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Drop, Place
from vitrine.orders.standing import EACH, FACTOR, Snapshot, Standing, Ticket, look, tickets, told

CATCHES_UP = timedelta(seconds=2)
"""A queue at which nobody looked for long lets in as many as in this time, not all at once."""
STALE = timedelta(seconds=1)
"""What was seen so long ago is told to nobody: all wait for whoever looks."""
MOST_WATCHED = 100
"""So many drops a process remembers; of the others each page reads the rows."""
KEPT = timedelta(days=1)

DRAW = """
UPDATE orders_place p SET number = drawn.number
FROM (SELECT id, row_number() OVER (
          ORDER BY NOT in_lot, CASE WHEN in_lot THEN lot END, joined_at, id) AS number
      FROM orders_place WHERE drop_id = %s AND number IS NULL) AS drawn
WHERE p.id = drawn.id
"""


class AlreadyDropped(Refusal):
    """The product has a drop that is not over."""

    code = "already_dropped"
    message = "This product has a drop that is not over. End it first."


class DropOver(Refusal):
    """Nobody waits any more."""

    code = "drop_over"
    message = "This drop is over. What is left is sold as everything else is."


@dataclass
class _Watched:
    """A drop that people look at. tickets: by code, of those who have to wait.

    A number never changes, so one that is not in yet need not be read twice.
    """

    seen: Snapshot | None = None
    tickets: dict[str, Ticket] = field(default_factory=dict)
    looking: threading.Lock = field(default_factory=threading.Lock)


_watched: defaultdict[str, _Watched] = defaultdict(_Watched)
"""By a drop's public id: a thousand who wait read the same row, which is a moment old at most."""


@transaction.atomic
def announce(
    product: Product,
    *,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    most_each: int,
    at: datetime,
) -> Drop:
    """Sell a product as a drop: until it is over, in turn alone. Raises: AlreadyDropped."""
    past = Drop.objects.filter(product=product, ended_at=None, ends_at__lte=at)
    past.update(ended_at=F("ends_at"))
    try:
        with transaction.atomic():
            drop = Drop.objects.create(
                product=product,
                starts_at=starts_at,
                ends_at=ends_at,
                minutes=minutes,
                most_each=most_each,
                advanced_at=starts_at,
                created_at=at,
            )
    except IntegrityError as clash:
        raise AlreadyDropped from clash
    Product.objects.filter(pk=product.pk).update(drop_until=ends_at)
    return drop


@transaction.atomic
def end(drop: Drop, *, at: datetime) -> None:
    """End a drop: what is left is sold as everything else is. Again is no error.

    One that has ended leaves its product alone: another may have begun since. Locks: the drop.
    """
    if Drop.objects.filter(pk=drop.pk, ended_at=None).update(ended_at=at):
        Product.objects.filter(pk=drop.product_id).update(drop_until=None)
    _watched.pop(drop.public_id, None)


def join(drop: Drop, *, person: Person | None, visitor: str, at: datetime) -> Place:
    """Give somebody a place, or the one that they have. Raises: DropOver.

    Who signs in before the start takes a browser's place along into the lot.
    """
    drop = draw(drop, at=at)
    if drop.ended_at is not None or drop.ends_at <= at:
        raise DropOver
    mine = Place.objects.filter(drop=drop).held_by(person, visitor)
    place = mine.first()
    if place is None:
        try:
            return _new_place(drop, person=person, visitor=visitor, at=at)
        except IntegrityError:
            # Another request of theirs was faster.
            return mine[0]
    if not place.in_lot and is_in_lot(drop, person):
        undrawn = Place.objects.filter(pk=place.pk, number=None)
        undrawn.update(in_lot=True, person=place.person or person)
    return place


def is_in_lot(drop: Drop, person: Person | None) -> bool:
    """Tell whether somebody is drawn: an account with a sure e-mail, older than the announcement.

    Nobody opens a hundred accounts for a drop of which nothing was said yet. Queries: 0 or 1.
    """
    if person is None or person.joined_at >= drop.created_at:
        return False
    return bool(EmailAddress.objects.filter(user=person, verified=True).exists())


def _new_place(drop: Drop, *, person: Person | None, visitor: str, at: datetime) -> Place:
    """Write a place: without a number as long as there was no draw. Locks: the drop."""
    place = Place(drop=drop, person=person, visitor=visitor, joined_at=at, lot=uuid.uuid4())
    place.in_lot = drop.drawn_at is None and is_in_lot(drop, person)
    if drop.drawn_at is None:
        with transaction.atomic(), connection.cursor() as cursor:
            # Those who come early share it with each other, and keep the draw waiting.
            cursor.execute("SELECT drawn_at FROM orders_drop WHERE id = %s FOR SHARE", [drop.pk])
            if cursor.fetchone() == (None,):
                place.save(force_insert=True)
                return place
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_drop SET issued = issued + 1 WHERE id = %s RETURNING issued", [drop.pk]
        )
        place.number = cursor.fetchone()[0]
        place.save(force_insert=True)
    return place


def draw(drop: Drop, *, at: datetime) -> Drop:
    """Give numbers by lot to those who came before the start, once. Returns the drop as it is.

    Locks: the drop.
    """
    if drop.drawn_at is not None or drop.starts_at > at:
        return drop
    with transaction.atomic(), connection.cursor() as cursor:
        held = Drop.objects.select_for_update(no_key=True).get(pk=drop.pk)
        if held.drawn_at is None:
            cursor.execute(DRAW, [held.pk])
            held.drawn_at, held.issued = at, cursor.rowcount
            held.save(update_fields=["drawn_at", "issued"])
    if held.drawn_at == at:
        with connection.cursor() as cursor:
            # A queue comes to be within minutes: by what Postgres knew before, it would read all of
            # it for each place that is looked for.
            cursor.execute("ANALYZE (SKIP_LOCKED) orders_place")
    return held


def advance(drop: Drop, *, at: datetime) -> None:
    """Let in as many as may be, if nobody did so a moment ago. Locks: the drop, without waiting."""
    # So many may have bought meanwhile that the database finds this too many: the next looks again.
    with suppress(IntegrityError), transaction.atomic():
        _let_in(drop, at=at)


def _let_in(drop: Drop, *, at: datetime) -> None:
    due = Drop.objects.filter(pk=drop.pk, ended_at=None, ends_at__gt=at, drawn_at__isnull=False)
    due = due.filter(advanced_at__lte=at - EACH)
    held = due.select_for_update(skip_locked=True, no_key=True).first()
    if held is None:
        return
    ran_s = min(at - held.advanced_at, CATCHES_UP).total_seconds()
    room = math.floor(held.left * FACTOR) - Place.objects.filter(drop=held).open(at=at).count()
    count = max(0, min(math.ceil(settings.VITRINE_DROP_RATE * ran_s), room))
    last = min(held.issued, held.admitted + count)
    Place.objects.filter(drop=held, number__gt=held.admitted, number__lte=last).update(
        admitted_until=at + timedelta(minutes=held.minutes)
    )
    held.admitted, held.advanced_at = last, at
    held.save(update_fields=["admitted", "advanced_at"])


def standing(drop: Drop, *, person: Person | None, visitor: str, at: datetime) -> Standing:
    """Tell where somebody stands, and move the queue on. Queries: 1 or 2, and 6 once a moment."""
    seen = _see(drop.public_id, drop, at=at) or Snapshot(drop, 0, 0, 0, 0, at)
    mine = Place.objects.filter(drop=drop).held_by(person, visitor)
    code = str(mine.values_list("ticket", flat=True).first() or "")
    return told(seen, tickets([code]).get(code) if code else None, at=at)


def by_ticket(drop_id: str, code: str, *, at: datetime) -> tuple[Standing, Snapshot] | None:
    """Tell whoever holds a ticket where they stand. None: it is of no drop that was looked at.

    Who has to wait is told from memory: a thousand pages that ask read nothing. Queries: 0, and 1
    for all others who ask at this moment; 6 once a moment.
    """
    watched = _watched.get(drop_id)
    if watched is None or watched.seen is None:
        return None
    seen = _see(drop_id, watched.seen.drop, at=at)
    if seen is None:
        return None
    ticket = watched.tickets.get(code)
    if ticket is None or (ticket.number or 0) <= seen.drop.admitted:
        ticket = _TICKETS.ask(code)
        if ticket is None or ticket.drop_id != seen.drop.pk:
            return None
        if ticket.number and ticket.until is None:
            watched.tickets[code] = ticket
        else:
            watched.tickets.pop(code, None)
    return told(seen, ticket, at=at), seen


def _read_all(codes: Sequence[str]) -> list[Ticket | None]:
    found = tickets(codes)
    return [found.get(code) for code in codes]


_TICKETS: Batcher[str, Ticket | None] = Batcher(_read_all)


def _see(drop_id: str, drop: Drop, *, at: datetime) -> Snapshot | None:
    """Return the drop as all see it; once a moment, one of them moves it on and looks again.

    The others go on with what was seen before, unless nobody looked for long.
    """
    if len(_watched) > MOST_WATCHED:
        _watched.pop(next(iter(_watched)), None)
    watched = _watched[drop_id]
    seen = watched.seen
    if seen is not None and timedelta() <= at - seen.at < EACH:
        return seen
    if not watched.looking.acquire(blocking=seen is None or at - seen.at > STALE):
        return seen
    try:
        if watched.seen is seen:  # nobody else did meanwhile
            draw(drop, at=at)
            advance(drop, at=at)
            watched.seen = look(drop.pk, at=at)
    finally:
        watched.looking.release()
    if watched.seen is None or watched.seen.drop.ended_at is not None:
        watched.tickets.clear()
    return watched.seen


def forget(*, at: datetime) -> None:
    """Forget who waited, a day after a drop. Queries: 1."""
    over = Q(drop__ended_at__lt=at - KEPT) | Q(drop__ends_at__lt=at - KEPT)
    Place.objects.filter(over).delete()
