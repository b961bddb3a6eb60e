"""Every change of stock. The guard is in each write, and the CHECK of S1 stands behind it.

A change of ``on_hand`` writes its movement in the same transaction; the movement's key makes a
repeated call harmless. Promising, selling and taking back change many rows at once and are written
set-wise in ``orders/reserving.py``.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

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
    reason: MovementReason = MovementReason.COUNTED,
    note: str = "",
) -> None:
    """Set what is there, if it is still what was seen before. Locks: the stock row.

    seen: on_hand when the count began. reason: one of ADJUSTMENTS.
    Raises: StockChanged, StockPromised.
    """
    if on_hand < 0:
        raise ValueError("a count is 0 or more")
    if on_hand == seen:
        return
    if not _move(stock, reason, on_hand - seen, key=key, by=by, at=at, note=note):
        return
    rows = Stock.objects.filter(pk=stock.pk)
    if not rows.filter(on_hand=seen, reserved__lte=on_hand).update(on_hand=on_hand):
        raise _why_not(rows.get(), seen)


@transaction.atomic
def give_away(stock: Stock, quantity: int, *, key: str, by: Person, at: datetime) -> None:
    """Take out what is given to be shown, unless buyers were promised it. Locks: the stock row.

    Raises: SoldOut.
    """
    if not _move(stock, MovementReason.SAMPLE, -quantity, key=key, by=by, at=at, note=""):
        return
    left = Stock.objects.filter(pk=stock.pk, on_hand__gte=F("reserved") + quantity)
    if not left.update(on_hand=F("on_hand") - quantity):
        raise SoldOut


def tell_from(stock: Stock, low_at: int | None) -> None:
    """Set how few are few on a shelf; None: as the shop says for all. Queries: 1."""
    Stock.objects.filter(pk=stock.pk).update(low_at=low_at)


def _why_not(now: Stock, seen: int) -> Refusal:
    """Return why a count was not saved, with the figure as it is now."""
    if now.on_hand == seen:
        said = gettext("{reserved} are promised to buyers. Cancel orders first, or count again.")
        return StockPromised(said.format(reserved=now.reserved), reserved=now.reserved)
    said = gettext(
        "The stock has changed since you looked: {on_hand} are there now. "
        "Check the number and save again."
    )
    return StockChanged(said.format(on_hand=now.on_hand), on_hand=now.on_hand)


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
