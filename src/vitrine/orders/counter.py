"""Hand pick-ups over at a counter, on line or off.

A device without a network hands over what it knows to be ready, and tells later. Each hand-over
has a key of its own and is taken once; one that contradicts another is kept, for a person to
settle. That an order leaves once is held by the lock on its payment, as everywhere.
Source: docs/adr/0066-stock-and-stores.md.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.ledger.posting import KeyReused
from vitrine.orders import codes, handing_over, moving
from vitrine.orders.handing_over import NotOpen, WrongCode
from vitrine.orders.models import MoveState, Order, OrderState, QueuedHandover

KNOWN_FOR = timedelta(days=30)
"""How long after it ended an order is still told apart from one that never was."""
MOST_KNOWN = 500

HANDED_OVER_ALREADY = gettext_noop(
    "This order was handed over already. Find out who got it, then settle this."
)
NOT_OPEN = gettext_noop("This order was cancelled before. Get the goods back, or sell it anew.")
UNKNOWN = gettext_noop("No order of this shop has that code.")
BANK_REFUSED = gettext_noop("The bank refused, and the goods have left. Talk to the buyer.")


@dataclass(frozen=True)
class Told:
    """One hand-over as a device tells it. order_id: empty where only the code is known.

    handed_at: by the device's clock. is_queued: the goods have left already.
    """

    key: str
    code: str
    order_id: str = ""
    handed_at: datetime | None = None
    is_queued: bool = False


def find(merchant: Merchant, code: str, *, at: datetime) -> Order:
    """Find a pick-up by its code alone: open ones first, then those that ended lately.

    The digest is salted by its order, so that each is tried. Raises: WrongCode. Queries: 1 or 2.
    """
    pickups = Order.objects.sold_by(merchant).exclude(pickup_code_digest=None)
    waiting = [OrderState.READY, OrderState.PLACED]
    known: Iterable[Order] = pickups.filter(state__in=waiting).order_by("-placed_at")
    ended = pickups.exclude(state__in=waiting).filter(placed_at__gte=at - KNOWN_FOR)
    for rows in (known, ended.order_by("-placed_at")[:MOST_KNOWN]):
        for order in rows:
            digest = codes.digest(order.public_id, code)
            if hmac.compare_digest(bytes(order.pickup_code_digest or b""), digest):
                return order
    raise WrongCode


def take(merchant: Merchant, told: Told, *, by: Person, at: datetime) -> QueuedHandover:
    """Hand an order over, once per key, and ask for its money. No transaction is open.

    What is queued has left already: a rule that says no is written down as a conflict.
    Raises, where it is not queued: NotOpen, WrongCode, WrongWay; nothing is written then.
    """
    if (earlier := _earlier(merchant, told)) is not None:
        return earlier
    order: Order | None = None
    try:
        order = _order(merchant, told, at=at)
        with transaction.atomic():
            # A rival with the same key waits here; it then finds the order handed over.
            row, is_new = _written(merchant, told, order, by=by, at=at)
            move = handing_over.collect(order, told.code, by=by, at=at) if is_new else ""
    except (NotOpen, WrongCode) as refusal:
        if not told.is_queued:
            raise
        trouble = _trouble(order, refusal)
        return _written(merchant, told, order, by=by, at=at, trouble=trouble)[0]
    if move and moving.make(move, at=at).state == MoveState.REFUSED:
        row.trouble = BANK_REFUSED
        row.save(update_fields=["trouble"])
    return row


def settle(handover: QueuedHandover, *, by: Person, at: datetime) -> None:
    """Note that a person has settled a conflict; again is no error. Queries: 1."""
    conflicts = QueuedHandover.objects.in_conflict().filter(pk=handover.pk)
    conflicts.update(settled_at=at, settled_by=by)


def _earlier(merchant: Merchant, told: Told) -> QueuedHandover | None:
    """Return what the key did before. Raises: KeyReused where it was another shop's."""
    row = QueuedHandover.objects.select_related("order").filter(key=told.key).first()
    if row is not None and row.merchant_id != merchant.pk:
        raise KeyReused
    return row


def _order(merchant: Merchant, told: Told, *, at: datetime) -> Order:
    if not told.order_id:
        return find(merchant, told.code, at=at)
    found = Order.objects.sold_by(merchant).filter(public_id=told.order_id).first()
    if found is None:
        raise WrongCode
    return found


def _written(
    merchant: Merchant,
    told: Told,
    order: Order | None,
    *,
    by: Person,
    at: datetime,
    trouble: str = "",
) -> tuple[QueuedHandover, bool]:
    return QueuedHandover.objects.get_or_create(
        key=told.key,
        defaults={
            "merchant": merchant,
            "order": order,
            "by": by,
            # A clock that runs ahead must not hand over tomorrow.
            "handed_at": min(told.handed_at or at, at),
            "told_at": at,
            "trouble": trouble,
        },
    )


def _trouble(order: Order | None, refusal: NotOpen | WrongCode) -> str:
    if order is None or isinstance(refusal, WrongCode):
        return UNKNOWN
    order.refresh_from_db(fields=["state"])
    is_gone = order.state in (OrderState.CANCELLED, OrderState.REFUNDED)
    return NOT_OPEN if is_gone else HANDED_OVER_ALREADY
