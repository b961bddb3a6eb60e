"""The log as arrays: who watched what, and how. Read in one piece, without an object a row.

A viewer is a number that is good for one reading. Left out is what creators watched of their
own, and what those watched who do not want to be learnt from; what was forgotten is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.functions import Cast, Extract
from numpy.typing import NDArray

from vitrine.feed import signs
from vitrine.feed.learning import saying
from vitrine.feed.learning.topics import Topics
from vitrine.feed.worth import Deed
from vitrine.recommend.arrays import Counts, Doubles, Flags

_HEAD = 19
"""Bytes before the first row of a binary COPY: its mark, flags and the length of nothing."""

MOST_SLATES = 50_000
"""So many of the latest pages are learnt from: half a million showings, whatever a cell serves."""

_DEEDS = {
    Deed.LIKED: "(c.id, p.id) IN (SELECT clip_id, person_id FROM videos_like)",
    Deed.SAVED: "(c.id, p.id) IN (SELECT clip_id, person_id FROM videos_save)",
    Deed.SHARED: "(c.id, w.viewer) IN (SELECT clip_id, viewer FROM feed_viewing WHERE shares > 0)"
    " OR (c.id, p.id) IN (SELECT clip_id, person_id FROM videos_repost)",
    Deed.COMMENTED: "(c.id, p.id) IN (SELECT clip_id, author_id FROM videos_comment)",
    Deed.FOLLOWS: "(c.creator_id, p.id) IN (SELECT followed_id, follower_id FROM accounts_follow)",
    Deed.TAPPED: "(c.id, w.viewer) IN (SELECT clip_id, viewer FROM feed_viewing WHERE taps > 0)",
    Deed.IN_CART: "(c.id, p.id) IN (SELECT line.clip_id, cart.person_id FROM orders_cartline line"
    " JOIN orders_cart cart ON cart.id = line.cart_id WHERE line.clip_id IS NOT NULL"
    " AND cart.person_id IS NOT NULL)",
    Deed.BOUGHT: "(c.id, p.id) IN (SELECT line.clip_id, purchase.buyer_id"
    " FROM orders_orderline line"
    " JOIN orders_order o ON o.id = line.order_id"
    " JOIN orders_ordergroup purchase ON purchase.id = o.group_id"
    " WHERE line.clip_id IS NOT NULL AND purchase.buyer_id IS NOT NULL"
    " AND purchase.placed_at IS NOT NULL)",
    Deed.HIDDEN: "w.hidden_at IS NOT NULL",
    Deed.REPORTED: "(c.id, w.viewer) IN (SELECT of.clip_id, coalesce(by.public_id, r.visitor)"
    " FROM safety_report r JOIN safety_case of ON of.id = r.case_id"
    " LEFT JOIN accounts_person by ON by.id = r.by_id WHERE of.clip_id IS NOT NULL)",
}

LEARNABLE = """
    c.creator_id IS DISTINCT FROM p.id AND NOT EXISTS (
        SELECT FROM feed_habit habit
        WHERE habit.person_id = p.id AND habit.unprofiled_at IS NOT NULL)
"""
"""Of a watch's clip c and person p, who is nobody for a visitor."""

_DEEDS_SQL = " + ".join(
    f"CASE WHEN {done} THEN {deed.value} ELSE 0 END" for deed, done in _DEEDS.items()
)
_WATCHES = f"""
    SELECT dense_rank() OVER (ORDER BY w.viewer), c.id, w.watched_ms::bigint,
        c.duration_ms::bigint, coalesce(extract(epoch FROM w.stayed_at)::bigint, 0),
        ({_DEEDS_SQL})::bigint, w.id
    FROM feed_watch w JOIN videos_clip c ON c.id = w.clip_id
    LEFT JOIN accounts_person p ON p.public_id = w.viewer
    WHERE (w.watched_ms > 0 OR w.hidden_at IS NOT NULL) AND {LEARNABLE}
    ORDER BY w.viewer, w.stayed_at, w.id
"""  # noqa: S608  (conditions written above, no values)

_SHOWINGS = f"""
    SELECT w.watched_ms::bigint, c.duration_ms::bigint, (w.completed_at IS NOT NULL)::int::bigint,
        extract(epoch FROM s.served_at)::bigint, ({_DEEDS_SQL})::bigint, w.id,
        substr(s.signs, (place::int - 1) * {signs.WIDTH} + 1, {signs.WIDTH})
    FROM (SELECT id, viewer, served_at, clips, signs FROM feed_slate ORDER BY id DESC
        LIMIT {MOST_SLATES}) AS s CROSS JOIN unnest(s.clips) WITH ORDINALITY AS shown (clip, place)
    JOIN videos_clip c ON c.id = shown.clip
    JOIN feed_watch w ON w.viewer = s.viewer AND w.clip_id = shown.clip
    LEFT JOIN accounts_person p ON p.public_id = w.viewer
    WHERE (w.watched_ms > 0 OR w.hidden_at IS NOT NULL) AND {LEARNABLE}
        AND length(s.signs) = cardinality(s.clips) * {signs.WIDTH}
        AND substr(s.signs, 1, 1) = decode('{signs.FORM:02x}', 'hex')
    ORDER BY s.id, place
"""  # noqa: S608  (conditions written above, no values)

