"""What campaigns and shops sold, as files."""

import csv
from collections.abc import Iterable

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope, selling
from vitrine.surfaces.promote.selling import Row
from vitrine.surfaces.promote.views.campaigns import campaign_of


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
    """Send what was sold and spent in the last thirty days as CSV. Queries: 4."""
    account = scope.account(request, advertiser_id, scope.ANY_ROLE)
    return _sheet(selling.total_rows(account.advertiser, at=timezone.now()))


def _sheet(rows: Iterable[Row]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sold.csv"'
    writer = csv.writer(answer)
    writer.writerow(selling.HEADS)
    writer.writerows(rows)
    return answer
