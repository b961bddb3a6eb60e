"""Hold a purchase, and ask for a move of its money: stored with its key before any provider hears.

Locks: the purchase's payment is the one lock of all that moves its money, so that two who act on
one order at the same moment cannot both win.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders.models import MoveKind, Order, Payment, PaymentMove
from vitrine.orders.settling import later

MOST_REASON = 200


class TooLong(Refusal):
    """More was written than is kept of it."""

    code = "too_long"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


def refuse_long(reason: str) -> None:
    """Let a reason be as long as it is kept: the other side reads all of it. Raises: TooLong."""
    if len(reason) > MOST_REASON:
        said = gettext("The reason is too long. Write at most {most} characters.")
        raise TooLong(said.format(most=MOST_REASON))


@contextmanager
def locked(order_id: int) -> Iterator[tuple[Order, Payment]]:
    """Hold an order's purchase. Opens a transaction."""
    with transaction.atomic():
        payment = Payment.objects.locked().get(group__orders=order_id)
        fresh = Order.objects.select_related("pickup_location", "merchant").get(pk=order_id)
        yield fresh, payment


def ask(
    kind: MoveKind,
    order: Order,
    payment: Payment,
    *,
    amount_minor: int,
    stored_minor: int = 0,
    made_good_minor: int = 0,
    by: Person | None,
    at: datetime,
    reason: str = "",
) -> PaymentMove | None:
    """Store a move, and a task that makes it should this process die. None: nothing is owed.

    stored_minor: what of it gift cards and credit give or get. made_good_minor: what it moves
    between the platform and the merchant, even where the buyer pays nothing.

    The payment is held. The number in the key counts the tries and parts before it: each is its
    own question to the provider.
    """
    if amount_minor == 0 and made_good_minor == 0:
        return None
    number = order.moves.filter(kind=kind).count()
    move = PaymentMove.objects.create(
        payment=payment,
        order=order,
        key=f"{kind}:{order.public_id}:{number}",
        kind=kind,
        amount_minor=amount_minor,
        stored_minor=stored_minor,
        reason=reason[:200],
        by=by,
        asked_at=at,
    )
    later("make_move", key=move.key)
    return move
