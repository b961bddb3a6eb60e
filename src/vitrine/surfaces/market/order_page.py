"""The reads of the seller's order pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Location, Merchant
from vitrine.kernel import paging
from vitrine.orders import lateness
from vitrine.orders.models import Dispute, Order, OrderLine, OrderState, Reservation, Return
from vitrine.orders.models.order import OrderQuerySet
from vitrine.surfaces.market.order_filter import Asked, Sort, Way

ORDERS_A_PAGE = 40
COUNTED = 10_000
"""Orders that are over are counted up to here: who has more needs no exact number."""
OPEN = [OrderState.PLACED, OrderState.READY]
DONE = [OrderState.SHIPPED, OrderState.COLLECTED]
ENDED = [OrderState.CANCELLED, OrderState.REFUNDED]
PARCEL, PICKUP = Q(pickup_location=None), Q(pickup_location__isnull=False)
LABELS: dict[str, Promise] = {
    "waiting": gettext_lazy("Waiting"),
    "ship": gettext_lazy("To ship"),
    "late": gettext_lazy("Late"),
    "prepare": gettext_lazy("To prepare"),
    "counter": gettext_lazy("At the counter"),
    "returns": gettext_lazy("Returns"),
    "disputed": gettext_lazy("Disputed"),
    "done": gettext_lazy("Done"),
    "ended": gettext_lazy("Cancelled"),
    "all": gettext_lazy("All"),
}


@dataclass(frozen=True)
class Chip:
    """One way to narrow the list. count: as text, since large ones are not exact."""

    name: str
    label: Promise
    query: str
    count: str
    is_chosen: bool


@dataclass(frozen=True)
class Listing:
    """Everything that the page of orders shows."""

    asked: Asked
    chips: Sequence[Chip]
    page: paging.Page[Order]
    places: Sequence[Location]


def listing(merchant: Merchant, asked: Asked, *, cursor: str | None, at: datetime) -> Listing:
    """Return one page of a shop's orders with what each filter comes to. Queries: 9."""
    rows = narrowed(merchant, asked)
    counts = _counts(rows, states(merchant, at=at))
    chips = [
        Chip(name, label, asked.query(show=name), counts[name], name == asked.show)
        for name, label in LABELS.items()
    ]
    places = Location.objects.filter(merchant=merchant).order_by("name", "pk")
    return Listing(asked, chips, _page(merchant, asked, cursor=cursor, at=at), list(places))


def states(merchant: Merchant, *, at: datetime) -> dict[str, Q]:
    """Return which orders each filter means."""
    return {
        "waiting": Q(state__in=OPEN),
        "ship": Q(state=OrderState.PLACED) & PARCEL,
        "late": lateness.waits_too_long(merchant, at=at),
        "prepare": Q(state=OrderState.PLACED) & PICKUP,
        "counter": Q(state=OrderState.READY),
        "returns": Q(pk__in=Return.objects.open().values("order")),
        "disputed": Q(pk__in=Dispute.objects.unanswered().values("order")),
        "done": Q(state__in=DONE),
        "ended": Q(state__in=ENDED),
        "all": Q(),
    }


def found(merchant: Merchant, asked: Asked, *, at: datetime) -> OrderQuerySet:
    """Return the orders that were asked for."""
    return narrowed(merchant, asked).filter(states(merchant, at=at)[asked.show])


def narrowed(merchant: Merchant, asked: Asked) -> OrderQuerySet:
    """Return a shop's orders narrowed by everything but their state."""
    rows = Order.objects.sold_by(merchant)
    if asked.way:
        rows = rows.filter(PICKUP if asked.way == Way.COLLECT else PARCEL)
    if asked.place:
        taken = Reservation.objects.filter(
            line__order=OuterRef("pk"), stock__location=asked.place, state__in=["bought", "sold"]
        )
        rows = rows.filter(Q(pickup_location=asked.place) | Exists(taken))
    if asked.since_at:
        rows = rows.filter(placed_at__gte=asked.since_at)
    if asked.until_at:
        rows = rows.filter(placed_at__lt=asked.until_at)
    for word in asked.words.split()[:6]:
        lines = OrderLine.objects.filter(
            Q(title__icontains=word) | Q(sku__iexact=word), order=OuterRef("pk")
        )
        rows = rows.filter(Q(public_id__iendswith=word) | Exists(lines))
    return rows


def _counts(rows: OrderQuerySet, which: dict[str, Q]) -> dict[str, str]:
    """Count what is open exactly, and what is over up to so many. Queries: 4."""
    waiting = ("waiting", "ship", "late", "prepare", "counter")
    numbers: dict[str, int] = rows.filter(state__in=OPEN).aggregate(
        **{name: Count("pk", which[name]) for name in waiting}
    )
    over = rows.exclude(state__in=OPEN).order_by("-placed_at")[:COUNTED]
    numbers |= over.aggregate(done=Count("pk", which["done"]), ended=Count("pk", which["ended"]))
    of_all = numbers["done"] + numbers["ended"]
    numbers |= {name: rows.filter(which[name]).count() for name in ("returns", "disputed")}
    numbers["all"] = of_all + numbers["waiting"]
    told = {name: f"{number:,}" for name, number in numbers.items()}
    if of_all >= COUNTED:
        told |= {name: f"{told[name]}+" for name in ("done", "ended", "all")}
    return told


def _page(
    merchant: Merchant, asked: Asked, *, cursor: str | None, at: datetime
) -> paging.Page[Order]:
    rows = (
        found(merchant, asked, at=at)
        .addressed(at=at)
        .select_related("pickup_location", "fulfilment")
        .prefetch_related("lines")
    )
    size = ORDERS_A_PAGE
    if asked.sort == Sort.TOTAL:
        return paging.highest_first(rows, by="total_minor", cursor=cursor, size=size)
    if asked.sort == Sort.OLDEST:
        return paging.oldest_first(rows, by="placed_at", cursor=cursor, size=size)
    return paging.newest_first(rows, by="placed_at", cursor=cursor, size=size)


def detailed(merchant: Merchant, *, at: datetime) -> QuerySet[Order]:
    """Return a shop's orders with all that the page of one shows. Queries: 6 or more."""
    return (
        Order.objects.sold_by(merchant)
        .addressed(at=at)
        .select_related("merchant", "pickup_location", "fulfilment")
        .prefetch_related("lines__variant__product__pictures", "taxes", "events__by", "moves")
        .prefetch_related("returns__lines__line", "returns__lines__instead")
        .prefetch_related("returns__sent_instead", "bills", "disputes")
        .prefetch_related("shipments__lines__line", "shipments__scans", "shipments__location")
    )
