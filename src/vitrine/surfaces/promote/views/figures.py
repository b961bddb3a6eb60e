"""What an advertiser's ads brought and cost: by ad, product, placement and day, and as a file."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import figures, invalid
from vitrine.ads.figures import Figures
from vitrine.ads.invalid import Invalid
from vitrine.ads.models import Ad
from vitrine.kernel import money
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import dated, local_day, this_cell
from vitrine.surfaces.promote import scope, selling
from vitrine.surfaces.promote.chart import Chart

HEADS = (
    *("day", "campaign", "ad", "product", "placement", "shown", "views", "clicks", "spent"),
    *("currency", "given_back", "orders", "sales", "not_counted_because"),
)
"""Days, ads, products and placements tell what counted; then each reason for which something did
not."""


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


@require_safe
@access.policy(access.MEMBER)
def table(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show each ad, product and placement with all of its time, the last thirty days, what did not
    count.

    Of a shop all that it sold and spent in these days stands above. Queries: 12, 3 more for a shop.
    """
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    ads, days = list(figures.by_ad(account.advertiser)), list(_days(account))
    context = {
        "account": account,
        "here": "figures",
        "chart": Chart(days[::-1]),
        "tables": [table for table in _tables(account, ads, days) if ads and table.lines],
        "total": sum((told for _, told in ads), Figures()),
        "invalid": _invalid(account),
        "sold": selling.total(account.advertiser, at=timezone.now()),
    }
    return render(request, "promote/figures.html", context)


def _tables(
    account: scope.Account, ads: Sequence[tuple[Ad, Figures]], days: Sequence[tuple[date, Figures]]
) -> Iterator[Table]:
    of_ads = [
        Line(
            ad.clip.title or gettext("Untitled clip"),
            told,
            reverse("promote:ad", args=[account.advertiser.public_id, ad.public_id]),
            ad.group.campaign.name,
        )
        for ad, told in ads
    ]
    of_products = [
        Line(product.title, told, product.get_absolute_url())
        for product, told in figures.by_product(ads).items()
    ]
    of_places = [
        Line(str(placement.label), told)
        for placement, told in figures.by_placement(account.advertiser)
    ]
    of_days = [Line(dated(day), told) for day, told in days if told != Figures()]
    yield Table("by-ad", gettext("By ad"), gettext("Ad"), of_ads)
    yield Table("by-product", gettext("By product"), gettext("Product"), of_products)
    yield Table("by-placement", gettext("By placement"), gettext("Placement"), of_places)
    yield Table("by-day", gettext("By day"), gettext("Day"), of_days)


@require_safe
@access.policy(access.MEMBER)
def sheet(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Send the same as CSV: days, ads, products, placements, what did not count. Queries: 12."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ads.csv"'
    writer = csv.writer(answer)
    writer.writerow(HEADS)
    for day, told in _days(account):
        writer.writerow((day.isoformat(), "", "", "", "", *_cells(told)))
    ads = list(figures.by_ad(account.advertiser))
    for ad, told in ads:
        writer.writerow(("", ad.group.campaign.public_id, ad.public_id, "", "", *_cells(told)))
    for product, told in figures.by_product(ads).items():
        writer.writerow(("", "", "", product.public_id, "", *_cells(told)))
    for placement, told in figures.by_placement(account.advertiser):
        writer.writerow(("", "", "", "", placement.value, *_cells(told)))
    for one in _invalid(account):
        told = Figures(views=one.views, clicks=one.clicks, back_micros=one.back_micros)
        writer.writerow(("", "", "", "", "", *_cells(told), one.said or one.reason))
    return answer


def _days(account: scope.Account) -> Iterator[tuple[date, Figures]]:
    return figures.by_day(account.advertiser, until=local_day(timezone.now()))


def _invalid(account: scope.Account) -> list[Invalid]:
    own = Q(group__campaign__advertiser=account.advertiser)
    return invalid.by_reason(own, until=local_day(timezone.now()))


def _cells(told: Figures) -> tuple[object, ...]:
    currency = this_cell().currency
    spent, back = (_plain(micros, currency) for micros in (told.spent_micros, told.back_micros))
    sales = money.plain_decimal(told.sales_minor, currency)
    return told.shown, told.views, told.clicks, spent, currency, back, told.orders, sales


def _plain(micros: int, currency: str) -> str:
    whole, rest = divmod(micros, MICROS_PER_MINOR)
    return f"{money.plain_decimal(whole, currency)}{rest:04d}"
