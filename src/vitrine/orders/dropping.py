"""A drop: a place for everybody who comes, numbers by lot, and so many let in as can buy at once.

Nobody runs it: whoever looks at their place moves the queue on, once a moment, under the drop's own
row lock. Source: docs/adr/0076-the-drop.md.
"""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Drop, GroupState, OrderGroup, Place, Reservation

EACH = timedelta(milliseconds=500)
"""How often the queue moves, at most."""
CATCHES_UP = timedelta(seconds=2)
"""A queue at which nobody looked for long lets in as many as in this time, not all at once."""
FACTOR = 1.25
"""So many are let in for each thing left, since some buy nothing. The database has it too."""
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
class Standing:
    """What somebody is told. ahead: how many are before them. wait_s: how long that may take.

    left: how many there are still to be had. again_s: when to ask again.
    """

    state: State
    place: Place | None
    ahead: int = 0
    wait_s: int = 0
    left: int = 0
    again_s: int = 3

    @property
    def minutes(self) -> int:
        """Return the wait in whole minutes."""
        return math.ceil(self.wait_s / 60)


@dataclass(frozen=True)
class Snapshot:
    """A drop as it was a moment ago: what is the same for all who look. held: being paid for."""

    drop: Drop
    left: int
    open: int
    held: int
    at: datetime

    @property
    def pace(self) -> float:
        """Return how many are let in each second, as it went so far."""
        ran_s = max((self.at - self.drop.starts_at).total_seconds(), 1.0)
        return max(self.drop.admitted / ran_s, 0.05)


_seen: dict[str, Snapshot] = {}
"""By a drop's public id, one moment old at most: a thousand who wait read the same row."""


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
    _seen.pop(drop.public_id, None)


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
    _seen.pop(drop.public_id, None)
    return held


def advance(drop: Drop, *, at: datetime) -> None:
    """Let in as many as may be, if nobody did so a moment ago. Locks: the drop, without waiting."""
    try:
        with transaction.atomic():
            _let_in(drop, at=at)
    except IntegrityError:
        # So many bought meanwhile that the database finds this too many: the next one looks again.
        _seen.pop(drop.public_id, None)


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
    """Tell where somebody stands, and move the queue on. Queries: 1, and 4 once a moment."""
    seen = _snapshot(drop, at=at)
    place = Place.objects.filter(drop=drop).held_by(person, visitor).first()
    return told(seen, place, at=at)


def waiting(drop_id: str, number: int, *, at: datetime) -> Standing | None:
    """Tell whoever has a number that is not in yet where they stand. None: look at the rows.

    From what was seen a moment ago: a thousand pages that ask read nothing. Whoever makes a
    number up is told of it, and nothing else comes of it. Queries: 0.
    """
    seen = _seen.get(drop_id)
    if seen is None or not timedelta() <= at - seen.at < EACH or number <= seen.drop.admitted:
        return None
    stands = told(seen, Place(drop=seen.drop, number=number), at=at)
    return None if stands.state == State.OVER else stands


def told(seen: Snapshot, place: Place | None, *, at: datetime) -> Standing:
    """Tell where a place stands. Queries: 0, and 1 for what was bought."""
    drop = seen.drop
    if place is not None and place.used_key and _is_bought(place):
        return Standing(State.BOUGHT, place)
    if drop.ended_at is not None or drop.ends_at <= at:
        return Standing(State.OVER, place)
    if drop.starts_at > at:
        until_s = (drop.starts_at - at).total_seconds()
        return Standing(State.SOON, place, left=seen.left, again_s=max(1, min(15, int(until_s))))
    if seen.left == 0:
        is_all_over = seen.held == 0
        return Standing(State.SOLD_OUT if is_all_over else State.HELD, place, again_s=5)
    if place is not None and place.admitted_until is not None and place.admitted_until > at:
        return Standing(State.IN, place, left=seen.left, again_s=5)
    if place is None:
        return Standing(State.OUTSIDE, None, left=seen.left)
    if place.admitted_until is not None:
        return Standing(State.MISSED, place, left=seen.left)
    ahead = max((place.number or drop.issued) - drop.admitted - 1, 0)
    wait_s = math.ceil(ahead / seen.pace)
    return Standing(State.WAITING, place, ahead, wait_s, seen.left, max(2, min(10, wait_s // 4)))


def _is_bought(place: Place) -> bool:
    taken = [GroupState.HELD, GroupState.PLACED]
    return OrderGroup.objects.filter(key=place.used_key, state__in=taken).exists()


def _snapshot(drop: Drop, *, at: datetime) -> Snapshot:
    """Return the drop as all see it; once a moment, move it on and look again."""
    seen = _seen.get(drop.public_id)
    if seen is not None and timedelta() <= at - seen.at < EACH:
        return seen
    draw(drop, at=at)
    advance(drop, at=at)
    fresh = Drop.objects.get(pk=drop.pk)
    opened = Place.objects.filter(drop=fresh).open(at=at).count()
    held = Reservation.objects.filter(
        stock__variant__product=fresh.product_id, state="held", expires_at__gt=at
    ).count()
    _seen[drop.public_id] = Snapshot(fresh, fresh.left, opened, held, at)
    return _seen[drop.public_id]


def forget(*, at: datetime) -> None:
    """Forget who waited, a day after a drop. Queries: 1."""
    over = Q(drop__ended_at__lt=at - KEPT) | Q(drop__ends_at__lt=at - KEPT)
    Place.objects.filter(over).delete()
