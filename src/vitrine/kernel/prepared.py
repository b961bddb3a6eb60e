"""Statements that Postgres plans once for a connection: for what runs hundreds of times a second.

Django's cursors put the values into the text, so that each statement is planned anew, and its
QuerySets are compiled anew: either takes longer than reading a row by its key.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, TypeVar, cast

import msgspec
import psycopg
from django.db import connection, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import DatabaseDefault, Value

Row = TypeVar("Row", bound=models.Model)


class _Prepared(psycopg.RawCursor[Any]):
    def execute(self, query: Any, params: Any = None, **_options: Any) -> "_Prepared":
        return super().execute(*_read(query, params), prepare=True)


class _Shown(_Prepared):
    """One whose text can be shown: Django's record of queries asks for it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Shown":
        super().execute(query, params, **options)
        self._query = self._convert_query(*_read(query, params))
        return self


def _read(sql: str, params: Any) -> tuple[bytes, Any]:
    text, names = numbered(sql)
    return text, [params[name] for name in names] if isinstance(params, Mapping) else params


@lru_cache(maxsize=1_000)
def numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Write a statement with numbers for its values, as Postgres reads it; return their names, too.

    The driver does this anew at each run of a statement of more than 4,096 characters, which takes
    longer than running some of them.
    """
    names: dict[str, int] = {}

    def number(value: re.Match[str]) -> str:
        if value[0] == "%%":
            return "%"
        return f"${names.setdefault(value[1] or f' {len(names)}', len(names) + 1)}"

    text = _VALUE.sub(number, sql)
    return text.encode(), tuple(names)


_VALUE = re.compile(r"%%|%(?:\((\w+)\))?s")


def cursor() -> CursorWrapper:
    """Return a cursor of Django's for prepared statements: it takes part in its transactions.

    Its values reach the server apart from the text, so ``IN %s`` and the like are not for it.
    """
    ours = connections["default"]  # once: ``connection`` looks for the thread's at each word
    ours.ensure_connection()
    if ours.queries_logged:
        shown: Any = _Shown(ours.connection)
        return ours.make_debug_cursor(shown)
    bare: Any = _Prepared(ours.connection)
    return ours.make_cursor(bare)


def array(numbers: Iterable[float]) -> str:
    """Return numbers as an array for ``ANY (%s::bigint[])``: a list is written one by one."""
    return f"{{{','.join(map(str, numbers))}}}"


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return what a statement answers."""
    ours = connections["default"]
    ours.ensure_connection()
    if ours.queries_logged or ours.execute_wrappers:
        running = cursor()
        running.execute(sql, parameters)
        return list(running.fetchall())
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors:  # all that Django's cursor would do, once for both steps
        return _Prepared(ours.connection).execute(sql, parameters).fetchall()


def of_keys(
    query: Callable[[], "QuerySet[Any, Any]"], keys: Iterable[int]
) -> list[tuple[Any, ...]]:
    """Return the rows of a query whose first column is one of some keys.

    query: a function of a module, called once for all: its rows are ``values_list``, whose first
    column is the key, and it hangs on nothing but the database (``Now()``, not a clock).
    """
    return rows(
        f"SELECT * FROM ({text_of(query)}) AS found (asked) "  # noqa: S608
        "WHERE asked = ANY (%s::bigint[])",
        [array(keys)],
    )


@cache
def text_of(query: Callable[[], "QuerySet[Any, Any]"]) -> str:
    """Return the text of a query, as for ``of_keys``: a part of a longer statement.

    What it compares with is written in it, and no value of the statement: Postgres plans once for
    whatever the values will be, and would not know that most groups are of the placement asked for.
    """
    sql, parameters = query().query.sql_with_params()
    if any(isinstance(one, date) for one in parameters):
        raise TypeError(f"{query.__qualname__} is compiled once, and names a day or a moment")
    connection.ensure_connection()
    operations: Any = connection.ops
    return str(operations.compose_sql(sql, parameters)).replace("%", "%%")


