"""The facts behind a merchant's scores, from its orders of the last weeks.

late: handed over, or still waiting, after the day on which it was to leave. cancelled: by the
merchant, before it left. refunded: given back after it had left. unanswered: see ``answered``.
What a score counts is what its page lists: the very orders and questions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from vitrine.catalog.models import Merchant, Question
from vitrine.orders import answered, lateness
from vitrine.orders.models import Order, OrderEvent, OrderState
from vitrine.orders.standards import STANDARDS, WINDOW_DAYS, Fact, Score
from vitrine.sovereignty.cell import this_cell

MOST = 5_000
"""Orders that are looked at; a shop with more has its latest ones counted."""


@dataclass(frozen=True, slots=True)
class Health:
    """The scores of a merchant over a window of days, and what they are of by public ids."""

    since: datetime
    scores: Sequence[Score]
    orders: dict[str, Order]
    questions: dict[str, Question]


def of(merchant: Merchant, *, at: datetime) -> Health:
    """Add up a merchant's scores. Queries: 3."""
    since = at - timedelta(days=WINDOW_DAYS)
    orders = _orders(merchant, since=since)
    asked = answered.of(merchant, since=since, at=at)
    scores = [
        Score(STANDARDS["late"], _late(merchant, orders, at=at)),
        Score(STANDARDS["cancelled"], _facts(orders, _was_cancelled_by_shop)),
        Score(STANDARDS["refunded"], _refunded(orders)),
        Score(STANDARDS["unanswered"], asked.facts),
    ]
    named = {one.public_id: one for one in orders}
    return Health(since, scores, asked.orders | named, asked.questions)


def _orders(merchant: Merchant, *, since: datetime) -> list[Order]:
    """Return the orders placed since, each with whether its merchant cancelled it."""
    cancelled = OrderEvent.objects.filter(order=OuterRef("pk"), kind="cancelled")
    theirs = cancelled.filter(by__in=merchant.memberships.values("person"))
    rows = Order.objects.sold_by(merchant).filter(placed_at__gte=since)
    # What a buyer who works in the shop cancels of their own is not the shop's.
    others = Q(order__group__buyer=None) | ~Q(by=F("order__group__buyer"))
    told = rows.annotate(was_cancelled_by_shop=Exists(theirs.filter(others)))
    return list(told.select_related("fulfilment").order_by("-placed_at", "-pk")[:MOST])


def _facts(orders: Sequence[Order], counts: Callable[[Order], bool]) -> list[Fact]:
    return [Fact(one.public_id, bool(counts(one))) for one in orders]


def _was_cancelled_by_shop(order: Order) -> bool:
    return bool(getattr(order, "was_cancelled_by_shop"))  # noqa: B009 (an annotation)


def _refunded(orders: Sequence[Order]) -> list[Fact]:
    """Count what had left: only that can come back."""
    left = {OrderState.SHIPPED, OrderState.COLLECTED, OrderState.REFUNDED}
    gone = [one for one in orders if one.state in left]
    return _facts(gone, lambda one: one.state == OrderState.REFUNDED)


def _late(merchant: Merchant, orders: Sequence[Order], *, at: datetime) -> list[Fact]:
    """Count what was to leave by now: sent, or still waiting. Collections do not leave."""
    zone = ZoneInfo(this_cell().time_zone)
    packing = lateness.packing_of(merchant)
    facts = []
    for one in orders:
        if one.is_pickup or one.state == OrderState.CANCELLED or one.placed_at is None:
            continue
        due_on = packing.leaves_on((one.withheld_until or one.placed_at).astimezone(zone))
        left_on = _left_on(one, zone)
        if left_on is not None or due_on < at.astimezone(zone).date():
            facts.append(Fact(one.public_id, left_on is None or left_on > due_on))
    return facts


def _left_on(order: Order, zone: ZoneInfo) -> date | None:
    fulfilment = getattr(order, "fulfilment", None)
    if fulfilment is None or fulfilment.shipped_at is None:
        return None
    shipped_on: date = fulfilment.shipped_at.astimezone(zone).date()
    return shipped_on
