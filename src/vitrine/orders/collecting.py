"""Which stores could hand over what is wanted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F

from vitrine.catalog.models import Location, LocationKind, Stock
from vitrine.orders.wanted import Wanted


@dataclass(frozen=True)
class Shelves:
    """A store, and which of the wanted variants it has in the quantity that is wanted."""

    store: Location
    having: frozenset[int]

    def have(self, lines: Iterable[Wanted]) -> bool:
        """Tell whether all of some lines can be collected here."""
        return all(one.variant.pk in self.having for one in lines)


def shelves(
    wanted: Sequence[Wanted], picked: Sequence[str], *, with_all: bool
) -> dict[int, list[Shelves]]:
    """Return the open stores that have something of what is wanted, by merchant key.

    picked: public ids of stores; with_all: of others, too. Queries: 1.
    """
    quantities = {one.variant.pk: one.quantity for one in wanted}
    rows = Stock.objects.filter(
        variant_id__in=quantities,
        location__kind=LocationKind.STORE,
        location__closed_at=None,
        on_hand__gt=F("reserved"),
    ).select_related("location")
    if not with_all:
        rows = rows.filter(location__public_id__in=picked)
    having: defaultdict[int, set[int]] = defaultdict(set)
    stores: dict[int, Location] = {}
    for row in rows:
        if row.on_hand - row.reserved >= quantities[row.variant_id]:
            having[row.location_id].add(row.variant_id)
            stores[row.location_id] = row.location
    found: defaultdict[int, list[Shelves]] = defaultdict(list)
    for pk, store in sorted(stores.items()):
        found[store.merchant_id].append(Shelves(store, frozenset(having[pk])))
    return found


def stores(here: Iterable[Shelves], lines: Sequence[Wanted]) -> tuple[Location, ...]:
    """Return the stores where all of some lines can be collected."""
    return tuple(one.store for one in here if one.have(lines))