def run(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> int:
    """Run a statement that answers nothing. Returns how many rows it changed."""
    running = cursor()
    running.execute(sql, parameters)
    return int(running.rowcount)


def insert(rows: Sequence[models.Model], otherwise: str = "") -> None:
    """Write rows of one model, in their order. otherwise: an ``ON CONFLICT``. Queries: 1, or none.

    Postgres plans it once, however many they are; each of ``bulk_create`` is compiled anew.
    """
    if rows:
        said = msgspec.json.encode([values(row) for row in rows]).decode()
        run(f"{_insert(type(rows[0]))} {otherwise}", [said])


@cache
def _insert(model: type[models.Model]) -> str:
    table, named = model._meta.db_table, ", ".join(column for column, _ in given(model))
    return (
        f"INSERT INTO {table} ({named}) SELECT {named} "  # noqa: S608 (our own names)
        f"FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    )


def values(row: models.Model) -> dict[str, Any]:
    """Return what a row says, by column, as JSON can have it."""
    said: dict[str, Any] = {}
    for column, name in given(type(row)):
        value = getattr(row, name)
        if isinstance(value, DatabaseDefault):  # one that only Postgres knows is a fault here
            value = cast("Any", value).expression.value
            setattr(row, name, value)
        said[column] = f"\\x{value.hex()}" if isinstance(value, bytes) else value
    return said


@cache
def given(model: type[models.Model]) -> list[tuple[str, str]]:
    """Return column and attribute of each field that is given, not made by Postgres."""
    meta = model._meta
    return [
        (str(field.column), field.attname) for field in meta.concrete_fields if field != meta.pk
    ]


def columns(*tables: tuple[type[models.Model], str]) -> str:
    """Return the columns of models, each with the alias of its table, for a SELECT."""
    return ", ".join(
        f"{alias}.{field.column}"
        for model, alias in tables
        for field in model._meta.concrete_fields
    )


def instances(row: Sequence[Any], *of: type[models.Model]) -> list[Any]:
    """Build an instance of each model from a row of their columns; nobody hears of it."""
    made: list[Any] = []
    first = 0
    for model in of:
        names, read = _fields(model)
        until = first + len(names)
        new = model.__new__(model)
        new._state = ModelState()
        new._state.adding, new._state.db = False, "default"
        held = new.__dict__
        held.update(zip(names, row[first:until], strict=True))
        for name, of_python in read:
            held[name] = of_python(held[name], None, connection)
        made.append(new)
        first = until
    return made


def made(model: type[Row], **values: Any) -> Row:
    """Build a row that is not stored yet, a third as dear as Django does; nobody hears of it.

    values: by name of their fields; of a relation, the row itself or nothing.
    """
    row = model.__new__(model)
    row._state = ModelState()
    of_row: dict[str, Any] = row.__dict__
    related: Any = row._state.fields_cache
    constants, makers, relations = _defaults(model)
    of_row.update(constants)
    for name, make in makers:
        if name not in values:
            of_row[name] = make()
    for name, value in values.items():
        if name in relations:
            related[name] = value
            of_row[relations[name]] = None if value is None else value.pk
        else:
            of_row[name] = value
    return row


def partly(model: type[Row], **values: Any) -> Row:
    """Build a stored row of which only some fields were read; nobody hears of it.

    values: by name of their fields; of a relation, the row itself. Others are read if asked for.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, "default"
    related: Any = row._state.fields_cache
    relations = _defaults(model)[2]
    for name, value in values.items():
        (related if name in relations else row.__dict__)[name] = value
    return row


@cache
def _defaults(
    model: type[models.Model],
) -> tuple[dict[str, Any], list[tuple[str, Any]], dict[str, str]]:
    """Return what the fields of a new row are: constants, what is made anew, and relations."""
    constants: dict[str, Any] = {}
    makers: list[tuple[str, Any]] = []
    relations: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation:
            relations[field.name] = field.attname
        value: Any = field.get_default()
        if isinstance(value, DatabaseDefault):
            said = cast("Any", value).expression
            value = said.value if isinstance(said, Value) else value
        if field.has_default() and callable(field.default):
            makers.append((field.attname, field.default))
        else:
            constants[field.attname] = value
    return constants, makers, relations


@cache
def _fields(model: type[models.Model]) -> tuple[list[str], list[tuple[str, Any]]]:
    """Return the attributes of a model's columns, and how some of them are read."""
    fields = model._meta.concrete_fields
    read = [
        (field.attname, field.from_db_value) for field in fields if hasattr(field, "from_db_value")
    ]
    return [field.attname for field in fields], read
