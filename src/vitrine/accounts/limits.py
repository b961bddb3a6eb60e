"""How much of what somebody may do in a time: one table, counted in Postgres.

A window begins at a full minute or hour, so that at its edge twice as much may pass.
Source: docs/adr/0045-spam-and-copies.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from django.db import connection
from django.utils.translation import gettext, ngettext

from vitrine.accounts.models import Pace, Person
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import cell

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEWCOMER = timedelta(days=1)
"""How long an account is new, and may do less."""


class Action(StrEnum):
    """What is counted. Uploads have their own rules, by day and bytes (``videos.quota``).

    MESSAGE: words that are mailed to one person. WRITE: words about oneself, a shop or its goods.
    PROGRAM: calls of the API with one token. CARD: wrong codes of gift cards.
    """

    COMMENT = "comment"
    LIKE = "like"
    FOLLOW = "follow"
    REPOST = "repost"
    SAVE = "save"
    REPORT = "report"
    APPEAL = "appeal"
    MESSAGE = "message"
    WRITE = "write"
    PROGRAM = "program"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in each window; newcomers: for an account's first day, and visitors.

    easy: from then on within the window it counts as hasty; None: never.
    """

    each: timedelta
    most: int
    newcomers: int
    easy: tuple[int, int] | None = None


LIMITS: dict[Action, tuple[Limit, ...]] = {
    Action.COMMENT: (Limit(MINUTE, 15, 8, easy=(6, 3)), Limit(HOUR, 200, 60)),
    Action.LIKE: (Limit(MINUTE, 90, 60), Limit(HOUR, 1_000, 400)),
    Action.FOLLOW: (Limit(MINUTE, 40, 20), Limit(HOUR, 300, 80)),
    Action.REPOST: (Limit(MINUTE, 20, 10), Limit(HOUR, 150, 40)),
    Action.SAVE: (Limit(MINUTE, 60, 40), Limit(HOUR, 600, 300)),
    Action.REPORT: (Limit(HOUR, 30, 10), Limit(DAY, 100, 20)),
    Action.APPEAL: (Limit(HOUR, 20, 20),),
    Action.MESSAGE: (Limit(MINUTE, 40, 20), Limit(HOUR, 600, 200)),
    Action.WRITE: (Limit(MINUTE, 40, 20), Limit(HOUR, 400, 150)),
    Action.PROGRAM: (Limit(MINUTE, 600, 600),),
    Action.CARD: (Limit(HOUR, 20, 10),),
}


@dataclass(frozen=True, slots=True)
class Left:
    """How much of a window is left, and when the next one begins."""

    most: int
    window_s: int
    remaining: int
    resets_s: int


class TooFast(Refusal):
    """More than the table allows. left: of the window that is full, which whoever counts knows."""

    code = "too_fast"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, action: Action, again_s: int, left: Left | None = None) -> None:
        self.left = left
        sentence = gettext(
            "That was very fast. You can go on in {wait}; what you typed is still here."
        )
        super().__init__(
            sentence.format(wait=_wait(again_s)),
            action=action.value,
            retry_after_s=again_s,
        )


def _wait(seconds: int) -> str:
    if seconds < 100:
        return ngettext("{number} second", "{number} seconds", seconds).format(number=seconds)
    minutes = round(seconds / 60)
    return ngettext("{number} minute", "{number} minutes", minutes).format(number=minutes)


_COUNT = """
INSERT INTO accounts_pace AS kept (home_cell, who, action, window_s, began_at, done)
VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT (who, action, window_s) DO UPDATE SET
  done = CASE WHEN kept.began_at = excluded.began_at THEN kept.done + 1 ELSE 1 END,
  began_at = excluded.began_at
RETURNING done"""


def spend(who: str, action: Action, *, is_new: bool, at: datetime) -> bool:
    """Count one more; tell whether it is hasty. Raises: TooFast. Queries: 1 for each window.

    who: a person's public id or a visitor's key. One row for each window, which the next one
    takes over: counting costs no cleaning up.
    """
    is_hasty = False
    for limit in LIMITS[action]:
        done, resets_s = _done(who, action, limit, at=at)
        if done > (limit.newcomers if is_new else limit.most):
            raise TooFast(action, resets_s)
        if limit.easy is not None:
            is_hasty |= done > limit.easy[is_new]
    return is_hasty


def count(who: str, action: Action, *, at: datetime) -> Left:
    """Count one more of what has one window; tell what is left. Raises: TooFast. Queries: 1."""
    (limit,) = LIMITS[action]
    done, resets_s = _done(who, action, limit, at=at)
    window_s = int(limit.each.total_seconds())
    left = Left(limit.most, window_s, max(limit.most - done, 0), resets_s)
    if done > limit.most:
        raise TooFast(action, resets_s, left)
    return left


def is_over(who: str, action: Action, *, is_new: bool, at: datetime) -> bool:
    """Tell whether a window of what has one is full, without counting. Queries: 1."""
    (limit,) = LIMITS[action]
    window_s, began_s = _window(limit, at=at)
    mine = Pace.objects.filter(who=who, action=action, window_s=window_s)
    most = limit.newcomers if is_new else limit.most
    return mine.filter(began_at=datetime.fromtimestamp(began_s, UTC), done__gte=most).exists()


def seconds_left(action: Action, *, at: datetime) -> int:
    """Return the seconds to the next window of what has one."""
    (limit,) = LIMITS[action]
    window_s, began_s = _window(limit, at=at)
    return began_s + window_s - int(at.timestamp())


def _window(limit: Limit, *, at: datetime) -> tuple[int, int]:
    window_s = int(limit.each.total_seconds())
    return window_s, int(at.timestamp()) // window_s * window_s


def _done(who: str, action: Action, limit: Limit, *, at: datetime) -> tuple[int, int]:
    """Count one more; return how many there are in this window, and the seconds to the next."""
    window_s, began_s = _window(limit, at=at)
    began_at = datetime.fromtimestamp(began_s, UTC)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [cell.home(), who, action, window_s, began_at])
        done: int = cursor.fetchone()[0]
    return done, began_s + window_s - int(at.timestamp())


def is_new(person: Person, *, at: datetime) -> bool:
    """Tell whether an account is so young that it may do less."""
    return at - person.joined_at < NEWCOMER
