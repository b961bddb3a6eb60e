"""The log as arrays: who watched what, and how. Read in one piece, without an object a row.

A viewer is a number that is good for one reading. Left out is what creators watched of their
own, and what those watched who do not want to be learnt from; what was forgotten is not there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.functions import Cast, Extract
from numpy.typing import NDArray

from vitrine.feed.worth import Deed
from vitrine.recommend.arrays import Counts
from vitrine.videos.models import Clip, Visibility

_HEAD = 19
"""Bytes before the first row of a binary COPY: its mark, flags and the length of nothing."""

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
        ({_DEEDS_SQL})::bigint
    FROM feed_watch w JOIN videos_clip c ON c.id = w.clip_id
    LEFT JOIN accounts_person p ON p.public_id = w.viewer
    WHERE (w.watched_ms > 0 OR w.hidden_at IS NOT NULL) AND {LEARNABLE}
    ORDER BY w.viewer, w.stayed_at, w.id
"""  # noqa: S608  (conditions written above, no values)

_POSITION = """
    WITH latest AS (SELECT coalesce(max(id), 0) AS id FROM feed_viewing)
    SELECT latest.id, ARRAY(
        SELECT missing FROM generate_series(greatest(latest.id - 2000, 1), latest.id) AS missing
        WHERE NOT EXISTS (SELECT FROM feed_viewing WHERE id = missing))
    FROM latest
"""


@dataclass(frozen=True)
class Log:
    """What there is to learn from, in the order of viewers and of their stays.

    viewer, clip, watched_ms, duration_ms, stayed_s (0: did not), deeds: a line for each watch.
    clips, creators, published_s: the clips that are out. position, late: see ``News``.
    """

    viewer: Counts
    clip: Counts
    watched_ms: Counts
    duration_ms: Counts
    stayed_s: Counts
    deeds: Counts
    clips: Counts
    creators: Counts
    published_s: Counts
    position: int
    late: Counts


def read() -> Log:
    """Read all of it as of one moment. Queries: 4."""
    out = Clip.objects.published().filter(visibility__in=[Visibility.PUBLIC, Visibility.FOLLOWERS])
    epoch: Any = Cast(Extract("published_at", "epoch"), BigIntegerField())
    catalogue = out.order_by("pk").values_list("pk", "creator", epoch)
    is_inside = connection.in_atomic_block  # then the view of that transaction is the moment
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_inside:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(_POSITION)
        position, late = cursor.fetchone()
        clips = _columns(cursor, *catalogue.query.sql_with_params(), width=3)
        watches = _columns(cursor, _WATCHES, (), width=6)
    viewer, clip, watched_ms, duration_ms, stayed_s, deeds = watches
    pk, creator, published_s = clips
    return Log(
        viewer=viewer,
        clip=clip,
        watched_ms=watched_ms,
        duration_ms=duration_ms,
        stayed_s=stayed_s,
        deeds=deeds,
        clips=pk,
        creators=creator,
        published_s=published_s,
        position=position,
        late=np.array(late, np.int64),
    )


def _columns(cursor: Any, sql: str, parameters: Any, *, width: int) -> list[Counts]:
    """Return the columns of a query of whole numbers, none of them null. Queries: 1."""
    field = [("length", ">i4"), ("number", ">i8")]
    row = np.dtype([("fields", ">i2"), *((f"f{n}", field) for n in range(width))])
    # An outer query, since a COPY has no place for parameters of its own: they are written out.
    with (
        cursor.connection.cursor() as own,
        own.copy(f"COPY ({sql}) TO STDOUT (FORMAT binary)", parameters) as copy,
    ):
        content = b"".join(bytes(part) for part in copy)
    rows: NDArray[Any] = np.frombuffer(content[_HEAD:-2], row)
    return [rows[f"f{n}"]["number"].astype(np.int64) for n in range(width)]
