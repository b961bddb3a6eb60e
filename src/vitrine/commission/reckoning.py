"""Reckon with creators: what each should have of an order, and what is still to be posted for that.

An order is reckoned with after each thing that happens to its money, by a job that the same
transaction orders, and again by the sweep. Both compare what is due with what stands and post the
difference, so that it does not matter how often, how late or in which order they come.
The shop pays: out of what of the order is pending, the rest out of what is available.
Locks: the purchase's payment, as everything that moves its money does.
"""

from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from vitrine.commission import attributing, delivered, notices
from vitrine.commission.models import Commission, CommissionStep, Deal, Reckoning, StepKind
from vitrine.commission.shares import commission_on
from vitrine.kernel import sweeping
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders.models import Dispute, DisputeState, MoveKind, MoveState, Order, Payment
from vitrine.orders.payouts import netting, releasing, terms

AT_A_TIME = 1_000


@transaction.atomic
def reckon(order_id: int, *, at: datetime) -> None:
    """Bring what creators have of an order to what is due. Safe to call at any time.

    Locks: the payment. Queries: 1 for a shop that never offered anything.
    """
    seller = Order.objects.filter(pk=order_id).values("merchant")
    if not Deal.objects.filter(merchant__in=seller).exists():
        return
    Payment.objects.locked().get(group__orders=order_id)
    order = Order.objects.select_related("group", "merchant").get(pk=order_id)
    if order.placed_at is None:
        return
    known = Reckoning.objects.filter(order=order).first()
    if known is None:
        _write_down(order, at=at)
        known = Reckoning.objects.create(order=order, at=at)
    known.taken_minor, known.given_back_minor, known.at = _taken(order), given_back(order), at
    if known.taken_minor:
        mine = Commission.objects.filter(line__order=order).refunded()
        for one in mine.select_related("creator", "line__order").order_by("pk"):
            _settle(one, order, known, at=at)
    known.save(update_fields=["taken_minor", "given_back_minor", "at"])


def _write_down(order: Order, *, at: datetime) -> None:
    """Freeze whose sale each line is, as it was when it was placed."""
    made = attributing.shares(order)
    for share in made:
        is_first = not Commission.objects.filter(creator=share.creator_id).exists()
        share.save()
        if is_first:
            notices.tell_of_first_sale(share.creator_id, share.get_absolute_url(), at=at)


def _settle(one: Commission, order: Order, known: Reckoning, *, at: datetime) -> None:
    """Post what differs from what is known of the order's money by now."""
    if one.due_at is None:
        terms.of(one.payee, at=at)  # from now on they have turns
        wait = timedelta(days=settings.VITRINE_COMMISSION_DAYS)
        one.due_at = delivered.at(order) + wait
        one.save(update_fields=["due_at"])
    has = has_of(one)
    change = commission_on(one.kept_minor(known), one.rate_bp) - sum(has)
    if change > 0:
        _post(one, order, StepKind.SOLD, change, 0, at=at)
    elif change < 0:
        from_pending, rest = netting.taken_from(-change, has[0])
        _post(one, order, StepKind.GIVEN_BACK, -from_pending, -rest, at=at)


def has_of(one: Commission) -> tuple[int, int]:
    """Return what of a commission is pending and what is available. Queries: 1."""
    sums = one.steps.aggregate(p=Sum("pending_minor"), a=Sum("available_minor"))
    return sums["p"] or 0, sums["a"] or 0


def of_order(order: Order) -> int:
    """Return what of an order is creators': as it was posted, or as it would be. Queries: 1."""
    mine = Commission.objects.filter(line__order=order).standing()
    return sum(one.stands_minor if one.due_at else one.amount_minor for one in mine)


def _post(
    one: Commission, order: Order, kind: StepKind, pending: int, available: int, *, at: datetime
) -> None:
    """Move money between the shop and the creator."""
    shop = accounts.merchant(order.merchant.public_id)
    waits = releasing.pending_of(order).get(shop.pending, 0)
    change = pending + available
    if change > 0:
        from_pending, rest = netting.taken_from(change, waits)
        legs = {shop.pending: -from_pending, shop.available: -rest}
    elif waits > 0:
        legs = {shop.pending: -change}
    else:  # its money was released, or went back whole
        legs = {shop.available: -change}
    mine = {one.payee.pending: pending, one.payee.available: available}
    _step(one, order, kind, legs | mine, pending, available, at=at)


