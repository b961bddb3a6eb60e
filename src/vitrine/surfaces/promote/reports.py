"""An advertiser's days as tables, as bars and as a file: the same rows, added up in one place."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from vitrine.ads import figures, invalid
from vitrine.ads.figures import Asked, Figures, Key, Row
from vitrine.ads.invalid import Invalid
from vitrine.ads.models import Ad, AdGroup, Advertiser, Campaign, Placement
from vitrine.catalog.feeds.extras import neutral
from vitrine.kernel import money
from vitrine.sovereignty.cell import dated, this_cell
from vitrine.surfaces.promote.chart import Chart

HEADS = (
    *("day", "campaign", "campaign_name", "group", "group_name", "ad", "ad_name"),
    *("product", "product_name", "placement", "shown", "views", "clicks", "spent", "currency"),
    *("given_back", "orders", "sales", "click_rate", "per_click", "per_thousand_views"),
    *("order_rate", "return_on_spend", "not_counted_because"),
)
"""Each ad on each day in each placement; then each reason for which something did not count."""
NAMES = HEADS.index("shown")
Cells = tuple[object, ...]


class Line(NamedTuple):
    """A row of a table: what it is of, and what is beside that."""

    name: str
    told: Figures
    link: str = ""
    beside: str = ""


class Table(NamedTuple):
    """What ads brought and cost, one way. key: for its heading; each: what its rows are of."""

    key: str
    title: str
    each: str
    lines: list[Line]
    said: str = ""


@dataclass(frozen=True)
class Report:
    """What an advertiser's ads brought and cost from one day to another, both included."""

    advertiser: Advertiser
    since: date
    until: date
    rows: Sequence[Row]
    invalid: Sequence[Invalid]

    @cached_property
    def total(self) -> Figures:
        """Return all of it added up."""
        return figures.total(self.rows)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing happened."""
        return not (self.rows or self.invalid)

    @cached_property
    def days(self) -> dict[date, Figures]:
        """Return each day, the latest first, whatever happened on it."""
        found = figures.summed(self.rows, lambda row: row.day)
        past = range((self.until - self.since).days + 1)
        days = [self.until - timedelta(days=n) for n in past]
        return {day: found.get(day, Figures()) for day in days}

    @property
    def chart(self) -> Chart:
        """Return the days as bars."""
        return Chart(list(self.days.items())[::-1])

    def tables(self) -> Iterator[Table]:
        """Yield a table for each way to read the rows."""
        yield Table("by-campaign", gettext("By campaign"), gettext("Campaign"), self._campaigns())
        yield Table("by-group", gettext("By group"), gettext("Group"), self._groups())
        yield Table("by-ad", gettext("By ad"), gettext("Ad"), self._ads())
        said = gettext(
            "By the product that an ad leads to. What was bought after the ad counts here, also "
            "where it was something else. Ads that lead to a profile are in none of these rows."
        )
        products = self._products()
        if products:
            yield Table("by-product", gettext("By product"), gettext("Product"), products, said)
        places = [
            Line(str(placement.label), told)
            for placement, told in self._by(lambda row: row.placement, list(Placement).index)
        ]
        yield Table("by-placement", gettext("By placement"), gettext("Placement"), places)
        days = [Line(dated(day), told) for day, told in self.days.items() if told != Figures()]
        yield Table("by-day", gettext("By day"), gettext("Day"), days)

    def sheet(self) -> Iterator[Cells]:
        """Yield the rows of the file, its head first."""
        yield HEADS
        for row in self.rows:
            yield (*_names(row), *_cells(row.told), "")
        for one in self.invalid:
            told = Figures(views=one.views, clicks=one.clicks, back_micros=one.back_micros)
            yield (*[""] * NAMES, *_cells(told), neutral(one.said or one.reason))

    def _by(
        self, of: Callable[[Row], Key], order: Callable[[Key], int]
    ) -> Iterable[tuple[Key, Figures]]:
        return sorted(figures.summed(self.rows, of).items(), key=lambda each: order(each[0]))

    def _campaigns(self) -> list[Line]:
        found = self._by(lambda row: row.ad.group.campaign, _newest)
        return [Line(one.name, told, self._url("campaign", one)) for one, told in found]

    def _groups(self) -> list[Line]:
        found = self._by(lambda row: row.ad.group, _newest)
        return [
            Line(one.name, told, self._url("campaign", one.campaign), one.campaign.name)
            for one, told in found
        ]

    def _ads(self) -> list[Line]:
        found = self._by(lambda row: row.ad, _newest)
        return [
            Line(title(one), told, self._url("ad", one), one.group.campaign.name)
            for one, told in found
        ]

    def _products(self) -> list[Line]:
        found = figures.summed(self.rows, lambda row: row.ad.product)
        return [Line(one.title, told, one.get_absolute_url()) for one, told in found.items() if one]

    def _url(self, name: str, of: Campaign | Ad) -> str:
        return reverse(f"promote:{name}", args=[self.advertiser.public_id, of.public_id])


def of(advertiser: Advertiser, since: date, until: date) -> Report:
    """Return what an advertiser's ads brought and cost on some days. Queries: 4."""
    own = Q(group__campaign__advertiser=advertiser)
    return Report(
        advertiser,
        since,
        until,
        figures.rows(advertiser, Asked(since, until)),
        invalid.by_reason(own, since=since, until=until),
    )


def title(ad: Ad) -> str:
    """Return what an ad is called: as its clip."""
    return ad.clip.title or gettext("Untitled clip")


def _newest(one: Campaign | AdGroup | Ad) -> int:
    return -one.pk


def _names(row: Row) -> Cells:
    ad, group, campaign, product = row.ad, row.ad.group, row.ad.group.campaign, row.ad.product
    return (
        row.day.isoformat(),
        *(campaign.public_id, neutral(campaign.name), group.public_id, neutral(group.name)),
        *(ad.public_id, neutral(title(ad))),
        *((product.public_id, neutral(product.title)) if product else ("", "")),
        row.placement.told,
    )


def _cells(told: Figures) -> Cells:
    """Return what is told of a row; empty where nothing is there to divide by."""
    currency = this_cell().currency
    return (
        *(told.shown, told.views, told.clicks, money.plain_micros(told.spent_micros, currency)),
        *(currency, money.plain_micros(told.back_micros, currency), told.orders),
        money.plain_decimal(told.sales_minor, currency),
        _rounded(told.click_rate, 4),
        *(_micros(one) for one in (told.per_click_micros, told.per_thousand_micros)),
        *(_rounded(told.order_rate, 4), _rounded(told.return_on_spend, 2)),
    )


def _rounded(number: float | None, digits: int) -> str:
    return "" if number is None else f"{number:.{digits}f}"


def _micros(micros: int | None) -> str:
    return "" if micros is None else money.plain_micros(micros, this_cell().currency)
