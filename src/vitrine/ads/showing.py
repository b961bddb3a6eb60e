"""Put ads on a page: only what may be shown at this moment, and no more than a viewer may meet.

Two statements: what won is asked for again, so that what was paused or sold out a moment ago is not
shown, whatever a process remembers; and the viewer's caps are counted and written behind the lock
of their row, all of a page or none. Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from vitrine.ads import load
from vitrine.ads.models import Placement
from vitrine.ads.standing import STANDING, Line
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import home


class Made(NamedTuple):
    """An ad with its token, not shown yet. chance: to be billed, before it was set right.

    worth_micros, order_chance: see ``Showing``; the latter before it was set right as well.
    """

    line: Line
    lease: int
    price_micros: int
    chance: float
    showing: UUID
    token: str
    worth_micros: int = 0
    order_chance: float = 0.0


def standing_among(ads: Sequence[int], placement: Placement) -> set[int]:
    """Return which ads may be shown at this moment. Queries: 1."""
    return {ad for (ad,) in prepared.of_keys(STANDING[placement], ads)}


def note(
    made: Sequence[Made],
    *,
    viewer: str,
    is_measured: bool = False,
    at: datetime,
    placement: Placement = Placement.FEED,
) -> bool:
    """Note that a viewer is shown ads; False where they would be too many. Queries: 1.

    is_measured: what they buy may be credited to these.
    """
    lines = [one.line for one in made]
    parameters = [
        home(),
        viewer,
        [line.ad for line in lines],
        [line.group for line in lines],
        [at] * len(lines),
        load.MOST_A_MONTH,
        at - load.SESSION,
        load.MOST_A_SESSION,
        at - load.DAY,
        load.MOST_A_DAY,
        [line.most_shown for line in lines],
        [line.within_days for line in lines],
        at,
        home(),
        viewer,
        placement.value,
        at,
        is_measured,
        [str(one.showing) for one in made],
        [line.ad for line in lines],
        [one.lease for one in made],
        [one.price_micros for one in made],
        [one.chance for one in made],
        [one.worth_micros for one in made],
        [one.order_chance for one in made],
    ]
    return bool(prepared.rows(SHOW, parameters))


SHOW = """
WITH met AS (
    INSERT INTO ads_met AS known (home_cell, viewer, ads, groups, shown_at)
    VALUES (%s, %s, %s::bigint[], %s::bigint[], %s::timestamptz[])
    ON CONFLICT (viewer) DO UPDATE SET (ads, groups, shown_at) = (
        SELECT array_agg(ad ORDER BY n), array_agg(of ORDER BY n), array_agg(at ORDER BY n)
        FROM (
            SELECT ad, of, at, row_number() OVER () AS n FROM unnest(
                known.ads || excluded.ads, known.groups || excluded.groups,
                known.shown_at || excluded.shown_at
            ) AS one (ad, of, at)
        ) AS latest
        WHERE n > cardinality(known.ads) + cardinality(excluded.ads) - %s
    )
    WHERE cardinality(excluded.ads) + (
            SELECT count(*) FROM unnest(known.shown_at) AS t (at) WHERE t.at > %s
        ) <= %s
        AND cardinality(excluded.ads) + (
            SELECT count(*) FROM unnest(known.shown_at) AS t (at) WHERE t.at > %s
        ) <= %s
        AND NOT EXISTS (
            SELECT FROM unnest(excluded.groups, %s::int[], %s::int[]) AS new (of, most, days)
            WHERE new.most <= (
                SELECT count(*) FROM unnest(known.groups, known.shown_at) AS t (of, at)
                WHERE t.of = new.of AND t.at > %s - new.days * interval '1 day'
            )
        )
    RETURNING viewer
)
INSERT INTO ads_showing (home_cell, viewer, placement, at, is_measured, showing, ad_id, lease_id,
    price_micros, chance, worth_micros, order_chance)
SELECT %s, %s, %s, %s, %s, one.* FROM met CROSS JOIN unnest(%s::uuid[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::float8[], %s::bigint[], %s::float8[]) AS one
RETURNING id
"""
