"""Write the purchases that wait at one moment: one statement takes the stock and writes them all.

Each fails alone: one whose stock is gone, or whose key was used before, is left out of the
statement that writes the others. Source: docs/adr/0056-placed-together.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

import msgspec
from django.db import OperationalError, connection, models
from psycopg.errors import LockNotAvailable

from vitrine.kernel import prepared
from vitrine.kernel.batching import Batcher
from vitrine.kernel.errors import Refusal
from vitrine.orders import claiming, reserving
from vitrine.orders.claiming import Claim
from vitrine.orders.models import (
    Destination,
    Order,
    OrderGroup,
    OrderLine,
    OrderTax,
    Payment,
    Reservation,
)
from vitrine.orders.routing import Need, Take
from vitrine.orders.tendering import Share
from vitrine.sovereignty.models import Leaving

Written = tuple[bool, int | None, int | None, str | None]
"""Whether the stock was there, the keys of group and payment if they were written, and why its
turn was refused: a name of ``Left``."""

LOCK_WAIT_MS = 1_000
"""How long a statement waits for a locked row: many times what the purchases before it take."""


class StockBusy(Refusal):
    """Something holds the stock that was found, for longer than a purchase does."""

    code = "stock_busy"
    message = "The shop is changing this just now. Nothing was charged: try again in a moment."


@dataclass(frozen=True)
class Draft:
    """A purchase that is not written yet. A variant is in one line of it.

    lines, taxes: each with its order. needs: what stock the lines need. destinations: those that
    are not the group's own place. tenders: what gift cards and credit pay of which order. claims:
    what of it is sold in turn. leaving: what a provider is told as soon as it is written.
    """

    group: OrderGroup
    destinations: Sequence[Destination]
    orders: Sequence[Order]
    lines: Sequence[tuple[Order, OrderLine]]
    taxes: Sequence[tuple[Order, OrderTax]]
    payment: Payment
    needs: Sequence[Need]
    tenders: Sequence[tuple[Order, Share]] = ()
    claims: Sequence[Claim] = ()
    leaving: Leaving | None = None


class Left(Enum):
    """Why a draft was not written."""

    SOLD_OUT = "no stock was found for it"
    BUSY = "the stock that was found stays locked"
    CONTENDED = "somebody took the stock that was found"
    KEY_USED = "its key has a purchase already"
    OUT_OF_TURN = "it is sold in turn, and the buyer has none"
    TOO_MANY = "it is sold in turn, and is more than each can have"
    ONE_EACH = "it is sold in turn, and somebody of the household has it"


def place(draft: Draft) -> Left | None:
    """Hold the stock and write the purchase, or say what kept it. Returns None when it is done.

    Together with whoever else places one at this moment. The draft's rows get their primary keys.
    Queries: 2, for all of them.
    """
    return _BATCHER.ask(draft)


def place_all(drafts: Sequence[Draft]) -> list[Left | None]:
    """Place drafts in the order in which they came: the first of two gets the last unit."""
    plans = reserving.plan_each([draft.needs for draft in drafts])
    found = [(draft, takes) for draft, takes in zip(drafts, plans, strict=True) if takes]
    written: Mapping[str, Written] = _write_what_is_free(found) if found else {}
    return [
        _left(draft, written) if takes else Left.SOLD_OUT
        for draft, takes in zip(drafts, plans, strict=True)
    ]


_BATCHER: Batcher[Draft, Left | None] = Batcher(place_all)


def _left(draft: Draft, written: Mapping[str, Written]) -> Left | None:
    if draft.group.public_id not in written:
        return Left.BUSY
    fits, group_id, payment_id, why = written[draft.group.public_id]
    if why:
        return Left[why]
    if not fits:
        return Left.CONTENDED
    if group_id is None or payment_id is None:
        return Left.KEY_USED
    _is_written(draft.group, group_id)
    draft.payment.group = draft.group
    _is_written(draft.payment, payment_id)
    return None


def _is_written(row: models.Model, pk: int) -> None:
    row.pk = pk
    row._state.adding, row._state.db = False, "default"


def _write_what_is_free(found: Sequence[tuple[Draft, Sequence[Take]]]) -> dict[str, Written]:
    """Write all; where some row stays locked, all but those that need one such."""
    try:
        return write(found)
    except OperationalError as fault:
        if not isinstance(fault.__cause__, LockNotAvailable):
            raise
        if connection.in_atomic_block:  # whose transaction is over now
            raise StockBusy from fault
        stocks = _locked("catalog_stock", [take.stock_id for _, takes in found for take in takes])
        coming = [take.transfer_line_id for _, takes in found for take in takes]
        lines = _locked("catalog_transferline", [one for one in coming if one])
        free = [
            one
            for one in found
            if not any(t.stock_id in stocks or t.transfer_line_id in lines for t in one[1])
        ]
        if len(free) == len(found):
            raise
        return write(free) if free else {}


def _locked(table: str, ids: Sequence[int]) -> set[int]:
    """Return which rows somebody holds at this moment."""
    free = f"SELECT id FROM {table} WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(free, [list(ids)])
        return set(ids) - {pk for (pk,) in cursor.fetchall()}


def write(found: Sequence[tuple[Draft, Sequence[Take]]]) -> dict[str, Written]:
    """Run the statement. Returns by group what became of it."""
    rows: dict[str, list[dict[str, Any]]] = {
        "groups": [_row(draft.group) for draft, _ in found],
        "destinations": [
            _row(one, of=draft.group) for draft, _ in found for one in draft.destinations
        ],
        "orders": [
            {**_row(one, of=draft.group), "to": one.destination and one.destination.public_id}
            for draft, _ in found
            for one in draft.orders
        ],
        "lines": [_row(one, of=order) for draft, _ in found for order, one in draft.lines],
        "taxes": [_row(one, of=order) for draft, _ in found for order, one in draft.taxes],
        "payments": [_row(draft.payment, of=draft.group) for draft, _ in found],
        "takes": [
            {
                "of": draft.group.public_id,
                "came": came,
                "variant": take.need.variant_id,
                "stock": take.stock_id,
                "line": take.transfer_line_id,
                "quantity": take.quantity,
                "row": prepared.values(_reservation(draft, take)),
            }
            for came, (draft, takes) in enumerate(found)
            for take in takes
        ],
        "claims": [
            one.row(
                of=draft.group.public_id,
                came=came,
                key=draft.group.key,
                at=draft.group.created_at,
            )
            for came, (draft, _) in enumerate(found)
            for one in draft.claims
        ],
        "leavings": [_row(one, of=draft.group) for draft, _ in found if (one := draft.leaving)],
    }
    sql = _statement(
        apart=bool(rows["destinations"]),
        coming=any(one["line"] for one in rows["takes"]),
        in_turn=bool(rows["claims"]),
        leaves=bool(rows["leavings"]),
    )
    with prepared.cursor() as cursor:
        cursor.execute(sql, [msgspec.json.encode(rows).decode()])
        return {of: tuple(rest) for of, *rest in cursor.fetchall()}


def _reservation(draft: Draft, take: Take) -> Reservation:
    return prepared.made(
        Reservation,
        stock_id=take.stock_id,
        transfer_line_id=take.transfer_line_id,
        quantity=take.quantity,
        expires_at=draft.group.expires_at,
    )


def _row(row: models.Model, of: OrderGroup | Order | None = None) -> dict[str, Any]:
    return {"of": of.public_id if of else "", "row": prepared.values(row)}


def _insert(model: type[models.Model], rows: str, **parents: str) -> str:
    """Return an INSERT of rows of the given JSON. parents: column -> the source of its id."""
    table = model._meta.db_table
    columns = [column for column, _ in prepared.given(model)]
    picked = [f"{parents[one]}.id" if one in parents else f"x.{one}" for one in columns]
    return f"""
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {", ".join(picked)}
        FROM given CROSS JOIN jsonb_array_elements(j -> '{rows}') WITH ORDINALITY AS e(e, n)
            CROSS JOIN jsonb_populate_record(NULL::{table}, e -> 'row') AS x"""  # noqa: S608 (our own names)


@cache
def _statement(*, apart: bool, coming: bool, in_turn: bool, leaves: bool) -> str:
    """Return the statement. Parameter: the rows, as JSON.

    apart: some go to a place of their own. coming: some are taken from what is on its way.
    in_turn: some is sold in turn. Most purchases have none of these, and half a millisecond of
    each turn was to find that out. leaves: a provider is told of some; what is written says so.

    ``locked`` waits for the stock rows in key order and sees them as they are then; before it,
    ``coming`` does so with what is on its way, as does who takes that in. ``fits`` lets each
    purchase have what those before it left. The key is what a rival may hold: keys come in
    order, after all stock, so that nobody waits in a circle.
    """
    reservation = [column for column, _ in prepared.given(Reservation)]
    reserved = ["l.id" if column == "line_id" else f"x.{column}" for column in reservation]
    places = {"group_id": "g", **({"destination_id": "d"} if apart else {})}
    return f"""
    WITH given AS MATERIALIZED (
        SELECT %s::jsonb AS j, set_config('lock_timeout', '{LOCK_WAIT_MS}', true)
    ),{claiming.TURNS if in_turn else ""}
    takes AS MATERIALIZED (
        SELECT t.*, e -> 'row' AS r FROM given, jsonb_array_elements(j -> 'takes') AS e(e),
            jsonb_to_record(e)
                AS t(of text, came int, variant bigint, stock bigint, line bigint, quantity int)
        {claiming.ALLOWED if in_turn else ""}
    ),
    {COMING if coming else ""}
    locked AS MATERIALIZED (
        SELECT id, on_hand - reserved AS free FROM catalog_stock
        WHERE {"(SELECT count(*) FROM coming) >= 0 AND" if coming else ""}
            id = ANY (ARRAY(SELECT stock FROM takes WHERE line IS NULL))
        ORDER BY id FOR NO KEY UPDATE
    ),
    fits AS MATERIALIZED (
        SELECT of FROM (
            SELECT of, coalesce(locked.free, {"coming.free," if coming else ""} 0) AS free,
                sum(quantity) OVER (PARTITION BY stock, line ORDER BY came) AS wanted
            FROM takes LEFT JOIN locked ON locked.id = stock AND line IS NULL
                {"LEFT JOIN coming ON coming.id = line" if coming else ""}
        ) AS t GROUP BY of HAVING bool_and(wanted <= free)
    ),
    g AS ({_insert(OrderGroup, "groups")}
        JOIN fits ON fits.of = x.public_id
        ORDER BY x.key ON CONFLICT (key) DO NOTHING RETURNING id, public_id
    ),{claiming.USED if in_turn else ""}
    {_destinations() if apart else ""}
    o AS ({_insert(Order, "orders", **places)}
        JOIN g ON g.public_id = e ->> 'of'
            {"LEFT JOIN d ON d.public_id = e ->> 'to'" if apart else ""}
        ORDER BY n RETURNING id, public_id, group_id
    ),
    l AS ({_insert(OrderLine, "lines", order_id="o")}
        JOIN o ON o.public_id = e ->> 'of' ORDER BY n RETURNING id, order_id, variant_id
    ),
    t AS ({_insert(OrderTax, "taxes", order_id="o")}
        JOIN o ON o.public_id = e ->> 'of' ORDER BY n
    ),
    p AS ({_insert(Payment, "payments", group_id="g")}
        JOIN g ON g.public_id = e ->> 'of' RETURNING id, group_id
    ),
    r AS (
        INSERT INTO orders_reservation ({", ".join(reservation)}) SELECT {", ".join(reserved)}
        FROM takes JOIN g ON g.public_id = takes.of JOIN o ON o.group_id = g.id
            JOIN l ON l.order_id = o.id AND l.variant_id = takes.variant
            CROSS JOIN jsonb_populate_record(NULL::orders_reservation, takes.r) AS x
    ),
    {PROMISED if coming else ""}
    {_leavings() if leaves else ""}
    s AS (
        UPDATE catalog_stock AS s SET reserved = s.reserved + w.quantity
        FROM (
            SELECT stock, sum(takes.quantity) AS quantity FROM takes
            JOIN g ON g.public_id = takes.of WHERE line IS NULL GROUP BY stock
        ) AS w WHERE s.id = w.stock
    )
    SELECT a.of, fits.of IS NOT NULL, g.id, p.id, NULL
    FROM (SELECT DISTINCT of FROM takes) AS a LEFT JOIN fits USING (of)
        LEFT JOIN g ON g.public_id = a.of LEFT JOIN p ON p.group_id = g.id
    {claiming.REFUSED if in_turn else ""}
    """  # noqa: S608 (our own names)


def _destinations() -> str:
    return f"""
    d AS ({_insert(Destination, "destinations", group_id="g")}
        JOIN g ON g.public_id = e ->> 'of' ORDER BY n RETURNING id, public_id
    ),"""


def _leavings() -> str:
    return f"""
    v AS ({_insert(Leaving, "leavings")} JOIN g ON g.public_id = e ->> 'of' ORDER BY n
    ),"""


COMING = """
    coming AS MATERIALIZED (
        SELECT w.id, w.quantity - w.promised AS free
        FROM catalog_transfer AS v JOIN catalog_transferline AS w ON w.transfer_id = v.id
        WHERE w.id = ANY (ARRAY(SELECT line FROM takes WHERE line IS NOT NULL))
            AND v.state = 'sent'
        ORDER BY v.id, w.id FOR SHARE OF v FOR NO KEY UPDATE OF w
    ),"""
PROMISED = """
    c AS (
        UPDATE catalog_transferline AS c SET promised = c.promised + w.quantity
        FROM (
            SELECT line, sum(takes.quantity) AS quantity FROM takes
            JOIN g ON g.public_id = takes.of WHERE line IS NOT NULL GROUP BY line
        ) AS w WHERE c.id = w.line
    ),"""
"""What is on its way: how much of it is free, and what is promised of it from now on."""
