"""Hold stock for a checkout, let it go, or see it leave. The guard is part of each write (S1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext, gettext_noop

from vitrine.catalog.models import LocationKind, MovementReason, StockMovement
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel import prepared
from vitrine.orders.models import Reservation, ReservationState
from vitrine.sovereignty.cell import home

SHELVES = """
SELECT s.id, s.variant_id, s.location_id, l.kind, s.on_hand - s.reserved
FROM catalog_stock s JOIN catalog_location l ON l.id = s.location_id
WHERE s.variant_id = ANY (%s) AND l.closed_at IS NULL AND s.on_hand > s.reserved
"""
SOMEBODY_WAS_QUICKER = gettext_noop("Not enough left: somebody was quicker. Nothing was charged.")


@dataclass(frozen=True)
class Need:
    """So many of a variant; location_id: the store it must come from, None for anywhere."""

    variant_id: int
    quantity: int
    location_id: int | None = None


@dataclass(frozen=True)
class Take:
    """So many from one stock row, for one need."""

    need: Need
    stock_id: int
    quantity: int


@dataclass
class _Shelf:
    """A stock row as read for planning. Lower preference first."""

    stock_id: int
    location_id: int
    is_store: bool
    available: int


def plan(needs: Sequence[Need]) -> list[Take]:
    """Choose where each need is taken from, without locking anything.

    A warehouse before a store; one place that has it all before several. Raises: SoldOut.
    Queries: 1.
    """
    (takes,) = plan_each([needs])
    if takes is None:
        raise SoldOut(gettext(SOMEBODY_WAS_QUICKER))
    return takes


def plan_each(purchases: Sequence[Sequence[Need]]) -> list[list[Take] | None]:
    """Choose for several purchases, in their order; None for one that finds too little.

    Queries: 1.
    """
    shelves = _shelves([need for needs in purchases for need in needs])
    return [_take_all(needs, shelves) for needs in purchases]


def let_go(reservations: Sequence[Reservation], state: ReservationState, *, at: datetime) -> None:
    """End reservations without a sale: the units are free again.

    Only the caller's lock on the payment keeps two from ending the same. Queries: 2.
    """
    if not reservations:
        return
    by_stock = _summed((one.stock_id, one.quantity) for one in reservations)
    if _change(by_stock, "reserved = s.reserved - w.quantity", "reserved >= w.quantity"):
        raise RuntimeError("stock was less reserved than its reservations say")
    _end(reservations, state, at)


def hand_over(reservations: Sequence[Reservation], *, key: str, at: datetime) -> None:
    """See reserved units leave the shelf. key: names the movements, e.g. the order. Queries: 3."""
    by_stock = _summed((one.stock_id, one.quantity) for one in reservations)
    if _change(
        by_stock,
        "reserved = s.reserved - w.quantity, on_hand = s.on_hand - w.quantity",
        "reserved >= w.quantity",
    ):
        raise RuntimeError("stock was less reserved than its reservations say")
    _end(reservations, ReservationState.SOLD, at)
    _move(by_stock, MovementReason.SOLD, sign=-1, key=f"sold:{key}", at=at)


def take_back(reservations: Sequence[Reservation], *, key: str, at: datetime) -> None:
    """Put returned units back on the shelf that they left. Queries: 2."""
    by_stock = _summed((one.stock_id, one.quantity) for one in reservations)
    _change(by_stock, "on_hand = s.on_hand + w.quantity", "on_hand >= 0")
    _move(by_stock, MovementReason.RETURNED, sign=1, key=f"returned:{key}", at=at)


def _shelves(needs: Sequence[Need]) -> defaultdict[int, list[_Shelf]]:
    shelves: defaultdict[int, list[_Shelf]] = defaultdict(list)
    wanted = sorted({need.variant_id for need in needs})
    for pk, variant_id, location_id, kind, free in prepared.rows(SHELVES, [wanted]):
        shelves[variant_id].append(_Shelf(pk, location_id, kind == LocationKind.STORE, free))
    return shelves


def _take_all(needs: Sequence[Need], shelves: Mapping[int, list[_Shelf]]) -> list[Take] | None:
    """Take for one purchase from the shelves; put it all back if something is missing."""
    taken: list[tuple[_Shelf, Take]] = []
    for need in needs:
        found = list(_take(need, shelves[need.variant_id]))
        taken += found
        if sum(take.quantity for _, take in found) < need.quantity:
            for shelf, take in taken:
                shelf.available += take.quantity
            return None
    return [take for _, take in taken]


def _take(need: Need, shelves: list[_Shelf]) -> Iterable[tuple[_Shelf, Take]]:
    able = [one for one in shelves if need.location_id in (None, one.location_id)]
    able.sort(
        key=lambda one: (one.available < need.quantity, one.is_store, -one.available, one.stock_id)
    )
    missing = need.quantity
    for shelf in able:
        quantity = min(missing, shelf.available)
        if quantity:
            shelf.available -= quantity
            missing -= quantity
            yield shelf, Take(need, shelf.stock_id, quantity)


def _summed(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    by_stock: defaultdict[int, int] = defaultdict(int)
    for stock_id, quantity in pairs:
        by_stock[stock_id] += quantity
    return dict(by_stock)


def _change(by_stock: Mapping[int, int], assignment: str, guard: str) -> int:
    """Change stock rows set-wise; returns how many refused. assignment, guard: our own SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            # The rows are locked in key order before any is written, so that two purchases of
            # the same things never wait for each other in a circle. A row that changed while
            # we waited is judged by the guard as it is now.
            "WITH wanted AS (SELECT * FROM unnest(%s::bigint[], %s::int[]) AS w(id, quantity)), "  # noqa: S608
            "locked AS MATERIALIZED (SELECT id FROM catalog_stock WHERE id = ANY(%s::bigint[]) "
            "ORDER BY id FOR NO KEY UPDATE) "
            f"UPDATE catalog_stock s SET {assignment} FROM wanted w JOIN locked USING (id) "
            f"WHERE s.id = w.id AND s.{guard}",
            [list(by_stock), list(by_stock.values()), list(by_stock)],
        )
        return len(by_stock) - int(cursor.rowcount)


def _end(reservations: Sequence[Reservation], state: ReservationState, at: datetime) -> None:
    Reservation.objects.filter(pk__in=[one.pk for one in reservations]).update(
        state=state, ended_at=at
    )


def _move(
    by_stock: Mapping[int, int], reason: MovementReason, *, sign: int, key: str, at: datetime
) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            home_cell=home(),
            stock_id=stock_id,
            reason=reason,
            quantity=sign * quantity,
            key=f"{key}:{stock_id}",
            at=at,
        )
        for stock_id, quantity in sorted(by_stock.items())
    )
