"""Follow orders up to the last of their money: whose sale they are, and what of that stands.

An order is followed once it was placed, and again after each thing that happens to its money, by a
sweep that compares what is known with what is so. Both write down the difference, so that it does
not matter how often or how late they come: an order is credited by when it was placed.
Locks: the purchase's payment, as everything that moves its money does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Sum

from vitrine.ads import attributing
from vitrine.ads.models import Charge, Credit, CreditReversal, Sale, Why
from vitrine.commission.reckoning import given_back
from vitrine.commission.shares import Back, kept
from vitrine.kernel import sweeping
from vitrine.orders.models import (
    MoveState,
    Order,
    OrderLine,
    OrderState,
    Payment,
    Refund,
    RefundLine,
)

SETTLED = timedelta(minutes=1)
"""A touch may be written some moments after it was told of; then all before an order are there."""
AT_A_TIME = 1_000
LOOKED_BACK = 20_000
"""Orders and moves of money, the latest, among which the sweep looks for what is not followed."""
OVER = (OrderState.CANCELLED, OrderState.REFUNDED)


@transaction.atomic
def reckon(order_id: int, *, at: datetime) -> None:
    """Bring what is known of an order to what is so. Safe to call at any time. Queries: 6 to 12.

    Locks: the payment.
    """
    Payment.objects.locked().get(group__orders=order_id)
    order = Order.objects.select_related("group__buyer").get(pk=order_id)
    if order.placed_at is None:
        return
    lines = list(order.lines.select_related("variant").order_by("pk"))
    known = Sale.objects.filter(order=order).first()
    if known is None:
        Credit.objects.bulk_create(attributing.credits_of(order, lines, at=at))
        known = Sale(order=order, paid_minor=sum(line.paid_minor for line in lines))
    known.given_back_minor, known.is_over = given_back(order), order.state in OVER
    stands = _standing(order, lines, known)
    known.sales_minor, known.at = sum(stands.values()), at
    known.save()
    for credit in Credit.objects.filter(line__order=order).order_by("pk"):
        left = left_of(credit)
        if _is_false(credit):
            _take_back(credit, left, Why.FALSE, at=at)
        else:
            _take_back(credit, left - stands[credit.line_id], Why.GIVEN_BACK, at=at)


def left_of(credit: Credit) -> int:
    """Return what of a credit stands. Queries: 1."""
    return credit.amount_minor - (credit.reversals.aggregate(s=Sum("amount_minor"))["s"] or 0)


def _take_back(credit: Credit, amount_minor: int, why: Why, *, at: datetime) -> None:
    if amount_minor > 0:
        CreditReversal.objects.create(credit=credit, amount_minor=amount_minor, why=why, at=at)


def _is_false(credit: Credit) -> bool:
    """Tell whether what it was credited to was taken back. Queries: 1."""
    return Charge.objects.filter(showing=credit.showing, reversal__isnull=False).exists()


def _standing(order: Order, lines: Sequence[OrderLine], known: Sale) -> dict[int, int]:
    """Return what of each line's price did not go back, by its key. Queries: 0 or 2."""
    if known.is_over:
        return dict.fromkeys((line.pk for line in lines), 0)
    if not known.given_back_minor:
        return {line.pk: line.paid_minor for line in lines}
    done = RefundLine.objects.filter(refund__move__order=order, refund__move__state=MoveState.DONE)
    sums = done.order_by().values("line").annotate(minor=Sum("amount_minor"))
    of_line: dict[int, int] = {row["line"]: row["minor"] for row in sums}
    brought = Refund.objects.done().filter(move__order=order).aggregate(s=Sum("delivery_minor"))
    named = sum(of_line.values()) + (brought["s"] or 0)
    rest = Back(max(0, known.given_back_minor - named), order.total_minor - named)
    found = {}
    for line in lines:
        came_to = line.paid_minor + (0 if order.tax_included else line.tax_minor)
        back = Back(of_line.get(line.pk, 0), came_to)
        found[line.pk] = kept(line.paid_minor, line=back, rest=rest) if came_to else 0
    return found


BEHIND = """
    WITH moment AS (
        SELECT coalesce(%(before)s::timestamptz, now() - interval '2 hours') AS before
    ), untrue AS (
        SELECT l.order_id FROM moment CROSS JOIN ads_credit c
        JOIN orders_orderline l ON l.id = c.line_id
        JOIN ads_charge charge ON charge.showing = c.showing
        JOIN ads_reversal r ON r.charge_id = charge.id AND r.at < moment.before
        WHERE c.amount_minor > (SELECT coalesce(sum(amount_minor), 0) FROM ads_creditreversal
            WHERE credit_id = c.id)
    ), latest AS (
        SELECT id FROM orders_order WHERE %(latest)s::bigint IS NULL
            OR id > (SELECT max(id) FROM orders_order) - %(latest)s::bigint
        UNION SELECT order_id FROM orders_paymentmove WHERE order_id IS NOT NULL
            AND id > (SELECT max(id) FROM orders_paymentmove) - %(latest)s::bigint
        UNION SELECT order_id FROM orders_dispute WHERE state = 'lost'
        UNION SELECT order_id FROM untrue
    )
    SELECT o.id, o.public_id FROM moment CROSS JOIN latest JOIN orders_order o ON o.id = latest.id
    JOIN orders_ordergroup g ON g.id = o.group_id
    LEFT JOIN ads_sale s ON s.order_id = o.id
    LEFT JOIN accounts_person p ON p.id = g.buyer_id
    WHERE o.placed_at < before
    AND NOT EXISTS (SELECT FROM orders_paymentmove
        WHERE order_id = o.id AND coalesce(settled_at, asked_at) >= before)
    AND NOT EXISTS (SELECT FROM orders_dispute WHERE order_id = o.id AND closed_at >= before)
    AND CASE WHEN s.id IS NULL THEN
        EXISTS (SELECT FROM ads_advertiser WHERE merchant_id = o.merchant_id)
        OR EXISTS (SELECT FROM ads_showing
            WHERE viewer = p.public_id AND is_measured AND at < o.placed_at)
    ELSE
        (s.given_back_minor, s.is_over) <> (
            least(o.total_minor,
                (SELECT coalesce(sum(amount_minor), 0) FROM orders_paymentmove
                    WHERE order_id = o.id AND kind = 'refund' AND state = 'done')
                + (SELECT coalesce(sum(amount_minor), 0) FROM orders_dispute
                    WHERE order_id = o.id AND state = 'lost')),
            o.state IN ('cancelled', 'refunded'))
        OR o.id IN (SELECT order_id FROM untrue)
    END
    ORDER BY o.id LIMIT %(most)s
"""


def behind(*, before: datetime | None, latest: int | None) -> list[tuple[int, str]]:
    """Return the orders that are not followed up to the last of what happened. Queries: 1.

    Those of shops that advertise, and of buyers who met an ad. before: what happened later is left
    for the next time; None: than two hours ago. latest: among how many; None: all.
    """
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, {"before": before, "latest": latest, "most": AT_A_TIME})
        return [(int(pk), str(public_id)) for pk, public_id in cursor.fetchall()]


def sweep(*, at: datetime) -> int:
    """Follow what is behind; return how many were, ``AT_A_TIME`` at most."""
    found = [pk for pk, _ in behind(before=at - SETTLED, latest=LOOKED_BACK)]
    return len(sweeping.each(found, partial(reckon, at=at)))
