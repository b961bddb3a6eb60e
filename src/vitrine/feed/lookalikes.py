"""Make what the people of shops have in common, by what they watch, and say what somebody watches.

A direction goes with the tables that its factors are from, so all are made anew with those. Where
either is newer than the other, nobody is like anybody: for the seconds that it takes.
Source: docs/adr/0126-look-alikes.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from vitrine.accounts.ages import ADULT
from vitrine.accounts.models import Person, Viewer
from vitrine.ads import dealings
from vitrine.ads.lookalikes import Asked, Taste, asked_for
from vitrine.ads.models import Lookalike
from vitrine.ads.models.lookalike import FEWEST_ALIKE
from vitrine.feed import unseen
from vitrine.feed.learning import served
from vitrine.feed.learning.tables import Learnt
from vitrine.feed.viewer import Viewer as Watcher
from vitrine.kernel import prepared
from vitrine.recommend import lookalike
from vitrine.recommend.arrays import Floats

LASTS = timedelta(hours=1)
"""Whoever is gone is in no direction after it."""
MOST_PEOPLE = 1_000
MOST_VIEWERS = 4_000
"""By lot, where there are more: then one percent is between 0.7 and 1.3 of them, mostly."""
LOOKED_THROUGH = 4 * MOST_VIEWERS
"""Adults, of whom not all have watched lately."""
WATCHED_WITHIN = timedelta(days=30)


class Crowd(NamedTuple):
    """Those who watched lately. vectors: of some of them, by lot; number: of all."""

    vectors: Floats
    number: int


def taste(watcher: Watcher) -> Taste | None:
    """Return what somebody watches; None where they watched nothing gladly that is known."""
    found = lookalike.unit(watcher.vector[None, :])
    return Taste(watcher.learnt.space, found[0]) if len(found) else None


def taste_of(key: str, viewer: Viewer) -> Taste | None:
    """Return what a viewer watches, whatever the page; None of who wants no personal order.

    Queries: 1 or 2, or 0 where nothing is learnt.
    """
    learnt = served.learnt()
    if learnt is None:
        return None
    past = unseen.past(key, viewer, tables=learnt.tables)
    return taste(Watcher(learnt, past, np.zeros(0, np.int64)))


def make(*, at: datetime) -> int:
    """Make those that are due, and let go of those that no ad asks for; return how many were made.

    Safe to run twice. Queries: 3 where none is due; else 5, 1 or 2 for each viewer who is looked
    at, and 4 for each.
    """
    learnt, asked = served.learnt(), asked_for(at=at)
    due = set(asked)
    for row in Lookalike.objects.all():
        of = row.merchant_id, tuple(row.of)
        if of not in asked:
            row.delete()
        elif learnt is not None and row.space == learnt.space and at - row.made_at < LASTS:
            due.discard(of)
    if learnt is None or not due:
        return 0
    crowd = _crowd(learnt, at=at)
    for one in sorted(due):
        _make(one, learnt, crowd, at=at)
    return len(due)


def _make(asked: Asked, learnt: Learnt, crowd: Crowd, *, at: datetime) -> None:
    """Make one, or note that there are too few people, or that they may not be looked at."""
    merchant, of = asked
    people: Iterable[Person] = ()
    if not dealings.says_too_much(merchant):
        people = dealings.people_of(merchant, of, most=MOST_PEOPLE)
    vectors = _vectors(people, learnt)
    found = {"people": 0, "direction": b"", "thresholds": list[float]()}
    if len(vectors) >= FEWEST_ALIKE and len(crowd.vectors) >= FEWEST_ALIKE:
        along = lookalike.direction(vectors, crowd.vectors)
        found = {
            "people": len(vectors),
            "direction": along.tobytes(),
            "thresholds": lookalike.thresholds(along, crowd.vectors).tolist(),
        }
    Lookalike.objects.update_or_create(
        merchant_id=merchant,
        of=list(of),
        defaults={**found, "viewers": crowd.number, "space": learnt.space, "made_at": at},
    )


def _crowd(learnt: Learnt, *, at: datetime) -> Crowd:
    """Return those adults whom For you is chosen for and who watched lately. Queries: 3, and more.

    Nobody else is shown an ad for people of some kind.
    """
    today = at.date()
    ((adults,),) = prepared.rows(_ADULTS, [today])
    share = max(adults // LOOKED_THROUGH, 1)
    rows = prepared.rows(_WATCHED, [today, share, at - WATCHED_WITHIN])
    chosen = [person for (person,) in rows[:MOST_VIEWERS]]
    vectors = _vectors(Person.objects.filter(pk__in=chosen), learnt)
    return Crowd(vectors, round(len(vectors) / max(len(chosen), 1) * len(rows) * share))


def _vectors(people: Iterable[Person], learnt: Learnt) -> Floats:
    """Return what people watch, a line for each of whom that is known. Queries: 1 or 2 for each."""
    nobody = np.zeros(0, np.int64)
    pasts = (unseen.past(one.public_id, one, tables=learnt.tables) for one in people)
    found = [Watcher(learnt, past, nobody).vector for past in pasts if past]
    return lookalike.unit(np.stack(found)) if found else learnt.tables.vectors[:0]


_ADULT = f"p.born_on <= %s::date - interval '{ADULT} years'"
_ADULTS = f"SELECT count(*) FROM accounts_person p WHERE {_ADULT}"  # noqa: S608
_WATCHED = f"""
SELECT p.id FROM accounts_person p
WHERE {_ADULT} AND (hashint8(p.id) & 2147483647) %% %s = 0
AND EXISTS (SELECT FROM feed_watch w WHERE w.viewer = p.public_id AND w.watched_at > %s)
ORDER BY hashint8(p.id)
"""  # noqa: S608  (our own constant)
