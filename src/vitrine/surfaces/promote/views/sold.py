"""What campaigns and shops sold, as files."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel.periods import PeriodForm
from vitrine.sovereignty import access
from vitrine.sovereignty.cell import local_day
from vitrine.surfaces.promote import scope, selling
from vitrine.surfaces.promote.selling import Row
from vitrine.surfaces.promote.views.campaigns import campaign_of
from vitrine.surfaces.promote.views.figures import table


@require_safe
@access.policy(access.MEMBER)
def campaign(request: SignedInRequest, advertiser_id: str, campaign_id: str) -> HttpResponse:
    """Send what a campaign sold as CSV. Queries: 4 or 5."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    found = campaign_of(account, campaign_id)
    return _sheet(selling.rows(found, at=timezone.now()))


@require_safe
@access.policy(access.MEMBER)
def total(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Send what was sold and spent on some days as CSV. Queries: 6."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    form = PeriodForm(request.GET or None, today=local_day(timezone.now()))
    since, until = form.period()
    if form.errors:
        return table(request, advertiser_id)
    return _sheet(selling.total_rows(account.advertiser, since=since, until=until))


def _sheet(rows: Iterable[Row]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sold.csv"'
    writer = csv.writer(answer)
    writer.writerow(selling.HEADS)
    writer.writerows(rows)
    return answer
