"""Every change of stock. The guard is in each write, and the CHECK of S1 stands behind it.

A change of ``on_hand`` writes its movement in the same transaction; the movement's key makes a
repeated call harmless. Promising, selling and taking back change many rows at once and are written
set-wise in ``orders/reserving.py``.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from vitrine.accounts.models import Person
from vitrine.catalog.models import Location, MovementReason, Stock, StockMovement, Variant
from vitrine.kernel.errors import Refusal


class SoldOut(Refusal):
    """Fewer are left than were asked for."""

    code = "sold_out"
    message = "There are not enough left. Choose fewer, or another variant."


class StockChanged(Refusal):
    """Somebody else changed the stock since it was looked at."""

    code = "stock_changed"
    message = "The stock has changed since you looked. Check the number and save again."


class StockPromised(Refusal):
    """The count is below what buyers were promised."""

    code = "stock_promised"
    message = "More are promised to buyers than that. Cancel orders first, or count again."


def at_location(variant: Variant, location: Location) -> Stock:
    """Return the row of a variant at a location; it begins at nothing."""
    stock, _ = Stock.objects.get_or_create(variant=variant, location=location)
    return stock


@transaction.atomic
def receive(
    stock: Stock, quantity: int, *, key: str, by: Person | None, at: datetime, note: str = ""
) -> None:
    """Add what came in. quantity: above 0. key: one effect each. Locks: the stock row."""
    if quantity <= 0:
        raise ValueError("received quantities are above 0")
    if _move(stock, MovementReason.RECEIVED, quantity, key=key, by=by, at=at, note=note):
        Stock.objects.filter(pk=stock.pk).update(on_hand=F("on_hand") + quantity)


@transaction.atomic
def count(
    stock: Stock,
    on_hand: int,
    *,
    seen: int,
    key: str,
    by: Person | None,
    at: datetime,
    note: str = "",
) -> None:
    """Set what was counted, if it is still what the counter saw. Locks: the stock row.

    seen: on_hand when the count began. Raises: StockChanged, StockPromised.
    """
    if on_hand < 0:
        raise ValueError("a count is 0 or more")
    if on_hand == seen:
        return
    if not _move(stock, MovementReason.ADJUSTED, on_hand - seen, key=key, by=by, at=at, note=note):
        return
    rows = Stock.objects.filter(pk=stock.pk, on_hand=seen)
    if not rows.filter(reserved__lte=on_hand).update(on_hand=on_hand):
        raise StockPromised if rows.exists() else StockChanged


def _move(
    stock: Stock,
    reason: MovementReason,
    quantity: int,
    *,
    key: str,
    by: Person | None,
    at: datetime,
    note: str,
) -> bool:
    """Write the movement; False when its key was used before, so that nothing happens twice.

    A rival with the same key is waited for. Raises: ValueError when the key says something else.
    """
    movement, is_new = StockMovement.objects.get_or_create(
        key=key,
        defaults={
            "stock": stock,
            "reason": reason,
            "quantity": quantity,
            "by": by,
            "at": at,
            "note": note,
        },
    )
    if (movement.stock_id, movement.reason, movement.quantity) != (stock.pk, reason, quantity):
        raise ValueError(f"the key {key!r} was used for another movement")
    return is_new
