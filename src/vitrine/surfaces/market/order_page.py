"""The reads of the seller's order pages."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.kernel import paging
from vitrine.orders.models import Order, OrderState

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
    Filter("done", gettext_lazy("Done"), Q(state__in=[OrderState.SHIPPED, OrderState.COLLECTED])),
    Filter(
        "ended", gettext_lazy("Cancelled"), Q(state__in=[OrderState.CANCELLED, OrderState.REFUNDED])
    ),
    Filter("all", gettext_lazy("All"), Q()),
)


def orders(merchant: Merchant, *, show: str, cursor: str | None) -> paging.Page[Order]:
    """Return one page of a shop's orders, newest first. Queries: 2."""
    chosen = next((one for one in FILTERS if one.name == show), FILTERS[0])
    rows = (
        Order.objects.sold_by(merchant)
        .filter(chosen.which)
        .select_related("group", "pickup_location")
        .prefetch_related("lines")
    )
    return paging.newest_first(rows, by="placed_at", cursor=cursor, size=ORDERS_A_PAGE)


def detailed(merchant: Merchant) -> QuerySet[Order]:
    """Return a shop's orders with everything that one page of an order shows. Queries: 5 more."""
    return (
        Order.objects.sold_by(merchant)
        .select_related("group", "merchant", "pickup_location", "destination", "fulfilment")
        .prefetch_related("lines__variant__product__pictures", "taxes", "events__by", "moves")
    )
