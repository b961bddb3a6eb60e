"""What an advertiser's ads brought and cost: by day and by ad, and as a file."""

import csv
from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads import figures
from vitrine.ads.figures import Figures
from vitrine.kernel import money
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import local_day, this_cell
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.chart import Chart

HEADS = ("day", "campaign", "ad", "shown", "views", "clicks", "spent", "currency")


@require_safe
@access.policy(access.MEMBER)
def table(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show the last thirty days, and each ad with all of its time. Queries: 7."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    ads, days = list(figures.by_ad(account.advertiser)), list(_days(account))
    context = {
        "account": account,
        "here": "figures",
        "days": [(day, told) for day, told in days if told != Figures()],
        "chart": Chart(days[::-1]),
        "ads": ads,
        "total": sum((told for _, told in ads), Figures()),
    }
    return render(request, "promote/figures.html", context)


@require_safe
@access.policy(access.MEMBER)
def sheet(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Send the same as CSV: days first, then ads. Queries: 7."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="ads.csv"'
    writer = csv.writer(answer)
    writer.writerow(HEADS)
    for day, told in _days(account):
        writer.writerow((day.isoformat(), "", "", *_cells(told)))
    for ad, told in figures.by_ad(account.advertiser):
        writer.writerow(("", ad.group.campaign.public_id, ad.public_id, *_cells(told)))
    return answer


def _days(account: scope.Account) -> Iterator[tuple[date, Figures]]:
    return figures.by_day(account.advertiser, until=local_day(timezone.now()))


def _cells(told: Figures) -> tuple[object, ...]:
    currency = this_cell().currency
    whole, micros = divmod(told.spent_micros, MICROS_PER_MINOR)
    spent = f"{money.plain_decimal(whole, currency)}{micros:04d}"
    return told.shown, told.views, told.clicks, spent, currency
