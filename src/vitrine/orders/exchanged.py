"""What was sent in exchange is worth: the units of the first order for which it was sent.

Those were paid for. To return what came in exchange gives their price back, on the first order, as
though they themselves came back now. Source: docs/adr/0070-after-the-order.md.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from vitrine.kernel.errors import Refusal
from vitrine.orders.models import Order, OrderLine, Return, ReturnLine


class FirstIsOpen(Refusal):
    """What an exchange was sent for is still on its way back."""

    code = "first_return_open"
    message = "What this was sent for is not settled yet. Settle that return first."


@dataclass(frozen=True)
class _Units:
    """Units of a line, counted from the first."""

    line_id: int
    start: int
    count: int


def unit_minor(line: OrderLine) -> int:
    """Return what one costs; in exchange, what was paid for. Queries: 0, or 1 for each exchange."""
    if line.unit_minor:
        return line.unit_minor
    rows = ReturnLine.objects.filter(of__sent_instead=line.order_id, instead=line.variant_id)
    before = rows.select_related("line").first()
    return unit_minor(before.line) if before else 0


def paid_for(order: Order, came: Iterable[ReturnLine]) -> tuple[Order, Counter[int]]:
    """Return the order whose money stands behind returned units, and how many of which line.

    came: lines of one return of the order that were looked at. What was sent for more than came
    back is worth no more than that. Raises: FirstIsOpen. Queries: 1, and a few for
    each exchange.
    """
    swap = _swap(order)
    if swap is None:
        return order, Counter({one.line_id: one.came or 0 for one in came})
    slices = [_Units(one.line_id, _gone_before(one), one.came or 0) for one in came]
    while swap is not None:
        if swap.is_open:
            raise FirstIsOpen
        slices = _behind(slices, order, swap)
        order = swap.order
        swap = _swap(order)
    units: Counter[int] = Counter()
    for one in slices:
        units[one.line_id] += one.count
    return order, units


def _swap(order: Order) -> Return | None:
    """Return the return for which an order was sent instead. Queries: 1."""
    return Return.objects.filter(sent_instead=order).select_related("order__merchant").first()


def _behind(slices: Iterable[_Units], order: Order, swap: Return) -> list[_Units]:
    """Return the units for which some were sent, line by line as they were asked for."""
    rows = list(swap.lines.filter(instead__isnull=False))
    variants = dict(order.lines.values_list("pk", "variant_id"))
    found = []
    for one in slices:
        at = 0
        for row in rows:
            if row.instead_id != variants[one.line_id]:
                continue
            low = max(one.start, at)
            count = min(one.start + one.count, at + (row.came or 0)) - low
            if count > 0:
                found.append(_Units(row.line_id, _gone_before(row) + low - at, count))
            at += row.came or 0
    return found


def _gone_before(one: ReturnLine) -> int:
    """Count the units of a line that had come back before. Queries: 1."""
    others = ReturnLine.objects.filter(line=one.line_id, of__settled_at__isnull=False)
    settled_at = one.of.settled_at
    if settled_at is not None:
        others = others.filter(of__settled_at__lt=settled_at)
    return others.exclude(pk=one.pk).aggregate(n=Sum("came"))["n"] or 0
