"""What ads brought and cost, by day, ad and placement: as pages and the ledger say."""

from datetime import date
from typing import Annotated, Literal

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from vitrine.ads import figures, programs
from vitrine.kernel import ids, paging
from vitrine.programs.scopes import Scope
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.api import shapes
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Id
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["ads"])


class AdFigures(Schema):
    """What one ad brought and cost on one day in one placement.

    spent_micros: charged, less what was taken back, in millionths of the currency; the ledger has
    the whole minor units of all of them together.

    placement: where it stood. What was shown is counted half an hour later, what it cost at once.

    orders, sales_minor: bought after it until now, less what went back, by the ad that each line is
    credited to; an order after two ads is one of each. target_percent: of a campaign that is to
    bring something back, how much is to be sold for what is spent. product: that it leads to.
    """

    day: date
    ad: Id
    campaign: Id
    product: Id | None
    placement: Literal["for_you", "search"]
    shown: int
    views: int
    clicks: int
    spent_micros: int
    orders: int
    sales_minor: int
    target_percent: int | None
    currency: str


@router.get("/ads/figures", response=shapes.Page[AdFigures], **needing(Scope.ADS_READ))
def list_ad_figures(
    request: ProgramRequest,
    since: date | None = None,
    until: date | None = None,
    ad: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> shapes.Page[AdFigures]:
    """List days, ads and placements, the latest first. since, until: days, both included.

    The token is one of an account, or of a shop that has one, and whoever made it acts for the
    account as an advertiser. Queries: 5.
    """
    account = get_object_or_404(programs.opened_by(request.token))
    asked = Q()
    if since is not None:
        asked &= Q(day__gte=since)
    if until is not None:
        asked &= Q(day__lte=until)
    if ad is not None:
        asked &= Q(ad__public_id=ad)
    place = paging.place_of(cursor, tuple[date, str, str])
    after = place if place is not None and ids.PATTERN.match(place[1]) else None
    rows = figures.by_day_and_ad(account, asked, after=after, size=limit + 1)
    shown, more = rows[:limit], len(rows) > limit
    last = shown[-1] if more else None
    return shapes.Page[AdFigures](
        items=[_told(row) for row in shown],
        next_cursor=paging.cursor_of(*last.place) if last else None,
    )


def _told(row: figures.Row) -> AdFigures:
    return AdFigures(
        day=row.day,
        ad=row.ad.public_id,
        campaign=row.ad.group.campaign.public_id,
        product=row.ad.product.public_id if row.ad.product else None,
        placement=row.placement.told,
        shown=row.told.shown,
        views=row.told.views,
        clicks=row.told.clicks,
        spent_micros=row.told.spent_micros,
        orders=row.told.orders,
        sales_minor=row.told.sales_minor,
        target_percent=row.ad.group.campaign.target_percent,
        currency=this_cell().currency,
    )
