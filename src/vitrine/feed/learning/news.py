"""Learn what was watched since the tables were built: counted in plain numpy, within moments.

A report is found by the number of what was told with it (``Telling``); what is learnt of it stands
in the watch that it is part of. So what was forgotten meanwhile, or never kept, is not learnt.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from math import isinf
from typing import NamedTuple

import numpy as np
from django.db import connection

from vitrine.feed import weights
from vitrine.feed.days import local_day
from vitrine.feed.impressions import AHEAD, EXPIRES_AFTER
from vitrine.feed.learning import saying, snapshots, voices
from vitrine.feed.learning.log import LEARNABLE
from vitrine.feed.learning.tables import News, heated, places
from vitrine.feed.learning.topics import Topics
from vitrine.recommend.arrays import Counts, Doubles
from vitrine.recommend.reach import Reach

AT_ONCE = 10_000
"""Reports that are learnt together."""
MOST_PAIRS = 500_000
"""Beyond so many tables are to be built anew, and none are counted until then: news are written
whole, and read by each process."""
SLACK = timedelta(hours=1)
"""A report may be written so long after it came, and clocks may differ."""
LATE_S = 60
"""How long a number that is missing among the facts is waited for: a transaction under way."""
FIRST_WATCHES = 60
"""So many of a viewer's are looked at to tell since when they are known; tables look at all."""
MOST_LATE = 10_000
MOST_OUT = 5_000
"""New clips that are looked at together, the latest."""
REACH = Reach.fading()

_REPORTS = f"""
WITH next AS MATERIALIZED (
    SELECT id, sum(cardinality(places)) OVER (ORDER BY id) - cardinality(places) AS before
    FROM (
        SELECT id, places FROM feed_telling
        WHERE id > %(position)s AND day BETWEEN %(since)s AND %(until)s ORDER BY id LIMIT %(most)s
    ) AS told
), fresh AS MATERIALIZED (
    SELECT id, slate, place, sequence, viewer, clip_id, day, at FROM feed_viewing
    WHERE id > %(position)s AND id <= (SELECT max(id) FROM next WHERE before < %(most)s)
        AND day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT id, slate, place, sequence, viewer, clip_id, day, at FROM feed_viewing
    WHERE id = ANY (%(late)s) AND day BETWEEN %(since)s AND %(until)s
), lately AS MATERIALIZED (
    SELECT viewers.viewer, array_agg(h.id ORDER BY h.stayed_at DESC, h.id DESC) AS watches,
        array_agg(h.clip_id ORDER BY h.stayed_at DESC, h.id DESC) AS clips
    FROM (SELECT DISTINCT viewer FROM fresh) AS viewers CROSS JOIN LATERAL (
        SELECT id, clip_id, stayed_at FROM feed_watch
        WHERE viewer = viewers.viewer AND watched_at IS NOT NULL
        ORDER BY watched_at DESC LIMIT 60
    ) AS h
    WHERE h.stayed_at IS NOT NULL GROUP BY viewers.viewer
), known AS MATERIALIZED (
    SELECT viewers.viewer, (
        SELECT extract(epoch FROM min(early.stayed_at))::bigint FROM (
            SELECT clip_id, stayed_at FROM feed_watch
            WHERE viewer = viewers.viewer AND watched_at IS NOT NULL
            ORDER BY watched_at LIMIT %(first)s
        ) AS early JOIN videos_clip c ON c.id = early.clip_id
        WHERE early.stayed_at IS NOT NULL
        GROUP BY c.creator_id ORDER BY 1 OFFSET %(broad)s - 1 LIMIT 1
    ) AS since_s
    FROM (SELECT DISTINCT viewer FROM fresh) AS viewers WHERE %(has_usual)s
)
SELECT fresh.id, fresh.clip_id,
    w.id IS NOT NULL AND (fresh.sequence = 0 OR NOT EXISTS (
        SELECT FROM feed_viewing earlier WHERE earlier.slate = fresh.slate
            AND earlier.place = fresh.place AND earlier.day = fresh.day
            AND earlier.day BETWEEN %(since)s AND %(until)s
            AND earlier.sequence < fresh.sequence)) AS began,
    CASE WHEN w.stayed_at = fresh.at THEN w.id END AS stay,
    coalesce(extract(epoch FROM w.stayed_at), 0)::bigint,
    CASE WHEN w.stayed_at = fresh.at THEN lately.clips[
        array_position(lately.watches, w.id) + 1 :
        array_position(lately.watches, w.id) + %(window)s] END AS before,
    known.since_s
FROM fresh
LEFT JOIN (
    feed_watch w JOIN videos_clip c ON c.id = w.clip_id
    LEFT JOIN accounts_person p ON p.public_id = w.viewer
) ON w.viewer = fresh.viewer AND w.clip_id = fresh.clip_id AND w.watched_ms > 0 AND {LEARNABLE}
LEFT JOIN lately ON lately.viewer = fresh.viewer LEFT JOIN known ON known.viewer = fresh.viewer
ORDER BY fresh.id
"""  # noqa: S608  (conditions written above, no values)


