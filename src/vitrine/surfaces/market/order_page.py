"""The reads of the seller's order pages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.kernel import paging
from vitrine.orders.models import Order, OrderState, Return

ORDERS_A_PAGE = 40


@dataclass(frozen=True)
class Filter:
    """One way to narrow the list."""

    name: str
    label: Promise
    which: Q


FILTERS = (
    Filter("waiting", gettext_lazy("Waiting"), Q(state__in=[OrderState.PLACED, OrderState.READY])),
    Filter("ship", gettext_lazy("To ship"), Q(state=OrderState.PLACED, pickup_location=None)),
    Filter(
        "prepare",
        gettext_lazy("To prepare"),
        Q(state=OrderState.PLACED, pickup_location__isnull=False),
    ),
    Filter("counter", gettext_lazy("At the counter"), Q(state=OrderState.READY)),
    Filter("returns", gettext_lazy("Returns"), Q(pk__in=Return.objects.open().values("order"))),
    Filter("done", gettext_lazy("Done"), Q(state__in=[OrderState.SHIPPED, OrderState.COLLECTED])),
    Filter(
        "ended", gettext_lazy("Cancelled"), Q(state__in=[OrderState.CANCELLED, OrderState.REFUNDED])
    ),
    Filter("all", gettext_lazy("All"), Q()),
)


def orders(
    merchant: Merchant, *, show: str, cursor: str | None, at: datetime
) -> paging.Page[Order]:
    """Return one page of a shop's orders, newest first. Queries: 2."""
    chosen = next((one for one in FILTERS if one.name == show), FILTERS[0])
    rows = (
        Order.objects.sold_by(merchant)
        .filter(chosen.which)
        .addressed(at=at)
        .select_related("pickup_location")
        .prefetch_related("lines")
    )
    return paging.newest_first(rows, by="placed_at", cursor=cursor, size=ORDERS_A_PAGE)


def detailed(merchant: Merchant, *, at: datetime) -> QuerySet[Order]:
    """Return a shop's orders with all that the page of one shows. Queries: 6 or more."""
    return (
        Order.objects.sold_by(merchant)
        .addressed(at=at)
        .select_related("merchant", "pickup_location", "fulfilment")
        .prefetch_related("lines__variant__product__pictures", "taxes", "events__by", "moves")
        .prefetch_related("returns__lines__line", "returns__lines__instead")
        .prefetch_related("returns__sent_instead", "bills")
        .prefetch_related("shipments__lines__line", "shipments__scans", "shipments__location")
    )
