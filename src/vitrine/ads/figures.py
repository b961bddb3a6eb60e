"""What an advertiser's ads brought and cost by day, ad and placement: the ledger's sums.

Pages, files and programs add up the same rows, and divide here. One clock for all that is in a row:
the day of the cell on which the ad was shown, whenever it was billed or taken back, and whenever
something was bought after it. (Budgets have the days of their campaign's zone.)

What was charged is added up from charges, less what was taken back. Showings, views and clicks are
counted once no token of them is out: half an hour after they were shown.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import astuple, dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from vitrine.ads import tokens
from vitrine.ads.models import Ad, Advertiser, Placement
from vitrine.kernel import prepared
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import this_cell

Key = TypeVar("Key", bound=Hashable)
PER_THOUSAND = 1_000


@dataclass(frozen=True)
class Figures:
    """What happened. spent_micros: charged, less what was taken back: back_micros.

    orders, sales_minor: bought after them until now, less what went back; click_orders: of these
    after a click. An order after two ads is one of each.
    """

    shown: int = 0
    views: int = 0
    clicks: int = 0
    spent_micros: int = 0
    back_micros: int = 0
    orders: int = 0
    sales_minor: int = 0
    click_orders: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def click_rate(self) -> float | None:
        """Return which part of what was shown was followed."""
        return self.clicks / self.shown if self.shown else None

    @property
    def per_click_micros(self) -> int | None:
        """Return what a click cost, whatever was billed."""
        return round(self.spent_micros / self.clicks) if self.clicks else None

    @property
    def per_thousand_micros(self) -> int | None:
        """Return what a thousand views cost, whatever was billed."""
        return round(self.spent_micros * PER_THOUSAND / self.views) if self.views else None

    @property
    def order_rate(self) -> float | None:
        """Return which part of clicks brought an order."""
        return self.click_orders / self.clicks if self.clicks else None

    @property
    def return_on_spend(self) -> float | None:
        """Return what was sold after them for each unit spent."""
        return per_spent(self.sales_minor, self.spent_micros)


def per_spent(minor: int, spent_micros: int) -> float | None:
    """Return what an amount is for each unit spent; None where nothing was."""
    return minor * MICROS_PER_MINOR / spent_micros if spent_micros > 0 else None


class Place(NamedTuple):
    """What names a row among all of its account. ad: its public id."""

    day: date
    ad: str
    placement: str


@dataclass(frozen=True)
class Row:
    """What one ad brought and cost on one day in one placement."""

    day: date
    ad: Ad
    placement: Placement
    told: Figures

    @property
    def place(self) -> Place:
        """Return what names it."""
        return Place(self.day, self.ad.public_id, self.placement.value)


@dataclass(frozen=True)
class Asked:
    """Which rows: of days from one to another, both included, and of one ad or of all.

    after: the place of the last row that was seen. size: how many at most.
    """

    since: date = date.min
    until: date = date.max
    ad: str | None = None
    after: Place | None = None
    size: int | None = None


def rows(advertiser: Advertiser, asked: Asked) -> list[Row]:
    """Return rows that have something in them, the latest day and newest ad first. Queries: 2."""
    day, name, placement = asked.after or (None, None, None)
    found = prepared.rows(
        _ROWS,
        {
            "payer": advertiser.pk,
            "ad": asked.ad,
            "since": asked.since,
            "until": min(asked.until, day or asked.until),
            "after_day": day,
            "after_ad": name,
            "after_placement": placement,
            "size": asked.size,
            "zone": this_cell().time_zone,
        },
    )
    known = Ad.objects.select_related("clip", "group__campaign", "product")
    ads = known.in_bulk({ad for _, ad, *_ in found})
    return [
        Row(day, ads[ad], Placement(placement), Figures(*numbers))
        for day, ad, placement, *numbers in found
    ]


def summed(rows: Iterable[Row], of: Callable[[Row], Key]) -> dict[Key, Figures]:
    """Return rows added up by something that each of them has, as they come."""
    found: dict[Key, Figures] = {}
    for row in rows:
        key = of(row)
        found[key] = found.get(key, Figures()) + row.told
    return found


def total(rows: Iterable[Row]) -> Figures:
    """Return rows added up."""
    return sum((row.told for row in rows), Figures())


_ROWS = f"""
WITH own AS MATERIALIZED (
    SELECT ad.id, ad.public_id FROM ads_ad ad JOIN ads_adgroup g ON g.id = ad.group_id
    JOIN ads_campaign c ON c.id = g.campaign_id
    WHERE c.advertiser_id = %(payer)s AND (%(ad)s::text IS NULL OR ad.public_id = %(ad)s::text)
), each AS (
    SELECT own.id, own.public_id, d.day, d.placement, d.shown, d.views, d.clicks,
        0::bigint AS spent_micros, 0::bigint AS back_micros, d.orders, d.sales_minor, d.click_orders
    FROM own JOIN ads_adday d ON d.ad_id = own.id
    UNION ALL
    SELECT own.id, own.public_id, {tokens.shown_on("charge.showing")}, charge.placement, 0, 0, 0,
        CASE WHEN back.id IS NULL THEN charge.price_micros ELSE 0 END,
        CASE WHEN back.id IS NULL THEN 0 ELSE charge.price_micros END, 0, 0, 0
    FROM own JOIN ads_charge charge ON charge.ad_id = own.id
        AND charge.day BETWEEN %(since)s::date - 2 AND %(until)s::date + 2
    LEFT JOIN ads_reversal back ON back.charge_id = charge.id
)
SELECT day, id, placement, sum(shown)::bigint, sum(views)::bigint, sum(clicks)::bigint,
    sum(spent_micros)::bigint, sum(back_micros)::bigint, sum(orders)::bigint,
    sum(sales_minor)::bigint, sum(click_orders)::bigint
FROM each
WHERE day BETWEEN %(since)s::date AND %(until)s::date AND (%(after_day)s::date IS NULL
    OR day < %(after_day)s::date OR public_id < %(after_ad)s::text
    OR public_id = %(after_ad)s::text AND placement > %(after_placement)s::text)
GROUP BY day, id, public_id, placement
ORDER BY day DESC, public_id DESC, placement
LIMIT %(size)s::bigint
"""  # noqa: S608  (our own constant)
"""A charge's own day is that of its budget, in the campaign's zone: two days off at most."""
