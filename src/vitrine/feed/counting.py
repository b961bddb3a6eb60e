"""Views, counted from the facts: reach and qualified, per clip, day and source.

Nothing is ever added to a count. An open day is counted anew from its facts at each reading and
every few minutes; a day whose tokens have all expired is counted a last time and closed, so that
its facts can be forgotten. Source: docs/adr/0030-views.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import connection, transaction
from django.db.models import Max, Min, Sum

from vitrine.feed import deliveries
from vitrine.feed.days import first_open, local_day
from vitrine.feed.models import ClipDay, CountedDay, Telling
from vitrine.feed.plausible import ENOUGH_MS, SKIPPED_BEFORE_MS
from vitrine.feed.sources import Source
from vitrine.sovereignty.cell import home

FACTS = """
latest AS (
    SELECT DISTINCT ON (impression) * FROM feed_viewing
    WHERE day >= %(since)s AND day <= %(until)s AND is_counted
      AND (%(clips)s::bigint[] IS NULL
        OR clips && %(clips)s::bigint[] AND clip_id = ANY (%(clips)s))
    ORDER BY impression, sequence DESC
), weighed AS (
    SELECT latest.*,
        greatest(ceil(clip.duration_ms / 1000.0), 1)::int AS seconds,
        loops > 0 OR CASE WHEN length(seen) = 0 THEN false ELSE EXISTS (
            SELECT FROM generate_series(
                least(clip.duration_ms * 95 / 100000, ceil(clip.duration_ms / 1000.0)::int - 1),
                8 * length(seen) - 1
            ) AS s WHERE s >= 0 AND get_bit(seen, s) = 1
        ) END AS is_finished,
        watched_ms >= least(%(enough_ms)s, clip.duration_ms / 2.0)
        AND EXISTS (
            SELECT FROM feed_delivery sent
            WHERE sent.device = latest.device AND sent.clip_id = latest.clip_id
              AND sent.first_at <= latest.at + make_interval(secs => %(within_s)s)
        ) AS is_real
    FROM latest JOIN videos_clip clip ON clip.id = latest.clip_id
), judged AS (
    SELECT *, is_real AND 1 = row_number() OVER (
        PARTITION BY clip_id, day, viewer, is_real ORDER BY impression
    ) AS is_qualified
    FROM weighed
), summed AS (
    SELECT clip_id, day, source,
        count(*)::int AS reach,
        (count(*) FILTER (WHERE is_qualified))::int AS qualified,
        sum(watched_ms)::bigint AS watched_ms,
        (count(*) FILTER (WHERE watched_ms < %(skipped_ms)s AND NOT is_finished))::int AS skipped,
        (count(*) FILTER (WHERE is_finished))::int AS finished,
        sum(taps)::int AS taps,
        sum(shares)::int AS shares
    FROM judged GROUP BY clip_id, day, source
), curves AS (
    SELECT clip_id, day, source, array_agg(viewers ORDER BY s) AS seen
    FROM (
        SELECT clip_id, day, source, s,
            sum(CASE WHEN s < 8 * length(seen) THEN get_bit(seen, s) ELSE 0 END)::int AS viewers
        FROM judged CROSS JOIN LATERAL generate_series(0, seconds - 1) AS s
        GROUP BY clip_id, day, source, s
    ) AS each_second
    GROUP BY clip_id, day, source
), gained AS (
    SELECT clip_id, day, source, count(*)::int AS follows
    FROM (
        SELECT DISTINCT ON (follow.id) follow.id, v.clip_id, v.day, v.source
        FROM accounts_follow follow
        JOIN accounts_person follower ON follower.id = follow.follower_id
        JOIN feed_viewing v ON v.viewer = follower.public_id
            AND v.at BETWEEN follow.at - interval '30 minutes' AND follow.at + interval '30 minutes'
        JOIN videos_clip clip ON clip.id = v.clip_id AND clip.creator_id = follow.followed_id
        WHERE v.day >= %(since)s AND v.day <= %(until)s AND v.is_counted
          AND follow.at >= %(since)s::date - 1 AND follow.at < %(until)s::date + 3
          AND (%(clips)s::bigint[] IS NULL OR follow.followed_id IN (
              SELECT creator_id FROM videos_clip WHERE id = ANY (%(clips)s)
          ))
        ORDER BY follow.id, abs(extract(epoch FROM v.at - follow.at)), v.id
    ) AS nearest
    GROUP BY clip_id, day, source
), counted AS (
    SELECT clip_id, day, source, reach, qualified, watched_ms, skipped, finished, taps, shares,
        coalesce(follows, 0) AS follows, curves.seen
    FROM summed JOIN curves USING (clip_id, day, source)
    LEFT JOIN gained USING (clip_id, day, source)
)
"""
"""What each impression came to, then the sums. The latest report stands for its impression."""

COLUMNS = (
    "clip_id, day, source, reach, qualified, watched_ms, skipped, finished, taps, shares,"
    " follows, seen"
)
AHEAD = 5
"""For so many days there is a part of the facts' table ahead, should no worker run meanwhile."""
KEPT_COLUMNS = COLUMNS.split(", ")[3:]

ROLL_UP = f"""
WITH {FACTS}
INSERT INTO feed_clipday (home_cell, {COLUMNS})
SELECT %(home)s, {COLUMNS} FROM counted
ON CONFLICT (clip_id, day, source) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in KEPT_COLUMNS)}
"""  # noqa: S608  (names of columns, no values)

