"""Put ads on a page: only what may be shown at this moment, and no more than a viewer may meet.

One statement, or a part of the one that notes what else is on the page: what won is asked for
again, so that what was paused or sold out a moment ago is not shown, whatever a process remembers;
and the viewer's caps are counted and written behind the lock of their row, all of a page or none.
Source: docs/adr/0124-an-ad-in-the-pages-own-write.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
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


class Said(NamedTuple):
    """What became of ads. standing: which of them may be shown; is_shown: whether all were."""

    standing: set[int]
    is_shown: bool


@dataclass(frozen=True)
class Ads:
    """Ads for one page of a viewer, all or none. is_measured: what they buy may be credited."""

    made: Sequence[Made]
    viewer: str
    at: datetime
    is_measured: bool = False
    placement: Placement = Placement.FEED

    @property
    def parameters(self) -> dict[str, Any]:
        """Return those of ``parts``."""
        lines = [one.line for one in self.made]
        array = prepared.array
        return {
            "ad_home": home(),
            "ad_viewer": self.viewer,
            "ad_at": self.at,
            "ad_placement": self.placement.value,
            "ad_is_measured": self.is_measured,
            "ad_ads": array(line.ad for line in lines),
            "ad_groups": array(line.group for line in lines),
            "ad_most": array(line.most_shown for line in lines),
            "ad_days": array(line.within_days for line in lines),
            "ad_showings": f"{{{','.join(str(one.showing) for one in self.made)}}}",
            "ad_leases": array(one.lease for one in self.made),
            "ad_prices": array(one.price_micros for one in self.made),
            "ad_chances": array(one.chance for one in self.made),
            "ad_worths": array(one.worth_micros for one in self.made),
            "ad_order_chances": array(one.order_chance for one in self.made),
        }


Put = Callable[[Ads], Said]
"""Notes ads as shown, with whatever else is on their page."""


def standing_among(ads: Sequence[int], placement: Placement) -> set[int]:
    """Return which ads may be shown at this moment. Queries: 1."""
    return {ad for (ad,) in prepared.of_keys(STANDING[placement], ads)}


def put(ads: Ads) -> Said:
    """Note that a viewer is shown ads, unless they would be too many. Queries: 1."""
    return said(prepared.rows(_alone(ads.placement), ads.parameters))


def said(rows: Sequence[tuple[int, bool]]) -> Said:
    """Read what ``ANSWER`` answers."""
    return Said({ad for ad, _ in rows}, is_shown=any(is_shown for _, is_shown in rows))


@cache
def parts(placement: Placement, only: str) -> str:
    """Return the parts of a statement that show ads, whose values are ``Ads.parameters``.

    only: what must be true as well, by parts that come before.
    """
    return _PARTS.format(standing=prepared.text_of(STANDING[placement]), only=only)


@cache
def _alone(placement: Placement) -> str:
    return f"WITH {parts(placement, 'true')} {ANSWER.format(more='')}"


def _met_within(last: timedelta) -> str:
    """Return how many ads a viewer met lately, as a part of ``_PARTS``."""
    since = f"%(ad_at)s::timestamptz - interval '{last.total_seconds()} seconds'"
    lately = f"FROM unnest(known.shown_at) AS t (at) WHERE t.at > {since}"
    return f"(SELECT count(*) {lately})"


_PARTS = f"""
ad_stands AS MATERIALIZED (
    SELECT asked FROM ({{standing}}) AS found (asked) WHERE asked = ANY (%(ad_ads)s::bigint[])
), ad_met AS (
    INSERT INTO ads_met AS known (home_cell, viewer, ads, groups, shown_at)
    SELECT %(ad_home)s, %(ad_viewer)s, %(ad_ads)s::bigint[], %(ad_groups)s::bigint[],
        array_fill(%(ad_at)s::timestamptz, ARRAY[cardinality(%(ad_ads)s::bigint[])])
    WHERE (SELECT count(*) FROM ad_stands) = cardinality(%(ad_ads)s::bigint[]) AND {{only}}
    ON CONFLICT (viewer) DO UPDATE SET (ads, groups, shown_at) = (
        SELECT array_agg(ad ORDER BY n), array_agg(of ORDER BY n), array_agg(at ORDER BY n)
        FROM (
            SELECT ad, of, at, row_number() OVER () AS n FROM unnest(
                known.ads || excluded.ads, known.groups || excluded.groups,
                known.shown_at || excluded.shown_at
            ) AS one (ad, of, at)
        ) AS latest
        WHERE n > cardinality(known.ads) + cardinality(excluded.ads) - {load.MOST_A_MONTH}
    )
    WHERE cardinality(excluded.ads) + {_met_within(load.SESSION)} <= {load.MOST_A_SESSION}
        AND cardinality(excluded.ads) + {_met_within(load.DAY)} <= {load.MOST_A_DAY}
        AND NOT EXISTS (
            SELECT FROM unnest(excluded.groups, %(ad_most)s::int[], %(ad_days)s::int[])
                AS new (of, most, days)
            WHERE new.most <= (
                SELECT count(*) FROM unnest(known.groups, known.shown_at) AS t (of, at)
                WHERE t.of = new.of
                    AND t.at > %(ad_at)s::timestamptz - new.days * interval '1 day'
            )
        )
    RETURNING viewer
), ad_shown AS (
    INSERT INTO ads_showing (home_cell, viewer, placement, at, is_measured, showing, ad_id,
        lease_id, price_micros, chance, worth_micros, order_chance)
    SELECT %(ad_home)s, viewer, %(ad_placement)s, %(ad_at)s, %(ad_is_measured)s, one.*
    FROM ad_met CROSS JOIN unnest(%(ad_showings)s::uuid[], %(ad_ads)s::bigint[],
        %(ad_leases)s::bigint[], %(ad_prices)s::bigint[], %(ad_chances)s::float8[],
        %(ad_worths)s::bigint[], %(ad_order_chances)s::float8[]) AS one
    RETURNING id
)
"""  # noqa: S608  (our own constants)
ANSWER = "SELECT asked, EXISTS (SELECT FROM ad_shown){more} FROM ad_stands"
"""What ``said`` reads, and more beside it."""
