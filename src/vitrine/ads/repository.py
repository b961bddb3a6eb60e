"""The public repository of ads: what was shown, who paid, when, for whom, and whom it reached.

An ad is in it from its first showing until a year after its last.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Min, Q, QuerySet, Sum

from vitrine.ads.models import AGES, Ad, AdGroup, AdReach, PastTargeting, Placement
from vitrine.ads.models.targeting import Targeting
from vitrine.kernel import prepared
from vitrine.orders import keeping, regions
from vitrine.sovereignty.cell import home, local_day, this_cell

K = TypeVar("K", bound=str)
Ads: TypeAlias = "QuerySet[Ad]"
KEPT = timedelta(days=365)
FEWEST = 50
"""Fewer people than this are not told of: they could be picked out."""


def shown(*, at: datetime) -> Ads:
    """Return the ads that are in it, with the first and last day of each, and where it stood."""
    since = local_day(at) - KEPT
    found = Ad.objects.annotate(
        first_on=Min("days__day", filter=Q(days__shown__gt=0)),
        last_on=Max("days__day", filter=Q(days__shown__gt=0)),
        placements=ArrayAgg(
            "days__placement", filter=Q(days__shown__gt=0), distinct=True, default=[]
        ),
    ).filter(last_on__gte=since)
    return found.select_related("clip__creator", "product", "group__campaign__advertiser").order_by(
        "-pk"
    )


def named(words: str, *, at: datetime) -> Ads:
    """Return those whose payer, clip, creator or product has some words in its name."""
    found = shown(at=at)
    for word in words.split()[:8]:
        found = found.filter(
            Q(group__campaign__advertiser__name__icontains=word)
            | Q(clip__title__icontains=word)
            | Q(clip__creator__handle__iexact=word.lstrip("@"))
            | Q(product__title__icontains=word)
        )
    return found


@dataclass(frozen=True)
class Aimed:
    """Whom an ad was for on some days. until_on: the last of them; a day of change is in both."""

    whom: Targeting
    from_on: date
    until_on: date


def aimed(ad: Ad) -> list[Aimed]:
    """Return whom an ad of ``shown`` was for while it was shown, the latest first. Queries: 1."""
    first, last = _days(ad)
    past = PastTargeting.objects.filter(group=ad.group).order_by("-until_at", "-pk")
    all_of_it: list[AdGroup | PastTargeting] = [ad.group, *past]
    found, until_on = [], last
    for whom in all_of_it:
        since = local_day(whom.aimed_at)
        from_on = first if whom is all_of_it[-1] else max(since, first)
        if from_on <= until_on:
            found.append(Aimed(whom, from_on, until_on))
        until_on = min(since, until_on)
    return found


@dataclass(frozen=True)
class Reached:
    """How many people an ad reached: None where fewer than FEWEST.

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


def reached(ad: Ad) -> Reached:
    """Return whom an ad reached. Queries: 1."""
    keys = ("band", "region", "placement")
    return told_of(AdReach.objects.filter(ad=ad).values_list(*keys).annotate(Sum("viewers")))


def told_of(rows: Iterable[tuple[str, str, str, int]]) -> Reached:
    """Return what may be told of people. rows: band, region, placement, and how many they are."""
    bands, places, where = Counter[str](), Counter[str](), Counter[str]()
    for band, region, placement, viewers in rows:
        bands[band] += viewers
        places[region] += viewers
        where[placement] += viewers
    stood = [one for one in Placement if one in where]
    named = regions.NAMES[this_cell().country]
    return Reached(
        _told(bands.total()),
        _all_told(bands, (*AGES, "")),
        _all_told(places, (*named, "")) if named else {},
        _all_told(where, stood) if len(stood) > 1 else {},
    )


def stood_in(ad: Any) -> list[Placement]:
    """Return where an ad of ``shown`` stood. Queries: 0."""
    return [one for one in Placement if one.value in ad.placements]


def _all_told(counted: Mapping[str, int], keys: Sequence[K]) -> dict[K, int | None]:
    told = {key: _told(counted.get(key, 0)) for key in keys}
    if sum(viewers is None for viewers in told.values()) == 1:
        # One that is missing could be reckoned from the others and the sum: the least goes too.
        least = min((key for key in told if told[key]), key=lambda one: counted[one], default=None)
        told |= {least: None} if least is not None else {}
    return told


def count(*, since: datetime, before: datetime) -> None:
    """Count whom ads reached on some days anew. Counted twice, it is the same. Queries: 2.

    since: the beginning of a day of the cell. before: of what is later tokens may be out. Whoever
    has moved meanwhile is counted once, where they are now: so what was counted goes before.
    """
    AdReach.objects.filter(day__gte=local_day(since)).delete()
    prepared.run(_COUNT, [home(), this_cell().time_zone, since, before])


def _told(viewers: int) -> int | None:
    return viewers if viewers >= FEWEST else None


def document(ad: Ad) -> dict[str, object]:
    """Return an ad of ``shown`` for a program. Queries: 2."""
    campaign, (first, last) = ad.group.campaign, _days(ad)
    whom, stretches = reached(ad), aimed(ad)
    return {
        "id": ad.public_id,
        "payer": campaign.advertiser.name,
        "clip": {
            "id": ad.clip.public_id,
            "title": ad.clip.title,
            "creator": ad.clip.creator.handle,
            "url": ad.clip.get_absolute_url(),
        },
        "leads_to": ad.product.get_absolute_url() if ad.product else f"/@{ad.clip.creator.handle}",
        "first_shown_on": first.isoformat(),
        "last_shown_on": last.isoformat(),
        "placements": [one.told for one in stood_in(ad)],
        "targeting": _said(stretches[0].whom),
        "targeting_by_day": [
            {"from": one.from_on.isoformat(), "until": one.until_on.isoformat(), **_said(one.whom)}
            for one in stretches
        ],
        "reach": {
            **reach_document(whom),
            "by_placement": {k.told: v for k, v in whom.placements.items()},
        },
    }


def reach_document(whom: Reached) -> dict[str, object]:
    """Return whom something reached for a program, by age and region."""
    return {
        "total": whom.total,
        "by_age": {k or "unknown": v for k, v in whom.bands.items()},
        "by_region": {k or "unknown": v for k, v in whom.regions.items()},
    }


def _said(whom: Targeting) -> dict[str, object]:
    return {name: getattr(whom, name) for name in _SAID}


_SAID = (
    *("languages", "ages", "interests", "regions", "dealings", "left_out"),
    *("alike", "alike_percent"),
)


def _days(ad: Any) -> tuple[date, date]:
    return ad.first_on, ad.last_on


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