_POSITION = """
    WITH latest AS (SELECT coalesce(max(id), 0) AS id FROM feed_telling)
    SELECT latest.id, ARRAY(
        SELECT missing FROM generate_series(greatest(latest.id - 2000, 1), latest.id) AS missing
        WHERE NOT EXISTS (SELECT FROM feed_telling WHERE id = missing))
    FROM latest
"""


@dataclass(frozen=True)
class Showings:
    """What came of clips that For you showed, in the order in which they were served.

    watch: the key of what came of each. signs: what was known before, see ``feed/signs.py``.
    """

    watched_ms: Counts
    duration_ms: Counts
    is_finished: Flags
    served_s: Counts
    deeds: Counts
    watch: Counts
    signs: Doubles


@dataclass(frozen=True)
class Log:
    """What there is to learn from, in the order of viewers and of their stays.

    viewer, clip, watched_ms, duration_ms, stayed_s (0: did not), deeds, watch (its key): a line for
    each watch.
    clips, creators, published_s, lengths_ms, topics: of clips that are out. position, late: as in
    ``News``.
    """

    viewer: Counts
    clip: Counts
    watched_ms: Counts
    duration_ms: Counts
    stayed_s: Counts
    deeds: Counts
    watch: Counts
    clips: Counts
    creators: Counts
    published_s: Counts
    lengths_ms: Counts
    topics: Topics
    showings: Showings
    position: int
    late: Counts


def read() -> Log:
    """Read all of it as of one moment. Queries: 6."""
    out = saying.shown().order_by("pk")
    epoch: Any = Cast(Extract("published_at", "epoch"), BigIntegerField())
    length: Any = Cast("duration_ms", BigIntegerField())
    catalogue = out.values_list("pk", "creator", epoch, length)
    is_inside = connection.in_atomic_block  # then the view of that transaction is the moment
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_inside:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(_POSITION)
        position, late = cursor.fetchone()
        clips = _columns(cursor, *catalogue.query.sql_with_params(), width=4)
        said = _columns(cursor, *saying.statement(out), width=2)
        watches = _columns(cursor, _WATCHES, (), width=7)
        showings = _showings(cursor)
    viewer, clip, watched_ms, duration_ms, stayed_s, deeds, watch = watches
    pk, creator, published_s, lengths_ms = clips
    return Log(
        viewer=viewer,
        clip=clip,
        watched_ms=watched_ms,
        duration_ms=duration_ms,
        stayed_s=stayed_s,
        deeds=deeds,
        watch=watch,
        clips=pk,
        creators=creator,
        published_s=published_s,
        lengths_ms=lengths_ms,
        topics=Topics.of(said[0], said[1], pk),
        showings=showings,
        position=position,
        late=np.array(late, np.int64),
    )


def _columns(cursor: Any, sql: str, parameters: Any, *, width: int) -> list[Counts]:
    """Return the columns of a query of whole numbers, none of them null. Queries: 1."""
    rows = _copied(cursor, sql, parameters, [_WHOLE] * width)
    return [_whole(rows, n) for n in range(width)]


def _showings(cursor: Any) -> Showings:
    """Read what was shown, with its signs. Queries: 1."""
    rows = _copied(cursor, _SHOWINGS, (), [_WHOLE] * 6 + [("V", signs.WIDTH)])
    watched_ms, duration_ms, finished, served_s, deeds, watch = (_whole(rows, n) for n in range(6))
    return Showings(
        watched_ms=watched_ms,
        duration_ms=duration_ms,
        is_finished=finished > 0,
        served_s=served_s,
        deeds=deeds,
        watch=watch,
        signs=signs.unpacked(rows["f6"]["value"].tobytes()),
    )


_WHOLE = (">i8", 1)


def _whole(rows: NDArray[Any], n: int) -> Counts:
    return rows[f"f{n}"]["value"].astype(np.int64)


def _copied(
    cursor: Any, sql: str, parameters: Any, columns: Sequence[tuple[str, int]]
) -> NDArray[Any]:
    """Return the rows of a query, each column of one length, none of them null. Queries: 1."""
    fields = [
        (f"f{n}", [("length", ">i4"), ("value", kind if size == 1 else f"{kind}{size}")])
        for n, (kind, size) in enumerate(columns)
    ]
    row = np.dtype([("fields", ">i2"), *fields])
    # An outer query, since a COPY has no place for parameters of its own: they are written out.
    with (
        cursor.connection.cursor() as own,
        own.copy(f"COPY ({sql}) TO STDOUT (FORMAT binary)", parameters) as copy,
    ):
        content = b"".join(bytes(part) for part in copy)
    found: NDArray[Any] = np.frombuffer(content[_HEAD:-2], row)
    return found