def _step(
    one: Commission,
    order: Order,
    kind: StepKind,
    legs: dict[str, int],
    pending: int,
    available: int,
    *,
    at: datetime,
) -> None:
    key = f"commission:{one.public_id}:{one.steps.count()}"
    CommissionStep.objects.create(
        commission=one,
        key=key,
        kind=kind,
        pending_minor=pending,
        available_minor=available,
        at=at,
    )
    reason = Reason("commission", order.public_id)
    posting.post(key=key, legs=legs, currency=one.currency, reason=reason, at=at)


@transaction.atomic
def release(commission_id: int, *, at: datetime) -> None:
    """Make a commission available, once: what is left of it. Locks: the payment."""
    Payment.objects.locked().get(group__orders__lines__commission=commission_id)
    one = Commission.objects.select_related("creator", "line__order").get(pk=commission_id)
    if one.released_at is not None or one.due_at is None or one.due_at > at:
        return
    pending, _ = has_of(one)
    if pending > 0:
        legs = {one.payee.pending: -pending, one.payee.available: pending}
        _step(one, one.line.order, StepKind.RELEASED, legs, -pending, pending, at=at)
    one.released_at = at
    one.save(update_fields=["released_at"])


BEHIND = """
    SELECT o.id, o.public_id FROM (
        SELECT order_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'capture'), 0) AS taken,
            coalesce(sum(amount_minor) FILTER (WHERE kind = 'refund'), 0) AS refunded,
            max(settled_at) AS last_at
        FROM orders_paymentmove WHERE state = 'done' AND kind IN ('capture', 'refund')
        AND (%(moves)s::bigint IS NULL OR order_id IN (
            SELECT order_id FROM orders_paymentmove
            WHERE id > (SELECT max(id) FROM orders_paymentmove) - %(moves)s
            UNION SELECT order_id FROM orders_dispute WHERE state = 'lost'))
        GROUP BY order_id
    ) m JOIN orders_order o ON o.id = m.order_id
    LEFT JOIN commission_reckoning r ON r.order_id = o.id
    LEFT JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS minor FROM orders_dispute
        WHERE order_id = o.id AND state = 'lost') lost ON true
    WHERE m.last_at < now() - %(hours)s * interval '1 hour'
    AND EXISTS (SELECT 1 FROM orders_orderline WHERE order_id = o.id AND clip_id IS NOT NULL)
    AND EXISTS (SELECT 1 FROM commission_deal d
        WHERE d.merchant_id = o.merchant_id AND d.offered_at <= o.placed_at)
    AND (r.id IS NULL OR (r.taken_minor, r.given_back_minor) <>
        (least(m.taken, o.total_minor), least(m.refunded + lost.minor, o.total_minor)))
    ORDER BY o.id LIMIT 1000
"""
LOOKED_BACK = 100_000
"""Moves of money among which the sweep looks for an order whose job was lost."""


def behind(*, for_hours: int, moves: int | None) -> list[tuple[int, str]]:
    """Return the orders that are not reckoned with up to the last of their money. Queries: 1.

    moves: of how many of the last ones; None: of all.
    """
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, {"hours": for_hours, "moves": moves})
        return [(int(pk), str(public_id)) for pk, public_id in cursor.fetchall()]


def sweep(*, at: datetime) -> None:
    """Reckon with what was forgotten, and make available what waited long enough."""
    forgotten = [pk for pk, _ in behind(for_hours=0, moves=LOOKED_BACK)]
    sweeping.each(forgotten, partial(reckon, at=at))
    due = Commission.objects.due(at=at).order_by("due_at", "pk")
    sweeping.each(due.values_list("pk", flat=True)[:AT_A_TIME], partial(release, at=at))


def _taken(order: Order) -> int:
    """Return what of an order's total was taken. Queries: 1."""
    done = order.moves.filter(kind=MoveKind.CAPTURE, state=MoveState.DONE)
    return min(done.aggregate(sum=Sum("amount_minor"))["sum"] or 0, order.total_minor)


def given_back(order: Order) -> int:
    """Return what of an order's total went back: refunds and lost disputes. Queries: 2."""
    refunds = order.moves.filter(kind=MoveKind.REFUND, state=MoveState.DONE)
    lost = Dispute.objects.filter(order=order, state=DisputeState.LOST)
    sums = [each.aggregate(sum=Sum("amount_minor"))["sum"] or 0 for each in (refunds, lost)]
    return min(sum(sums), order.total_minor)
