"""Hold stock for a checkout, let it go, or see it leave. The guard is part of each write (S1)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext, gettext_noop

from vitrine.catalog.models import (
    LocationKind,
    MovementReason,
    StockMovement,
    TransferLine,
    TransferState,
)
from vitrine.catalog.stockkeeping import SoldOut
from vitrine.kernel import prepared
from vitrine.orders import routing
from vitrine.orders.models import Order, Reservation, ReservationState
from vitrine.orders.routing import Need, Rule, Shelf, Site, Take
from vitrine.sovereignty.cell import home

SHELVES = """
SELECT s.id, s.variant_id, s.on_hand - s.reserved, m.id, m.routing, l.id, l.kind, l.ships,
    l.priority, l.region, l.postcode, l.latitude, l.longitude, NULL::bigint, NULL::date
FROM catalog_stock s JOIN catalog_location l ON l.id = s.location_id
JOIN catalog_merchant m ON m.id = l.merchant_id
WHERE s.variant_id = ANY (%s) AND l.closed_at IS NULL AND s.on_hand > s.reserved
{coming}ORDER BY 1
"""
COMING = """UNION ALL
SELECT s.id, s.variant_id, line.quantity - line.promised, m.id, m.routing, l.id, l.kind, l.ships,
    l.priority, l.region, l.postcode, l.latitude, l.longitude, line.id, t.expected_on
FROM catalog_transferline line JOIN catalog_transfer t ON t.id = line.transfer_id
JOIN catalog_location l ON l.id = t.destination_id JOIN catalog_merchant m ON m.id = l.merchant_id
JOIN catalog_stock s ON s.location_id = l.id AND s.variant_id = line.variant_id
WHERE line.variant_id = ANY (%s) AND t.state = 'sent' AND l.closed_at IS NULL
    AND line.quantity > line.promised AND t.expected_on IS NOT NULL
