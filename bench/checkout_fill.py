"""A million orders in the tables, each a copy of one that was placed.

Imported only once Django is set up on the cell.
"""

import psycopg
from django.db.models import Model
from psycopg import sql

from vitrine.ops.postgres import SUPERUSER, Cluster
from vitrine.orders.models import (
    Order,
    OrderEvent,
    OrderGroup,
    OrderLine,
    OrderTax,
    Payment,
    Reservation,
)

AT_ONCE = 100_000
NAME = "'us_01' || lpad(upper(to_hex(n)), 24, '0')"
"""A public id that no cell would make before the year 10,000."""
AT = "now() - n * interval '7 seconds'"
CHANGED: dict[type[Model], dict[str, str]] = {
    OrderGroup: {
        "public_id": NAME,
        "key": "'fill:' || n",
        "link_token": "'fill:' || n",
        "created_at": AT,
        "placed_at": AT,
    },
    Order: {"public_id": NAME, "group_id": "{group} + n", "placed_at": AT, "state": "'shipped'"},
    OrderLine: {"order_id": "{order} + n"},
    OrderTax: {"order_id": "{order} + n"},
    Reservation: {"line_id": "{line} + n", "state": "'sold'", "ended_at": AT},
    Payment: {"public_id": NAME, "key": "'charge:fill:' || n", "group_id": "{group} + n"},
    OrderEvent: {"order_id": "{order} + n", "at": AT},
}
"""What differs from the order that is copied, and from copy to copy."""


def fill(cluster: Cluster, count: int) -> None:
    """Write the orders, with every index and without triggers: they would take an hour."""
    first = OrderGroup.objects.filter(state="placed").order_by("pk")[0]
    order = first.orders.get()
    line = order.lines.get()
    copied = {
        OrderGroup: first.pk,
        Order: order.pk,
        OrderLine: line.pk,
        OrderTax: order.taxes.get().pk,
        Reservation: line.reservations.get().pk,
        Payment: first.payment.pk,
        OrderEvent: order.events.all()[0].pk,
    }
    with psycopg.connect(
        host=str(cluster.socket_directory), user=SUPERUSER, dbname="vitrine", autocommit=True
    ) as server:
        server.execute("SET session_replication_role = replica")
        base = {model: _reserve(server, model, count) for model in copied}
        names = {"group": base[OrderGroup], "order": base[Order], "line": base[OrderLine]}
        for start in range(0, count, AT_ONCE):
            for model, pk in copied.items():
                _copy(server, model, pk, base[model], names, start)
        server.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")


def _reserve(server: "psycopg.Connection[tuple[int]]", model: type[Model], count: int) -> int:
    """Set a table's keys aside; return the one before the first."""
    table = model._meta.db_table
    found = server.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table]).fetchone()
    assert found is not None
    server.execute(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, found[0] + count + 1]
    )
    return int(found[0])


def _copy(
    server: "psycopg.Connection[tuple[int]]",
    model: type[Model],
    pk: int,
    base: int,
    names: dict[str, int],
    start: int,
) -> None:
    changed = {"id": f"{base} + n", **CHANGED[model]}
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = [changed.get(column, f"t.{column}").format(**names) for column in columns]
    server.execute(
        sql.SQL(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM {model._meta.db_table} t, "
            f"generate_series({start + 1}, {start + AT_ONCE}) AS n WHERE t.id = {pk}"
        )
    )
