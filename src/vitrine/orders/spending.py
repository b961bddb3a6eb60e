"""Spend gift cards and store credit: held with a purchase, taken as goods leave, given back.

Locks: the purses, in key order; after the purchase's payment where it has one, and before its
stock, as everything that holds both does.
Source: docs/adr/0073-gift-cards-and-credit.md.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from vitrine.kernel.errors import Refusal
from vitrine.orders import placing, purses, tendering
from vitrine.orders.models import (
    Order,
    OrderGroup,
    PaymentMove,
    Purse,
    PurseStep,
    PurseStepKind,
    Tender,
    TenderState,
)
from vitrine.orders.placing import Draft, Left, StockBusy
from vitrine.orders.tendering import Share

AFTER_REFUND = timedelta(days=90)
"""How long a card that ends can still be spent, at least, once money came back to it."""


class SpentMeanwhile(Refusal):
    """Somebody else spent the card or the credit between the quote and the press."""

    code = "spent_meanwhile"
    message = "What a gift card or your credit can pay has changed. Look at the new total."


def place(draft: Draft, *, at: datetime) -> Left | None:
    """Hold what purses pay and write the purchase, or neither. Like ``placing.place``, alone.

    Raises: SpentMeanwhile. Locks: the purses, then the stock.
    """
    try:
        with transaction.atomic():
            _hold(draft.tenders, at=at)
            (left,) = placing.place_all([draft])
            if left is not None:
                raise _NotPlaced(left)
            _write(draft)
    except _NotPlaced as not_placed:
        return not_placed.left
    except StockBusy:  # which ends the transaction itself
        return Left.BUSY
    return None


class _NotPlaced(Exception):
    def __init__(self, left: Left) -> None:
        self.left = left


def take(move: PaymentMove, order: Order, *, at: datetime) -> dict[str, int]:
    """Take what an order's tenders hold. Returns the legs. The payment is held."""
    held = _end(Tender.objects.filter(order=order), TenderState.TAKEN, at=at)
    changes = [(one.purse, -one.amount_minor) for one in held]
    return _stepped(changes, move, PurseStepKind.SPENT, at=at)


def let_go(order: Order, *, at: datetime) -> None:
    """Free what an order held that is not handed over. The payment is held."""
    _end(Tender.objects.filter(order=order), TenderState.LET_GO, at=at)


def let_group_go(group: OrderGroup, *, at: datetime) -> None:
    """Free what a purchase held that was not paid. The payment is held."""
    _end(Tender.objects.filter(order__group=group), TenderState.LET_GO, at=at)


def give_back(
    move: PaymentMove, order: Order, into: Purse | None, *, at: datetime
) -> dict[str, int]:
    """Give back what of a refund is not the provider's. into: the credit that the buyer chose.

    Without one it goes where it came from. Returns the legs. The payment is held.
    """
    if not move.stored_minor:
        return {}
    if into is not None:
        shares = [(into, move.stored_minor)]
    else:
        paid = list(order.tenders.filter(state=TenderState.TAKEN).select_related("purse"))
        paid.sort(key=lambda one: one.pk)
        back = Counter(
            dict(
                PurseStep.objects.filter(move__order=order, kind=PurseStepKind.REFUNDED)
                .exclude(move__refund__purse__isnull=False)
                .values_list("purse")
                .annotate(Sum("amount_minor"))
            )
        )
        of = {one.purse_id: one.purse for one in paid}
        left = [(one.purse_id, one.amount_minor - back[one.purse_id]) for one in paid]
        found = tendering.back_to(move.stored_minor, left)
        shares = [(of[pk], amount) for pk, amount in found]
    return _stepped(shares, move, PurseStepKind.REFUNDED, at=at)


def _hold(tenders: Sequence[tuple[Order, Share]], *, at: datetime) -> None:
    """Hold what each purse pays, if it still can. The guard is in the write."""
    sums = Counter[int]()
    for _, one in tenders:
        sums[one.purse] += one.amount_minor
    for purse, amount in sorted(sums.items()):
        free = F("put_minor") - F("spent_minor") - F("held_minor")
        enough = (
            Purse.objects.spendable(at=at).annotate(free=free).filter(pk=purse, free__gte=amount)
        )
        if not enough.update(held_minor=F("held_minor") + amount):
            raise SpentMeanwhile


def _write(draft: Draft) -> None:
    """Write the tenders of a purchase whose orders are written."""
    ids = dict(Order.objects.filter(group_id=draft.group.pk).values_list("public_id", "pk"))
    Tender.objects.bulk_create(
        Tender(order_id=ids[order.public_id], purse_id=one.purse, amount_minor=one.amount_minor)
        for order, one in draft.tenders
    )


def _end(some: "QuerySet[Tender]", state: TenderState, *, at: datetime) -> list[Tender]:
    """End tenders: what they held is no longer held. Each purse is locked in key order."""
    ids = list(some.filter(state=TenderState.HELD).values_list("pk", flat=True))
    held = list(Tender.objects.filter(pk__in=ids).select_related("purse").order_by("purse", "pk"))
    for one in held:
        Purse.objects.filter(pk=one.purse_id).update(held_minor=F("held_minor") - one.amount_minor)
    Tender.objects.filter(pk__in=ids).update(state=state, ended_at=at)
    return held


def _stepped(
    changes: Sequence[tuple[Purse, int]],
    move: PaymentMove,
    kind: PurseStepKind,
    *,
    at: datetime,
) -> dict[str, int]:
    """Write down what a move changes in purses. Returns the legs: what we owe their holders."""
    PurseStep.objects.bulk_create(
        PurseStep(
            purse=purse,
            key=f"{move.key}:{purse.public_id}",
            kind=kind,
            amount_minor=amount,
            move=move,
            reason=move.reason,
            by=move.by,
            at=at,
        )
        for purse, amount in changes
    )
    for purse, amount in sorted(changes, key=lambda one: one[0].pk):
        purses.step(purse, amount)
        if amount > 0 and purse.expires_at is not None:
            purses.let_last(purse, until=at + AFTER_REFUND)
    return {purse.account: amount for purse, amount in changes}
