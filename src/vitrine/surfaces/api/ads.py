"""What ads brought and cost, by day, ad and placement: as pages and the ledger say."""

from datetime import date, timedelta
from typing import Annotated, Literal

from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema

from vitrine.ads import figures, invalid, programs
from vitrine.ads.figures import Asked, Place
from vitrine.kernel import ids, paging
from vitrine.programs.scopes import Scope
from vitrine.sovereignty.cell import local_day, this_cell
from vitrine.surfaces.api import shapes
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.shapes import Id
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["ads"])


class AdFigures(Schema):
    """What one ad brought and cost on one day in one placement.

    day: of the cell, on which it was shown: all that is here is of those showings.

    spent_micros: charged, less what was taken back (back_micros), in millionths of the currency;
    the ledger has the whole minor units of all of them together.

    placement: where it stood. What was shown is counted half an hour later, what it cost at once.

    orders, sales_minor: bought after it until now, less what went back, by the ad that each line is
    credited to; an order after two ads is one of each; click_orders: of these after a click.
    target_percent: of a campaign that is to bring something back, how much is to be sold for what
    is spent. product: that it leads to.

    click_rate: clicks of what was shown. per_click_micros, per_thousand_micros: what a click and a
    thousand views cost, whatever was billed. order_rate: clicks that brought an order.
    return_on_spend: sales for each unit spent. null where there is nothing to divide by.
    """

    day: date
    ad: Id
    group: Id
    campaign: Id
    product: Id | None
    placement: Literal["for_you", "search"]
    shown: int
    views: int
    clicks: int
    spent_micros: int
    back_micros: int
    orders: int
    click_orders: int
    sales_minor: int
    click_rate: float | None
    per_click_micros: int | None
    per_thousand_micros: int | None
    order_rate: float | None
    return_on_spend: float | None
    target_percent: int | None
    currency: str


class AdInvalid(Schema):
    """Views and clicks of one ad that counted for nothing, for one reason.

    said: what the operator's staff wrote, where they took it back. back_micros: what was billed at
    first, and given back.
    """

    ad: Id
    reason: str
    said: str
    views: int
    clicks: int
    back_micros: int
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
    account as an advertiser. Queries: 3.
    """
    account = get_object_or_404(programs.opened_by(request.token))
    place = paging.place_of(cursor, tuple[date, str, str])
    after = Place(*place) if place is not None and ids.PATTERN.match(place[1]) else None
    days = (since or date.min, until or date.max)
    rows = figures.rows(account, Asked(*days, ad, after, size=limit + 1))
    shown, more = rows[:limit], len(rows) > limit
    return shapes.Page[AdFigures](
        items=[_told(row) for row in shown],
        next_cursor=paging.cursor_of(*shown[-1].place) if more else None,
    )


@router.get("/ads/invalid", response=shapes.Page[AdInvalid], **needing(Scope.ADS_READ))
def list_invalid(
    request: ProgramRequest, since: date | None = None, until: date | None = None
) -> shapes.Page[AdInvalid]:
    """List what counted for nothing by ad and reason, most money first, all on one page.

    since, until: days, both included; the last thirty where nothing is said: what was refused at
    once is known for as long. Who may is as with figures. Queries: 4.
    """
    account = get_object_or_404(programs.opened_by(request.token))
    last = until or local_day(request.at)
    first = since or last - timedelta(days=invalid.KEPT_DAYS - 1)
    own = Q(group__campaign__advertiser=account)
    return shapes.Page[AdInvalid](
        items=[
            AdInvalid(
                ad=ad.public_id,
                reason=one.reason,
                said=one.said,
                views=one.views,
                clicks=one.clicks,
                back_micros=one.back_micros,
                currency=this_cell().currency,
            )
            for ad, one in invalid.by_ad(own, since=first, until=last)
        ],
        next_cursor=None,
    )


def _told(row: figures.Row) -> AdFigures:
    told, ad = row.told, row.ad
    return AdFigures(
        day=row.day,
        ad=ad.public_id,
        group=ad.group.public_id,
        campaign=ad.group.campaign.public_id,
        product=ad.product.public_id if ad.product else None,
        placement=row.placement.told,
        shown=told.shown,
        views=told.views,
        clicks=told.clicks,
        spent_micros=told.spent_micros,
        back_micros=told.back_micros,
        orders=told.orders,
        click_orders=told.click_orders,
        sales_minor=told.sales_minor,
        click_rate=told.click_rate,
        per_click_micros=told.per_click_micros,
        per_thousand_micros=told.per_thousand_micros,
        order_rate=told.order_rate,
        return_on_spend=told.return_on_spend,
        target_percent=ad.group.campaign.target_percent,
        currency=this_cell().currency,
    )