class Report(NamedTuple):
    """What is to be learnt of one report. id: that of all that was told with it.

    began: the first of its impression. stay: the watch that it made one that went on, at stayed_s;
    before: what its viewer had stayed with before, the latest first. since_s: since when the viewer
    is known; None where they are not, or where all speak in full.
    """

    id: int
    clip: int
    began: bool
    stay: int | None
    stayed_s: int
    before: list[int] | None
    since_s: int | None


def learn(*, at: datetime) -> bool:
    """Learn what was reported; return whether there is so much that tables are to be built anew.

    Also where they are damaged. Killed at any moment, it learns the same the next time. Queries: 2.
    """
    if snapshots.is_damaged():
        return True
    now_s = int(at.timestamp())
    with snapshots.alone():
        try:
            known = latest(now_s=now_s)
        except snapshots.Damaged:
            return True
        reports = _reports(known, *_days(at))
        if reports:
            known = with_reports(known, reports, now_s=now_s)
            known = with_topics(known, *_came_out(known), now_s=now_s)
            snapshots.write_news(known)
    return len(known.pair_to) > MOST_PAIRS or len(reports) >= AT_ONCE


def latest(*, now_s: int) -> News:
    """Return the news that are served; those of nothing where there are none. Raises: Damaged."""
    served = snapshots.current()
    if served.news:
        return snapshots.read_news(served.news)
    if not served.base:
        return News.empty(epoch_s=now_s)
    manifest = snapshots.read_manifest(served.base)
    tables = snapshots.map_tables(served.base, checked=False)
    late = np.array(manifest.late, np.int64)
    news = News.empty(
        position=manifest.position,
        epoch_s=tables.epoch_s,
        out_s=tables.epoch_s,
        late=late,
        usual_days=tables.usual_days,
    )
    return replace(news, late_since_s=np.full(len(late), now_s, np.int64))


def _days(at: datetime) -> tuple[date, date]:
    """Return the first and the last day whose clips may have been reported since one last learnt.

    They are the days that Postgres looks at: it plans with each part of the facts that it may need.
    """
    unlearnt_s, until = snapshots.since_s(at.timestamp()), local_day(at + AHEAD)
    if isinf(unlearnt_s):
        return date.min, until
    return local_day(at - timedelta(seconds=unlearnt_s) - EXPIRES_AFTER - SLACK), until


def _reports(known: News, since: date, until: date) -> list[Report]:
    with connection.cursor() as cursor:
        cursor.execute(
            _REPORTS,
            {
                "position": known.position,
                "late": known.late.tolist(),
                "most": AT_ONCE,
                "since": since,
                "until": until,
                "window": len(REACH.onward),
                "has_usual": bool(known.usual_days.any()),
                "broad": weights.KNOWN_BY_CREATORS,
                "first": FIRST_WATCHES,
            },
        )
        return [Report._make(row) for row in cursor.fetchall()]


def with_reports(known: News, reports: list[Report], *, now_s: int) -> News:
    """Return news with reports in them, of those who speak in full.

    What is said by the others is heard, as far as it is, once tables are built.
    """
    heard = _heard(known, reports, now_s)
    stays = list({one.stay: one for one in heard if one.stay is not None}.values())
    stayed = np.array([one.clip for one in stays], np.int64)
    stayed_s = np.array([one.stayed_s for one in stays], np.float64)
    shown = np.array([one.clip for one in heard if one.began], np.int64)
    clips = np.unique(np.concatenate([known.clips, stayed, shown]))
    position, late, since_s = _waiting(known, [one.id for one in reports], now_s)
    is_full = len(known.pair_to) > MOST_PAIRS
    pair_from, starts, to, counts = _paired(known, [] if is_full else stays)
    return replace(
        known,
        position=position,
        late=late,
        late_since_s=since_s,
        pair_from=pair_from,
        pair_starts=starts,
        pair_to=to,
        pair_counts=counts,
        clips=clips,
        stays=_added(clips, known, known.stays, stayed).astype(np.int64),
        shown=_added(clips, known, known.shown, shown).astype(np.int64),
        heat=_added(clips, known, known.heat, stayed, heated(stayed_s, known.epoch_s)),
    )


