"""What an advertiser's ads brought and cost by day, ad, product or placement: the ledger's sums.

What was charged is added up from charges, less what was taken back. Showings, views and clicks are
counted once no token of them is out: half an hour after they were shown. What was bought is told
with the day of the showing that it is credited to, whenever that was.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from vitrine.ads.models import Ad, AdDay, Advertiser, Charge, Placement
from vitrine.catalog.models import Product

DAYS = 30
COUNTED = ("shown", "views", "clicks", "orders", "sales_minor")
"""What of days is added up (``AdDay``)."""


@dataclass(frozen=True)
class Figures:
    """What happened. spent_micros: charged, less what was taken back: back_micros.

    orders, sales_minor: bought after them until now, less what went back. An order after two ads is
    one of each.
    """

    shown: int = 0
    views: int = 0
    clicks: int = 0
    spent_micros: int = 0
    back_micros: int = 0
    orders: int = 0
    sales_minor: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.shown + other.shown,
            self.views + other.views,
            self.clicks + other.clicks,
            self.spent_micros + other.spent_micros,
            self.back_micros + other.back_micros,
            self.orders + other.orders,
            self.sales_minor + other.sales_minor,
        )


def by_day(advertiser: Advertiser, *, until: date) -> Iterator[tuple[date, Figures]]:
    """Yield the last days, the latest first. until: the last of them. Queries: 3."""
    since = until - timedelta(days=DAYS - 1)
    counted = _counted(advertiser, "day", Q(day__range=(since, until)))
    spent = _spent(advertiser, "day", Q(day__range=(since, until)))
    for past in range(DAYS):
        day = until - timedelta(days=past)
        yield day, _figures(counted.get(day, {}), spent.get(day, (0, 0)))


def by_ad(advertiser: Advertiser) -> Iterator[tuple[Ad, Figures]]:
    """Yield all ads that were ever shown, the newest first, with all of their time. Queries: 4."""
    counted, spent = _counted(advertiser, "ad", Q()), _spent(advertiser, "ad", Q())
    shown = Ad.objects.filter(pk__in={*counted, *spent})
    for ad in shown.select_related("clip", "group__campaign", "product").order_by("-pk"):
        yield ad, _figures(counted.get(ad.pk, {}), spent.get(ad.pk, (0, 0)))


def by_product(ads: Iterable[tuple[Ad, Figures]]) -> dict[Product, Figures]:
    """Return what ads, as of ``by_ad``, brought and cost by the product that they lead to."""
    found: dict[Product, Figures] = {}
    for ad, told in ads:
        if ad.product is not None:
            found[ad.product] = found.get(ad.product, Figures()) + told
    return found


@dataclass(frozen=True)
class Row:
    """What one ad brought and cost on one day in one placement."""

    day: date
    ad: Ad
    placement: Placement
    told: Figures

    @property
    def place(self) -> tuple[date, str, str]:
        """Return what names it among all rows of its account."""
        return self.day, self.ad.public_id, self.placement.value


def by_day_and_ad(
    advertiser: Advertiser, days: Q, *, after: tuple[date, str, str] | None, size: int
) -> list[Row]:
    """Return rows that have something in them, the latest day and newest ad first.

    days: which. after: the place of the last row that was seen. Queries: 4.
    """
    of = Q(ad__group__campaign__advertiser=advertiser) & days
    if after is not None:
        day, name, placement = after
        same = Q(day=day, ad__public_id=name, placement__gt=placement)
        of &= Q(day__lt=day) | Q(day=day, ad__public_id__lt=name) | same
    counted, charged = AdDay.objects.filter(of), Charge.objects.filter(of)
    names = ("day", "ad__public_id", "placement", "ad")
    keys = [rows.values_list(*names) for rows in (counted, charged)]
    found = list(keys[0].union(keys[1]).order_by("-day", "-ad__public_id", "placement")[:size])
    named = Q(day__in={row[0] for row in found}, ad__in={row[3] for row in found})
    sums = {(row.ad_id, row.day, row.placement): vars(row) for row in counted.filter(named)}
    spent = _spent(advertiser, ("ad", "day", "placement"), named)
    ads = Ad.objects.select_related("group__campaign", "product").in_bulk([row[3] for row in found])
    return [
        Row(
            day,
            ads[ad],
            Placement(placement),
            _figures(sums.get((ad, day, placement), {}), spent.get((ad, day, placement), (0, 0))),
        )
        for day, _, placement, ad in found
    ]


def by_placement(advertiser: Advertiser) -> list[tuple[Placement, Figures]]:
    """Return what each placement brought and cost in all of the time. Queries: 3."""
    counted, spent = _counted(advertiser, "placement", Q()), _spent(advertiser, "placement", Q())
    return [(one, _figures(counted.get(one, {}), spent.get(one, (0, 0)))) for one in Placement]


def _figures(counted: Mapping[str, int], spent: tuple[int, int]) -> Figures:
    shown, views, clicks, *sold = (counted.get(name) or 0 for name in COUNTED)
    return Figures(shown, views, clicks, *spent, *sold)


def _counted(advertiser: Advertiser, by: str, of: Q) -> dict[object, dict[str, int]]:
    days = AdDay.objects.filter(of, ad__group__campaign__advertiser=advertiser)
    sums = {name: Sum(name) for name in COUNTED}
    return {row[by]: row for row in days.values(by).annotate(**sums)}


def _spent(advertiser: Advertiser, by: str | tuple[str, ...], of: Q) -> dict[Any, tuple[int, int]]:
    """Return what was charged and not taken back, and what was, by a column or by several."""
    charges = Charge.objects.filter(of, campaign__advertiser=advertiser)
    back = _sums(charges.filter(reversal__isnull=False), by)
    return {
        key: (micros - back.get(key, 0), back.get(key, 0))
        for key, micros in _sums(charges, by).items()
    }


def _sums(charges: "QuerySet[Charge]", by: str | tuple[str, ...]) -> dict[Any, int]:
    names = (by,) if isinstance(by, str) else by
    rows = charges.values(*names).annotate(micros=Sum("price_micros"))
    return {
        row[by] if isinstance(by, str) else tuple(row[name] for name in by): row["micros"]
        for row in rows
    }