READ = f"""
WITH {FACTS}
SELECT {COLUMNS} FROM counted
UNION ALL
SELECT {COLUMNS} FROM feed_clipday
WHERE day >= %(stored_since)s AND day <= %(closed)s AND day <= %(until)s
  AND clip_id = ANY (%(clips)s)
"""  # noqa: S608  (names of columns, no values)


@dataclass(slots=True)
class Count:
    """Sums over some clips, days and sources. seen: viewers of each second of one clip."""

    reach: int = 0
    qualified: int = 0
    watched_ms: int = 0
    skipped: int = 0
    finished: int = 0
    taps: int = 0
    shares: int = 0
    follows: int = 0
    seen: list[int] = field(default_factory=list)

    def add(self, other: "Count") -> Self:
        """Add another count to this one."""
        for name in Count.__slots__[:-1]:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        longer = max(len(self.seen), len(other.seen))
        pairs = zip(_padded(self.seen, longer), _padded(other.seen, longer), strict=True)
        self.seen = [one + two for one, two in pairs]
        return self


@dataclass(frozen=True, slots=True)
class Row:
    """One clip on one day from one source."""

    clip: int
    day: date
    source: Source
    count: Count


def total(rows: Sequence[Row]) -> Count:
    """Add rows up."""
    summed = Count()
    for row in rows:
        summed.add(row.count)
    return summed


def rows(clips: Sequence[int], *, since: date, until: date) -> list[Row]:
    """Return what is counted of clips from one day to another, both included. Queries: 2.

    Closed days as they were stored, open ones from their facts as of this moment.
    """
    if not clips:
        return []
    closed = closed_through()
    first_live = max(since, closed + timedelta(days=1)) if closed else since
    parameters = _parameters(first_live, until, list(clips))
    parameters |= {"stored_since": since, "closed": closed or date.min}
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        return [_row(found) for found in cursor.fetchall()]


def views_of(clip: int) -> int:
    """Return the qualified views of a clip as last rolled up: the number that anybody may see.

    It may be as old as the last roll-up; ``rows`` is exact. Queries: 1.
    """
    return ClipDay.objects.filter(clip=clip).aggregate(n=Sum("qualified"))["n"] or 0


def closed_through() -> date | None:
    """Return the last day that is finally counted; None before the first. Queries: 1."""
    last: date | None = CountedDay.objects.aggregate(Max("day"))["day__max"]
    return last


def roll_up(*, at: datetime) -> None:
    """Count each open day anew, and close those that are over. Safe to run twice, or at once.

    Locks: the closing of days. Queries: 3, and 2 for each open day.
    """
    day = _next_to_count()
    while day is not None and day <= local_day(at):
        with transaction.atomic(), connection.cursor() as cursor:
            # Two that count one day write the same rows; closing waits for its turn.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLOSING])
            cursor.execute(ROLL_UP, {**_parameters(day, day, None), "home": home()})
            if day < first_open(at):
                CountedDay.objects.get_or_create(day=day, defaults={"closed_at": at})
        day += timedelta(days=1)


_CLOSING = 30_001
"""Names the lock on closing days among Postgres' advisory locks."""


def forget(*, before: date) -> int:
    """Forget the facts of days that are closed and over long enough; return how many days.

    A day that is not closed keeps its facts, however old. They go as a whole part of the table;
    what was told of a day that nobody had made a part for is deleted. Queries: 3.
    """
    closed = closed_through()
    if closed is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_viewing_let_go(%s)", [before])
        (gone,) = cursor.fetchone()
        cursor.execute(_DELETE_OTHERS, {"before": before, "closed": closed})
        (deleted,) = cursor.fetchone()
    return int(gone) + int(deleted)


_DELETE_OTHERS = """
WITH rest AS (
    DELETE FROM feed_telling_rest WHERE day < %(before)s AND day <= %(closed)s RETURNING day
)
SELECT count(DISTINCT day) FROM rest
"""


def make_room(*, at: datetime) -> int:
    """Make the parts of the facts' table for the next days; return how many. Queries: 1."""
    today = local_day(at)
    days = [today + timedelta(days=n) for n in range(AHEAD + 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM unnest(%s::date[]) AS day WHERE feed_viewing_make(day)", [days]
        )
        return int(cursor.fetchone()[0])


def recount(day: date) -> list[tuple[Any, ...]]:
    """Return what the facts of a day come to, whatever is stored of it. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {FACTS} SELECT {COLUMNS} FROM counted",  # noqa: S608  (names of columns)
            _parameters(day, day, None),
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _next_to_count() -> date | None:
    closed = closed_through()
    if closed is not None:
        return closed + timedelta(days=1)
    first: date | None = Telling.objects.aggregate(Min("day"))["day__min"]
    return first


def _parameters(since: date, until: date, clips: list[int] | None) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "clips": clips,
        "enough_ms": ENOUGH_MS,
        "skipped_ms": SKIPPED_BEFORE_MS,
        "within_s": deliveries.WITHIN_S,
    }


def _row(found: tuple[Any, ...]) -> Row:
    clip, day, source, *counted = found
    return Row(clip, day, Source(source), Count(*counted))


def _padded(numbers: list[int], length: int) -> list[int]:
    return numbers + [0] * (length - len(numbers))
