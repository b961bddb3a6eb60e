"""What an advertiser's ads brought and cost, by day or by ad: the same numbers as the ledger.

What was charged is added up from charges, less what was taken back. Showings, views and clicks are
counted once no token of them is out: half an hour after they were shown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from vitrine.ads.models import Ad, AdDay, Advertiser, Charge

DAYS = 30


@dataclass(frozen=True)
class Figures:
    """What happened. spent_micros: charged, less what was taken back."""

    shown: int = 0
    views: int = 0
    clicks: int = 0
    spent_micros: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.shown + other.shown,
            self.views + other.views,
            self.clicks + other.clicks,
            self.spent_micros + other.spent_micros,
        )


def by_day(advertiser: Advertiser, *, until: date) -> Iterator[tuple[date, Figures]]:
    """Yield the last days, the latest first. until: the last of them. Queries: 3."""
    since = until - timedelta(days=DAYS - 1)
    counted = _counted(advertiser, "day", Q(day__range=(since, until)))
    spent = _spent(advertiser, "day", Q(day__range=(since, until)))
    for past in range(DAYS):
        day = until - timedelta(days=past)
        yield day, _figures(counted.get(day, {}), spent.get(day, 0))


def by_ad(advertiser: Advertiser) -> Iterator[tuple[Ad, Figures]]:
    """Yield all ads that were ever shown, the newest first, with all of their time. Queries: 4."""
    counted, spent = _counted(advertiser, "ad", Q()), _spent(advertiser, "ad", Q())
    shown = Ad.objects.filter(pk__in={*counted, *spent}).select_related("clip", "group__campaign")
    for ad in shown.order_by("-pk"):
        yield ad, _figures(counted.get(ad.pk, {}), spent.get(ad.pk, 0))


def _figures(counted: Mapping[str, int], spent_micros: int) -> Figures:
    shown, views, clicks = (counted.get(name) or 0 for name in ("shown", "views", "clicks"))
    return Figures(shown, views, clicks, spent_micros)


def _counted(advertiser: Advertiser, by: str, of: Q) -> dict[object, dict[str, int]]:
    days = AdDay.objects.filter(of, ad__group__campaign__advertiser=advertiser)
    sums = {name: Sum(name) for name in ("shown", "views", "clicks")}
    return {row[by]: row for row in days.values(by).annotate(**sums)}


def _spent(advertiser: Advertiser, by: str, of: Q) -> dict[object, int]:
    charges = Charge.objects.filter(of, campaign__advertiser=advertiser)
    spent = _sums(charges, by)
    for key, micros in _sums(charges.filter(reversal__isnull=False), by).items():
        spent[key] -= micros
    return spent


def _sums(charges: "QuerySet[Charge]", by: str) -> dict[object, int]:
    rows = charges.values(by).annotate(micros=Sum("price_micros"))
    return {row[by]: row["micros"] for row in rows}
