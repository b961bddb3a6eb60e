"""Count everything in a place: line by line, over days if need be, then applied at once.

A figure is true of the moment in which it was counted. What is sold, received or moved later is
no mistake of the count: applying adds the difference of that moment to what is there now. Only
where somebody else judged the same shelf since, the line is old and has to be counted again.
Source: docs/adr/0066-stock-and-stores.md.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.catalog import stockkeeping
from vitrine.catalog.models import (
    JUDGED,
    Location,
    MovementReason,
    Stock,
    StockMovement,
    Stocktake,
    StocktakeLine,
    Variant,
)
from vitrine.catalog.stockkeeping import StockPromised
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty.cell import home


class StocktakeEnded(Refusal):
    """Somebody applied or dropped this count."""

    code = "stocktake_ended"
    message = "This count has ended. Begin a new one."


class CountedTwice(Refusal):
    """Something was counted here, and its figure was changed elsewhere since."""

    code = "counted_twice"
    message = "A figure was changed since you counted it. Count it again."


class UnknownThing(Refusal):
    """No variant of the shop has that barcode or SKU."""

    code = "unknown_thing"
    message = "Nothing in your shop has this barcode or SKU. Check it and try again."


def begin(location: Location, *, by: Person, at: datetime) -> Stocktake:
    """Begin to count a place, or go on with the count that runs there. Queries: 1 or 2."""
    running = Stocktake.objects.running()
    found = running.filter(location=location).first()
    if found is None:
        # A rival that began at the same moment is waited for: one count runs at a time.
        Stocktake.objects.bulk_create(
            [Stocktake(location=location, by=by, began_at=at)], ignore_conflicts=True
        )
        found = running.get(location=location)
    return found


def find(location: Location, words: str) -> Variant:
    """Find a variant by its barcode or SKU. Raises: UnknownThing. Queries: 1."""
    sold = Variant.objects.filter(merchant=location.merchant_id, withdrawn_at=None)
    named = sold.filter(Q(barcode=words) | Q(sku__iexact=words)).exclude(sku="")
    found = named.select_related("product").order_by("pk").first() if words else None
    if found is None:
        raise UnknownThing
    return found


@transaction.atomic
def count(
    stocktake: Stocktake,
    variant: Variant,
    quantity: int,
    *,
    key: str,
    at: datetime,
    is_more: bool = False,
) -> StocktakeLine:
    """Note what was counted of a variant, with what is on hand at this very moment.

    is_more: they are added to what was counted before, as a scanner does. key: one effect each.
    Raises: StocktakeEnded. Locks: the count, the shelf.
    """
    _held(stocktake)
    stock = stockkeeping.at_location(variant, stocktake.location)
    stock = Stock.objects.select_for_update(no_key=True).get(pk=stock.pk)
    line = stocktake.lines.filter(variant=variant).first()
    if line is None:
        line = StocktakeLine(stocktake=stocktake, variant=variant, counted=0)
    elif line.key == key:
        return line
    line.counted = line.counted + quantity if is_more else quantity
    line.on_hand, line.judged = stock.on_hand, _judgements([stock]).count()
    line.key, line.at = key, at
    line.save()
    return line


def forget(stocktake: Stocktake, variant: Variant) -> None:
    """Take a line out of the count: it was not counted."""
    stocktake.lines.filter(variant=variant).delete()


@transaction.atomic
def apply(stocktake: Stocktake, *, by: Person, at: datetime) -> int:
    """Correct every figure that was counted otherwise, all or none; return how many.

    Raises: StocktakeEnded, CountedTwice, StockPromised. Locks: the count, the shelves in key order.
    """
    fresh = _held(stocktake)
    lines = {line.variant_id: line for line in fresh.lines.select_related("variant__product")}
    shelves = Stock.objects.select_for_update(no_key=True, of=("self",)).filter(
        location=fresh.location_id, variant__in=lines
    )
    changed = []
    for stock in shelves.order_by("pk"):
        line = lines[stock.variant_id]
        _assert_fresh(line, stock)
        if line.difference:
            stock.on_hand += line.difference
            changed.append(stock)
    _save(fresh, changed, lines, by=by, at=at)
    fresh.applied_at = at
    fresh.save(update_fields=["applied_at"])
    return len(changed)


def drop(stocktake: Stocktake, *, at: datetime) -> None:
    """Give a count up: nothing changes. Raises: StocktakeEnded."""
    if not Stocktake.objects.running().filter(pk=stocktake.pk).update(dropped_at=at):
        raise StocktakeEnded


def _held(stocktake: Stocktake) -> Stocktake:
    held = Stocktake.objects.running().select_for_update(no_key=True).filter(pk=stocktake.pk)
    fresh = held.first()
    if fresh is None:
        raise StocktakeEnded
    return fresh


def _judgements(stocks: list[Stock]) -> "QuerySet[StockMovement]":
    return StockMovement.objects.filter(stock__in=stocks, reason__in=JUDGED)


def _assert_fresh(line: StocktakeLine, stock: Stock) -> None:
    title = line.variant.product.title
    if _judgements([stock]).count() != line.judged:
        said = gettext("“{title}”: somebody changed its figure since you counted. Count it again.")
        raise CountedTwice(said.format(title=title), sku=line.variant.sku)
    if stock.on_hand + line.difference < stock.reserved:
        said = gettext(
            "“{title}”: {reserved} are promised to buyers, and by your count only {left} are "
            "there. Count it again, or cancel orders first."
        )
        left = max(0, stock.on_hand + line.difference)
        raise StockPromised(said.format(title=title, reserved=stock.reserved, left=left))


def _save(
    stocktake: Stocktake,
    changed: list[Stock],
    lines: dict[int, StocktakeLine],
    *,
    by: Person,
    at: datetime,
) -> None:
    Stock.objects.bulk_update(changed, ["on_hand"])
    StockMovement.objects.bulk_create(
        StockMovement(
            home_cell=home(),
            stock=stock,
            reason=MovementReason.COUNTED,
            quantity=lines[stock.variant_id].difference,
            key=f"stocktake:{stocktake.public_id}:{stock.pk}",
            by=by,
            at=at,
        )
        for stock in changed
    )
