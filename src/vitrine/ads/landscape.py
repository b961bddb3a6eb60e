"""What places for ads went for in the last days, before whom an audience would let in.

Those of the feed: of searches to come nobody knows how many have words of a product.
Source: docs/adr/0117-whom-ads-are-for.md.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import numpy as np
from django.db.models import QuerySet, Sum

from vitrine.accounts.ages import ADULT
from vitrine.ads import bidding, chances, load
from vitrine.ads.campaigning import Audience
from vitrine.ads.dealings import OF_SHOP
from vitrine.ads.forecasting import Market, Wish
from vitrine.ads.models import AGES, AdDay, AdHour, Billed, Objective, Placement
from vitrine.ads.models.targeting import picks_people
from vitrine.kernel import prepared
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders import keeping
from vitrine.sovereignty.cell import local_day, this_cell

LOOKS_BACK, LEAST_BACK = timedelta(days=7), timedelta(days=2)
MOST_READ = 200_000
"""Showings that are looked through: of a cell with more, fewer days are."""
MOST_KEPT = 20_000
"""Of these so many are reckoned with: all of a viewer's, or none."""
Plain = Callable[[Collection[int]], set[int]]
"""Says of which people nothing is picked by what they do (``Habit.plain_among``)."""


def market(audience: Audience, merchant: int | None, *, plain: Plain, at: datetime) -> Market:
    """Return the places before whom an audience lets in, as far as that is known.

    Not by interests, nor by likeness: what a viewer watched then is not kept with a showing. Of
    visitors it is held
    that they read the first language of the cell. Queries: 3, and 1 for who is picked.
    """
    sold, places = _counted(at=at)
    back = min(LOOKS_BACK, max(LEAST_BACK, LOOKS_BACK * min(MOST_READ / max(sold, 1), 1.0)))
    share = max(int(sold * (back / LOOKS_BACK)) // MOST_KEPT, 1)
    rows = prepared.rows(_SOLD, _parameters(audience, merchant, at - back, at, share))
    if rows and picks_people(audience):
        out = plain({person for _, person, _, _ in rows})
        rows = [row for row in rows if row[1] not in out]
    viewers, _, days, worths = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Market(
        viewers=np.asarray(np.unique(np.array(viewers, np.str_), return_inverse=True)[1], np.int64),
        days=np.array(days, np.int64),
        worths=np.array(worths, np.int64),
        empty=max(places - sold, 0) / max(sold, 1),
        scale=float(share),
    )


def wish(audience: Audience, billed: Billed, daily_minor: int, *, at: datetime) -> Wish:
    """Return what a campaign buys that bids for an audience, for so much a day.

    How likely it is billed is what this cell's ads of its kind were in the last days. Queries: 1.
    """
    return Wish(
        what=billed.value,
        bid_micros=audience.bid_micros,
        most_micros=bidding.MOST_TIMES * bidding.first_bid(billed),
        chance=_chance(billed, at=at),
        daily_micros=daily_minor * MICROS_PER_MINOR,
        least_micros=load.LEAST_MICROS,
        a_day=audience.most_shown / audience.within_days,
    )


def _chance(billed: Billed, *, at: datetime) -> float:
    days = _days(at - LOOKS_BACK).filter(
        ad__group__campaign__objective__in=[one for one in Objective if one.pays_for == billed]
    )
    sums = days.aggregate(shown=Sum("shown"), view=Sum("views"), click=Sum("clicks"))
    return chances.of_all(sums[billed.value] or 0, sums["shown"] or 0, what=billed.value)


def _days(since: datetime) -> "QuerySet[AdDay]":
    return AdDay.objects.filter(day__gt=local_day(since), placement=Placement.FEED)


def _counted(*, at: datetime) -> tuple[int, int]:
    """Return how many places were sold and offered in the last days. Queries: 2."""
    since = at - LOOKS_BACK
    sold = _days(since).aggregate(n=Sum("shown"))["n"]
    offered = AdHour.objects.filter(hour_at__gt=since).aggregate(n=Sum("places"))["n"]
    return sold or 0, offered or 0


def _parameters(
    audience: Audience, merchant: int | None, since: datetime, until: datetime, share: int
) -> list[object]:
    spoken = list(audience.languages)
    firsts = [int(band[:2]) for band in AGES]
    bands = [firsts[AGES.index(band)] for band in audience.ages]
    lasts = [next((n for n in firsts if n > first), 200) for first in bands]
    return [
        *(merchant, merchant, merchant, until, since, until, share),
        *(not spoken, this_cell().languages[0], spoken),
        *(not picks_people(audience), not bands, bands, lasts),
        *(not audience.regions, list(audience.regions)),
        *(not audience.dealings, list(audience.dealings), list(audience.left_out)),
    ]


_SOLD = f"""
WITH done AS MATERIALIZED ({OF_SHOP}),
did AS MATERIALIZED (SELECT person, array_agg(what) AS what FROM done GROUP BY 1)
SELECT s.viewer, p.id, floor(extract(epoch FROM %s - s.at) / 86400)::int, s.worth_micros
FROM ads_showing s LEFT JOIN accounts_person p ON p.public_id = s.viewer
LEFT JOIN did ON did.person = p.id
WHERE s.at > %s AND s.at <= %s AND s.placement = '{Placement.FEED.value}' AND s.worth_micros > 0
AND abs(hashtext(s.viewer)::bigint) %% %s = 0
AND (%s OR coalesce(nullif(p.language, ''), %s) = ANY (%s::text[]))
AND (%s OR p.born_on <= s.at::date - interval '{ADULT} years')
AND (%s OR EXISTS (
    SELECT FROM unnest(%s::int[], %s::int[]) AS band (first, beyond)
    WHERE extract(year FROM age(s.at, p.born_on)) >= first
        AND extract(year FROM age(s.at, p.born_on)) < beyond
))
AND (%s OR {keeping.REGION.format(person="p.id")} = ANY (%s::text[]))
AND (%s OR did.what && %s::text[]) AND coalesce(NOT did.what && %s::text[], true)
"""  # noqa: S608  (our own constants)
