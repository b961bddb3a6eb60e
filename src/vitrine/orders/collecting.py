"""Which stores have what is wanted, or will get it by a transfer that is on its way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vitrine.catalog.models import Location
from vitrine.kernel import prepared
from vitrine.orders.wanted import Wanted

LOTS = f"""
SELECT {prepared.columns((Location, "l"))}, s.variant_id, s.on_hand - s.reserved, NULL::date
FROM catalog_stock s JOIN catalog_location l ON l.id = s.location_id
WHERE s.variant_id = ANY (%s) AND (%s OR l.public_id = ANY (%s))
    AND l.kind = 'store' AND l.closed_at IS NULL AND s.on_hand > s.reserved
UNION ALL
SELECT {prepared.columns((Location, "l"))}, w.variant_id, w.quantity - w.promised, t.expected_on
FROM catalog_transferline w JOIN catalog_transfer t ON t.id = w.transfer_id
    JOIN catalog_location l ON l.id = t.destination_id
WHERE w.variant_id = ANY (%s) AND (%s OR l.public_id = ANY (%s))
    AND l.kind = 'store' AND l.closed_at IS NULL
    AND t.state = 'sent' AND t.expected_on >= %s AND w.quantity > w.promised
"""  # noqa: S608 (our own names)
"""What lies in stores, and what is on its way: what is overdue, or comes nobody knows when, is not
promised."""


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

    picked: public ids of stores; with_all: of others, too. on: today. Queries: 1.
    """
    quantities = {one.variant.pk: one.quantity for one in wanted}
    lots: defaultdict[tuple[int, int], list[tuple[date, int]]] = defaultdict(list)
    stores: dict[int, Location] = {}
    asked = [list(quantities), with_all, list(picked)]
    for row in prepared.rows(LOTS, [*asked, *asked, on]):
        (store,) = prepared.instances(row, Location)
        *_, variant_id, quantity, day = row
        lots[store.pk, variant_id].append((day or date.min, quantity))
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


def _enough_on(lots: list[tuple[date, int]], quantity: int) -> date | None:
    """Return the day on which so many are there; None: they never are."""
    for day, more in sorted(lots):
        quantity -= more
        if quantity <= 0:
            return day
    return None
