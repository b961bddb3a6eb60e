"""What a shop's clips and things bring, as a page and as CSV."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.kernel.periods import PeriodForm
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.market import figures_page, scope
from vitrine.surfaces.market.scope import MemberRequest


@require_safe
@access.policy(access.MEMBER)
def page(request: MemberRequest, slug: str) -> HttpResponse:
    """Show from views to money, by day, clip, creator and product. Queries: 7."""
    counter = scope.counter(request, slug, scope.FIGURES)
    form = PeriodForm(request.GET or None, today=local_day(timezone.now()))
    since, until = form.period()
    context = {
        "counter": counter,
        "here": "figures",
        "form": form,
        "since": since,
        "until": until,
        "found": figures_page.of(counter.merchant, since=since, until=until),
        "most": figures_page.LISTED,
    }
    return render(request, "market/figures.html", context, status=422 if form.errors else 200)


@require_safe
@access.policy(access.MEMBER)
def table(request: MemberRequest, slug: str) -> HttpResponse:
    """Send the same as CSV."""
    counter = scope.counter(request, slug, scope.FIGURES)
    form = PeriodForm(request.GET or None, today=local_day(timezone.now()))
    since, until = form.period()
    if form.errors:
        return page(request, slug)
    found = figures_page.of(counter.merchant, since=since, until=until)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{since}-{until}.csv"'
    answer["Cache-Control"] = "private, no-store"
    csv.writer(answer).writerows(figures_page.table(found, counter.merchant))
    return answer
