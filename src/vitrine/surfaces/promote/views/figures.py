"""What an advertiser's ads brought and cost on some days, as a page and as a file."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel.periods import PeriodForm
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.promote import reports, scope, selling


@require_safe
@access.policy(access.MEMBER)
def table(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show each campaign, group, ad, product, placement and day, and what did not count.

    Of a shop all that it sold and spent on these days stands above. Queries: 8, 2 more for a shop.
    """
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    form = PeriodForm(request.GET or None, today=local_day(timezone.now()))
    report = reports.of(account.advertiser, *form.period())
    context = {
        "account": account,
        "here": "figures",
        "form": form,
        "report": report,
        "sold": selling.total(
            account.advertiser,
            since=report.since,
            until=report.until,
            spent_micros=report.total.spent_micros,
        ),
    }
    return render(request, "promote/figures.html", context, status=422 if form.errors else 200)


@require_safe
@access.policy(access.MEMBER)
def sheet(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Send the rows that the page adds up as CSV, and what did not count. Queries: 8."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    form = PeriodForm(request.GET or None, today=local_day(timezone.now()))
    report = reports.of(account.advertiser, *form.period())
    if form.errors:
        return table(request, advertiser_id)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"ads-{report.since}-{report.until}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    csv.writer(answer).writerows(report.sheet())
    return answer