"""
"""What is on its way, for who collects it there."""
ON_ITS_WAY = """
SELECT line.id FROM catalog_transfer t JOIN catalog_transferline line ON line.transfer_id = t.id
WHERE line.id = ANY (%s) AND t.state = 'sent' ORDER BY t.id FOR SHARE OF t
"""
SOMEBODY_WAS_QUICKER = gettext_noop("Not enough left: somebody was quicker. Nothing was charged.")


@dataclass
class _Shop:
    """The shelves of one merchant as read for planning, and the rules to choose among them."""

    rules: tuple[Rule, ...]
    shelves: list[Shelf] = field(default_factory=list)


NOTHING = _Shop(tuple(Rule))
"""The shop of what nobody has."""


def plan(needs: Sequence[Need]) -> list[Take]:
    """Choose where each need is taken from, without locking anything.

    By the rules of each merchant, see ``routing``. Raises: SoldOut. Queries: 1.
    """
    (takes,) = plan_each([needs])
    if takes is None:
        raise SoldOut(gettext(SOMEBODY_WAS_QUICKER))
    return takes


def plan_each(purchases: Sequence[Sequence[Need]]) -> list[list[Take] | None]:
    """Choose for several purchases, in their order; None for one that finds too little.

    Queries: 1.
    """
    shops = _shops([need for needs in purchases for need in needs])
    return [_take_all(needs, shops) for needs in purchases]


def let_go(reservations: Sequence[Reservation], state: ReservationState, *, at: datetime) -> None:
    """End reservations without a sale: the units that have not left are free again.

    Only the caller's lock on the payment keeps two from ending the same. Queries: 2.
    """
    if not reservations:
        return
    coming = _on_its_way(reservations)
    _break_promises(one for one in reservations if one.transfer_line_id in coming)
    by_stock = _summed(
        (one.stock_id, one.held_units) for one in reservations if one.transfer_line_id not in coming
    )
    if _change(by_stock, "reserved = s.reserved - w.quantity", "reserved >= w.quantity"):
        raise RuntimeError("stock was less reserved than its reservations say")
    _end([one for one in reservations if not one.gone], state, at)
    _end([one for one in reservations if one.gone], ReservationState.SOLD, at)


def hand_over(
    reservations: Sequence[Reservation],
    units: Mapping[int, int] | None = None,
    *,
    key: str,
    at: datetime,
) -> None:
    """See reserved units leave the shelf. units: line -> how many; None: all of them.

    A reservation ends with its last unit. key: names the movements, e.g. the order. Queries: 3,
    and 1 for each reservation of which some stay.
    """
    if _on_its_way(reservations):
        raise RuntimeError("what is on its way cannot leave")
    leaving = _leaving(reservations, units)
    by_stock = _summed((one.stock_id, count) for one, count in leaving)
    if _change(
        by_stock,
        "reserved = s.reserved - w.quantity, on_hand = s.on_hand - w.quantity",
        "reserved >= w.quantity",
    ):
        raise RuntimeError("stock was less reserved than its reservations say")
    _end([one for one, count in leaving if count == one.held_units], ReservationState.SOLD, at)
    for one, count in leaving:
        if count < one.held_units:
            Reservation.objects.filter(pk=one.pk).update(gone=F("gone") + count)
        elif one.gone:
            Reservation.objects.filter(pk=one.pk).update(gone=F("quantity"))
    _move(by_stock, MovementReason.SOLD, sign=-1, key=f"sold:{key}", at=at)


def _leaving(
    reservations: Iterable[Reservation], units: Mapping[int, int] | None
) -> list[tuple[Reservation, int]]:
    """Return how many units of each reservation leave, line by line in their order. Pure."""
    left = None if units is None else dict(units)
    found = []
    for one in sorted(reservations, key=lambda each: each.pk):
        count = one.held_units
        if left is not None:
            count = min(count, left.get(one.line_id, 0))
            left[one.line_id] = left.get(one.line_id, 0) - count
        if count:
            found.append((one, count))
    return found


def shelves_of(
    reservations: Sequence[Reservation],
    *,
    after: Mapping[int, int],
    units: Mapping[int, int] | None = None,
) -> dict[int, int]:
    """Return which shelves sold units left, line by line in the order of their reservations.

    after: line -> units to pass over. units: line -> how many; None: all the others. Pure.
    """
    found: defaultdict[int, int] = defaultdict(int)
    skip, left = dict(after), None if units is None else dict(units)
    for one in sorted(reservations, key=lambda each: each.pk):
        passed = min(skip.get(one.line_id, 0), one.left_units)
        skip[one.line_id] = skip.get(one.line_id, 0) - passed
        taken = one.left_units - passed
        if left is not None:
            taken = min(taken, left.get(one.line_id, 0))
            left[one.line_id] = left.get(one.line_id, 0) - taken
        if taken:
            found[one.stock_id] += taken
    return dict(found)


def take_back(by_stock: Mapping[int, int], *, key: str, at: datetime, note: str = "") -> None:
    """Put returned units back on the shelves that they left. Queries: 2."""
    if not by_stock:
        return
    _change(by_stock, "on_hand = s.on_hand + w.quantity", "on_hand >= 0")
    reason, key = MovementReason.RETURNED, f"returned:{key}"
    _move(by_stock, reason, sign=1, key=key, at=at, note=note)


def is_on_its_way(order: Order) -> bool:
    """Tell whether some of an order is not where it is collected yet. Queries: 1."""
    promised = Reservation.objects.filter(line__order=order, ended_at=None)
    return promised.filter(transfer_line__transfer__state=TransferState.SENT).exists()


def _on_its_way(reservations: Sequence[Reservation]) -> set[int | None]:
    """Return the lines of transfers that are not received, of which some is reserved.

    Locks: these transfers, so that they are not received meanwhile. Queries: 0 or 1.
    """
    lines = [one.transfer_line_id for one in reservations if one.transfer_line_id is not None]
    return {pk for (pk,) in prepared.rows(ON_ITS_WAY, [lines])} if lines else set()


def _break_promises(reservations: Iterable[Reservation]) -> None:
    """Let go what was promised of goods on their way. Queries: 0, or 1 for each line of a transfer.

    The caller holds the transfers.
    """
    by_line = _summed((one.transfer_line_id or 0, one.quantity) for one in reservations)
    for pk, quantity in sorted(by_line.items()):
        promised = TransferLine.objects.filter(pk=pk, promised__gte=quantity)
        if not promised.update(promised=F("promised") - quantity):
            raise RuntimeError("less was promised of a transfer than its reservations say")


def _shops(needs: Sequence[Need]) -> dict[int, _Shop]:
    """Return the shop of each variant; one that nobody has is in none. Queries: 1."""
    shops: dict[int, _Shop] = {}
    by_variant: dict[int, _Shop] = {}
    wanted = sorted({need.variant_id for need in needs})
    collected = sorted({need.variant_id for need in needs if need.location_id is not None})
    sql = SHELVES.format(coming=COMING if collected else "")
    for pk, variant_id, free, merchant_id, routing_rules, *place, line, comes_on in prepared.rows(
        sql, [wanted, collected] if collected else [wanted]
    ):
        shop = shops.setdefault(merchant_id, _Shop(routing.rules_of(routing_rules)))
        shop.shelves.append(Shelf(pk, variant_id, _site(*place), free, line, comes_on))
        by_variant[variant_id] = shop
    return by_variant


def _site(location_id: int, kind: str, *rest: Any) -> Site:
    return Site(location_id, kind == LocationKind.STORE, *rest)


def _take_all(needs: Sequence[Need], shops: Mapping[int, _Shop]) -> list[Take] | None:
    """Take for one purchase, shop by shop; put it all back if something is missing."""
    by_shop: dict[int, tuple[_Shop, list[Need]]] = {}
    for need in needs:
        shop = shops.get(need.variant_id, NOTHING)
        by_shop.setdefault(id(shop), (shop, []))[1].append(need)
    takes: list[Take] = []
    for shop, wanted in by_shop.values():
        route = routing.plan(wanted, shop.shelves, rules=shop.rules)
        if route.lacking:
            _put_back(takes, shops)
            return None
        takes += route.takes
    return takes


def _put_back(takes: Iterable[Take], shops: Mapping[int, _Shop]) -> None:
    taken: defaultdict[tuple[int, int | None], int] = defaultdict(int)
    for take in takes:
        taken[take.stock_id, take.transfer_line_id] += take.quantity
    for shop in {id(shop): shop for shop in shops.values()}.values():
        for shelf in shop.shelves:
            shelf.available += taken.get((shelf.stock_id, shelf.transfer_line_id), 0)


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
    by_stock: Mapping[int, int],
    reason: MovementReason,
    *,
    sign: int,
    key: str,
    at: datetime,
    note: str = "",
) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(
            home_cell=home(),
            stock_id=stock_id,
            reason=reason,
            quantity=sign * quantity,
            key=f"{key}:{stock_id}",
            note=note[:200],
            at=at,
        )
        for stock_id, quantity in sorted(by_stock.items())
    )
