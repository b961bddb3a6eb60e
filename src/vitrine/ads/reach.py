"""Whom ads and paid posts reached: counted by age, place and where it was, told without a few.

What is told is rounded, of days that are counted no more, and of no group with fewer than FEWEST.
Source: docs/adr/0131-what-was-advertised.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Sum

from vitrine.ads.models import AGES, AdReach, Placement
from vitrine.kernel import prepared
from vitrine.orders import keeping, regions
from vitrine.sovereignty.cell import home, local_day, this_cell

K = TypeVar("K", bound=str)
FEWEST = 50
"""Fewer people than this are not told of: they could be picked out."""
ROUNDED = 10
"""What is told is rounded down to so many, which divide FEWEST."""
ANEW = 2
"""Days that are counted anew, today the last of them: what is older changes no more but by
``counting.uncount``."""
LATE = timedelta(hours=3)
"""For so long after midnight the day before them is counted too: what was taken back of it between
its last count and midnight was left to be counted anew."""


def anew_from(*, at: datetime) -> date:
    """Return the first day that is counted anew. Whom it reaches is told once it is over."""
    return local_day(at - timedelta(days=ANEW - 1) - LATE)


@dataclass(frozen=True)
class Reached:
    """How many people something reached, rounded down: None where that is not told.

    bands, regions: "" for no known age, or place. A cell without regions has none. placements: by
    where they saw it first; empty where that was one alone.
    """

    total: int | None
    bands: Mapping[str, int | None]
    regions: Mapping[str, int | None]
    placements: Mapping[Placement, int | None]

    @property
    def told_regions(self) -> list[tuple[str, int]]:
        """Return the names of regions of which it is told, the most first; "" for no known."""
        named = regions.NAMES[this_cell().country]
        told = [(named.get(code, ""), n) for code, n in self.regions.items() if n is not None]
        return sorted(told, key=lambda one: (-one[1], one[0]))

    @property
    def document(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "total": self.total,
            "by_age": {k or "unknown": v for k, v in self.bands.items()},
            "by_region": {k or "unknown": v for k, v in self.regions.items()},
            "by_placement": {k.told: v for k, v in self.placements.items()},
        }


def of_ads(ads: Iterable[int], *, at: datetime) -> dict[int, Reached]:
    """Return whom each of some ads reached, by the ad's key. Queries: 1."""
    keys = list(ads)
    rows = AdReach.objects.filter(ad__in=keys, day__lt=anew_from(at=at)).order_by()
    each = rows.values_list("ad", "band", "region", "placement").annotate(Sum("viewers"))
    return of_each(keys, each)


def of_each(
    things: Iterable[int], rows: Iterable[tuple[int, str, str, str, int]]
) -> dict[int, Reached]:
    """Return what may be told of each thing. rows: thing, band, region, placement, and how many."""
    of: dict[int, list[tuple[str, str, str, int]]] = defaultdict(list)
    for thing, band, region, placement, viewers in rows:
        of[thing].append((band, region, placement, viewers))
    return {thing: told_of(of[thing]) for thing in things}


def told_of(rows: Iterable[tuple[str, str, str, int]]) -> Reached:
    """Return what may be told of people. rows: band, region, placement, and how many they are."""
    bands, places, where = Counter[str](), Counter[str](), Counter[str]()
    for band, region, placement, viewers in rows:
        bands[band] += viewers
        places[region] += viewers
        where[placement] += viewers
    stood = [one for one in Placement if one in where]
    named = regions.NAMES[this_cell().country]
    total = bands.total()
    return Reached(
        _rounded(total) if total >= FEWEST else None,
        told(bands, (*AGES, "")),
        told(places, (*named, "")) if named else {},
        told(where, stood) if len(stood) > 1 else {},
    )


def told(counted: Mapping[str, int], keys: Sequence[K]) -> dict[K, int | None]:
    """Return what may be told of each group beside the sum of all. Groups divide people.

    A group of a few could be reckoned from the others and the sum. So the smallest that could be
    told goes with them, and those that are as large: whoever sees what is told, and knows this
    rule, cannot say of any that is missing that it has somebody, and fewer than FEWEST.
    """
    few = [key for key in keys if counted.get(key, 0) < FEWEST]
    many = [key for key in keys if counted.get(key, 0) >= FEWEST]
    cover = min((counted[key] for key in many), default=0) if any(map(counted.get, few)) else 0
    return {
        key: _rounded(counted[key]) if key in many and counted[key] > cover else None
        for key in keys
    }


def _rounded(viewers: int) -> int:
    return viewers - viewers % ROUNDED


def count(*, since: datetime, before: datetime) -> None:
    """Count whom ads reached on some days anew. Counted twice, it is the same. Queries: 2.

    since: the beginning of a day of the cell. before: of what is later tokens may be out. Whoever
    has moved meanwhile is counted once, where they are now: so what was counted goes before.
    """
    AdReach.objects.filter(day__gte=local_day(since)).delete()
    prepared.run(_COUNT, [home(), this_cell().time_zone, since, before])


_IS_SEEN = """(
    EXISTS (SELECT FROM ads_charge c WHERE c.showing = {one}.showing)
    OR EXISTS (SELECT FROM ads_response r WHERE r.showing = {one}.showing)
)"""
_FIRSTS = ", ".join(f"({band[:2]}, '{band}')" for band in AGES)
BAND = f"""(
    SELECT band FROM (VALUES {_FIRSTS}) AS bands (since, band)
    WHERE extract(year FROM age({{at}}, p.born_on)) >= since ORDER BY since DESC LIMIT 1
)"""  # noqa: S608  (our own bands)
"""The age band of a person p at a moment; none of whom no age is known, and of minors."""
_COUNT = f"""
INSERT INTO ads_adreach AS known (home_cell, ad_id, day, band, region, placement, viewers)
SELECT %s, s.ad_id, (s.at AT TIME ZONE %s)::date, coalesce({BAND.format(at="s.at")}, ''),
    coalesce({keeping.REGION.format(person="p.id")}, ''), s.placement, count(*)
FROM ads_showing s
LEFT JOIN accounts_person p ON p.public_id = s.viewer
WHERE s.at >= %s AND s.at < %s AND {_IS_SEEN.format(one="s")}
AND NOT EXISTS (
    SELECT FROM ads_showing before
    WHERE before.viewer = s.viewer AND before.ad_id = s.ad_id AND before.at < s.at
    AND {_IS_SEEN.format(one="before")}
)
GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3, 4, 5, 6
ON CONFLICT (ad_id, day, band, region, placement) DO UPDATE SET viewers = excluded.viewers
"""  # noqa: S608  (no values)
