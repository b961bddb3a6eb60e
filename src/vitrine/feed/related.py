"""What goes with a clip: other clips, and things that were bought by people who met it.

The same for everybody who may see it: nothing of who looks is asked.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from vitrine.feed import retrieval
from vitrine.feed.learning import served
from vitrine.videos.models import Clip

NAMED = 40
"""So many are named: some may not be seen by whoever looks."""
BOUGHT_WITHIN = timedelta(days=90)
FEWEST_BUYERS = 3
"""Of a thing that is shown as bought: fewer would tell what somebody bought."""
NEARBY = 10
"""Clips near it whose buyers count half as much as its own."""

BOUGHT = """
SELECT product_id FROM (
    SELECT v.product_id, coalesce(g.buyer_id::text, g.email) AS buyer,
        max(CASE WHEN l.clip_id = %(clip)s THEN 1.0 ELSE 0.5 END) AS counts
    FROM orders_orderline l
    JOIN orders_order o ON o.id = l.order_id AND o.placed_at >= %(since)s
        AND o.state NOT IN ('cancelled', 'refunded')
    JOIN orders_ordergroup g ON g.id = o.group_id
    JOIN catalog_variant v ON v.id = l.variant_id
    WHERE l.clip_id = ANY (%(clips)s) AND NOT EXISTS (
        SELECT FROM catalog_tag t WHERE t.clip_id = %(clip)s AND t.product_id = v.product_id
    )
    GROUP BY v.product_id, buyer
) AS buyers
GROUP BY product_id HAVING count(*) >= %(fewest)s
ORDER BY sum(counts) DESC, product_id LIMIT %(most)s
"""


def clips(of: Clip) -> list[int]:
    """Return clips that go with one, the best first; none where nothing is learnt. Queries: 0."""
    learnt = served.learnt()
    if learnt is None:
        return []
    return retrieval.going_with(learnt, of.pk, duration_ms=of.duration_ms, size=NAMED)


def bought(of: Clip, near: Sequence[int], *, most: int, at: datetime) -> list[int]:
    """Return products that were bought after a clip, the most bought first, but its own.

    near: clips that go with it. Queries: 1.
    """
    asked: dict[str, Any] = {
        "clip": of.pk,
        "clips": [of.pk, *near[:NEARBY]],
        "since": at - BOUGHT_WITHIN,
        "fewest": FEWEST_BUYERS,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(BOUGHT, asked)
        return [product for (product,) in cursor.fetchall()]