def _heard(known: News, reports: list[Report], now_s: int) -> list[Report]:
    since = [voices.NEVER if one.since_s is None else one.since_s for one in reports]
    usual = voices.Usual(known.epoch_s, known.usual_days)
    is_full = usual.is_full(np.array(since, np.int64), now_s)
    return [one for one, is_heard in zip(reports, is_full.tolist(), strict=True) if is_heard]


def _came_out(known: News) -> tuple[Counts, Topics]:
    """Return clips that came out since the last time, and their topics. Queries: 1.

    Some seconds are looked at twice: what comes out is seen only once that is committed.
    """
    since = datetime.fromtimestamp(max(known.out_s - LATE_S, 0), UTC)
    out = saying.shown().filter(published_at__gte=since).order_by("-published_at")[:MOST_OUT]
    with connection.cursor() as cursor:
        cursor.execute(*saying.statement(out))
        clip, number = np.array(cursor.fetchall(), np.int64).reshape(-1, 2).T
    new = np.unique(clip)
    return new, Topics.of(clip, number, new)


def with_topics(known: News, new: Counts, topics: Topics, *, now_s: int) -> News:
    """Return news with what clips say that they are of which came out since the last time."""
    out = np.union1d(known.out, new)
    kept, of_kept = known.said_of.at(np.where(places(out, new) < 0, places(out, known.out), -1))
    more, of_more = topics.at(places(out, new))
    which = np.concatenate([of_kept, of_more])
    order = np.argsort(which, kind="stable")
    said = Topics.of(out[which[order]], np.concatenate([kept, more])[order], out)
    return replace(known, out=out, said_starts=said.starts, said=said.numbers, out_s=now_s)


def _added(
    clips: Counts, known: News, before: Counts | Doubles, more: Counts, by: Doubles | None = None
) -> Doubles:
    sums = np.bincount(places(more, clips), by, minlength=len(clips)).astype(np.float64)
    sums[places(known.clips, clips)] += before
    return sums


def _waiting(known: News, ids: list[int], now_s: int) -> tuple[int, Counts, Counts]:
    """Return how far the facts are read, and which before that are missing, and since when."""
    position = max([known.position, *ids])
    is_waited = (now_s - known.late_since_s < LATE_S) & ~np.isin(known.late, ids)
    first = known.position + 1 if known.position else min(ids, default=position)
    missing = np.setdiff1d(np.arange(max(first, position - MOST_LATE), position), ids)
    late = np.concatenate([known.late[is_waited], missing])
    since = np.full(len(missing), now_s, np.int64)
    return position, late, np.concatenate([known.late_since_s[is_waited], since])


def _paired(known: News, stays: Sequence[Report]) -> tuple[Counts, Counts, Counts, Counts]:
    """Count the pairs of stays in, and lay all out by where they begin."""
    window = len(REACH.onward)
    befores = [(one.before or ())[:window] for one in stays]
    lengths = np.array([len(before) for before in befores], np.int64)
    earlier = np.fromiter(chain.from_iterable(befores), np.int64)
    later = np.repeat(np.array([one.clip for one in stays], np.int64), lengths)
    place = np.arange(len(earlier)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    is_other = earlier != later
    earlier, later, place = earlier[is_other], later[is_other], place[is_other]
    begin = np.concatenate([np.repeat(known.pair_from, np.diff(known.pair_starts)), earlier, later])
    to = np.concatenate([known.pair_to, later, earlier])
    counts = np.concatenate([known.pair_counts, REACH.onward[place], REACH.back[place]])
    order = np.lexsort((to, begin))
    begin, to, counts = begin[order], to[order], counts[order]
    is_first = np.ones(len(begin), np.bool_)
    is_first[1:] = (begin[1:] != begin[:-1]) | (to[1:] != to[:-1])
    firsts = np.flatnonzero(is_first)
    counts = np.add.reduceat(counts, firsts) if len(firsts) else counts
    begin, to = begin[firsts], to[firsts]
    pair_from, sizes = np.unique(begin, return_counts=True)
    starts = np.zeros(len(pair_from) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    return pair_from, starts, to, counts
