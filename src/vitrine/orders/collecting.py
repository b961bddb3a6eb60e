"""Which stores have what is wanted, or will get it by a transfer that is on its way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from vitrine.catalog.models import Location, LocationKind, Stock, TransferLine, TransferState
from vitrine.orders.wanted import Wanted


@dataclass(frozen=True)
class Collection:
    """A store where something can be collected. comes_on: it is there from that day on."""

    store: Location
    comes_on: date | None = None


@dataclass(frozen=True)
class Shelves:
    """A store, and which of the wanted variants it has in the quantity that is wanted.

    having: by variant key, the day on which enough will have come; None where it lies there.
    """

    store: Location
    having: Mapping[int, date | None]

    def collection(self, lines: Iterable[Wanted]) -> Collection | None:
        """Return how some lines could be collected here together; None where one cannot."""
        keys = [one.variant.pk for one in lines]
        if not all(key in self.having for key in keys):
            return None
        days = [day for key in keys if (day := self.having[key])]
        return Collection(self.store, max(days, default=None))


def shelves(
    wanted: Sequence[Wanted], picked: Sequence[str], *, with_all: bool, on: date
) -> dict[int, list[Shelves]]:
    """Return the open stores that have, or will get, some of what is wanted, by merchant key.

    picked: public ids of stores; with_all: of others, too. on: today. Queries: 2.
    """
    quantities = {one.variant.pk: one.quantity for one in wanted}
    lots: defaultdict[tuple[int, int], list[tuple[date, int]]] = defaultdict(list)
    stores: dict[int, Location] = {}
    for store, variant_id, quantity, day in _lying(quantities, picked, with_all=with_all):
        lots[store.pk, variant_id].append((day, quantity))
        stores[store.pk] = store
    for store, variant_id, quantity, day in _coming(quantities, picked, with_all=with_all, on=on):
        lots[store.pk, variant_id].append((day, quantity))
        stores[store.pk] = store
    having: defaultdict[int, dict[int, date | None]] = defaultdict(dict)
    for (pk, variant_id), here in lots.items():
        enough_on = _enough_on(here, quantities[variant_id])
        if enough_on is not None:
            having[pk][variant_id] = None if enough_on == date.min else enough_on
    found: defaultdict[int, list[Shelves]] = defaultdict(list)
    for pk, store in sorted(stores.items()):
        if having[pk]:
            found[store.merchant_id].append(Shelves(store, having[pk]))
    return found


def collections(here: Iterable[Shelves], lines: Sequence[Wanted]) -> tuple[Collection, ...]:
    """Return where all of some lines can be collected together."""
    return tuple(found for one in here if (found := one.collection(lines)))


_Lot = tuple[Location, int, int, date]
"""Store, variant, how many are free, and from which day on; the first of all days: now."""


def _lying(variants: Iterable[int], picked: Sequence[str], *, with_all: bool) -> list[_Lot]:
    rows = Stock.objects.filter(
        variant_id__in=variants,
        location__kind=LocationKind.STORE,
        location__closed_at=None,
        on_hand__gt=F("reserved"),
    ).select_related("location")
    if not with_all:
        rows = rows.filter(location__public_id__in=picked)
    return [(row.location, row.variant_id, row.available, date.min) for row in rows]


def _coming(
    variants: Iterable[int], picked: Sequence[str], *, with_all: bool, on: date
) -> list[_Lot]:
    """Return what is on its way. What is overdue, or comes nobody knows when, is not promised."""
    rows = TransferLine.objects.filter(
        variant_id__in=variants,
        transfer__state=TransferState.SENT,
        transfer__expected_on__gte=on,
        transfer__destination__kind=LocationKind.STORE,
        transfer__destination__closed_at=None,
        quantity__gt=F("promised"),
    ).select_related("transfer__destination")
    if not with_all:
        rows = rows.filter(transfer__destination__public_id__in=picked)
    return [
        (line.transfer.destination, line.variant_id, line.quantity - line.promised, day)
        for line in rows
        if (day := line.transfer.expected_on)
    ]


def _enough_on(lots: list[tuple[date, int]], quantity: int) -> date | None:
    """Return the day on which so many are there; None: they never are."""
    for day, more in sorted(lots):
        quantity -= more
        if quantity <= 0:
            return day
    return None
