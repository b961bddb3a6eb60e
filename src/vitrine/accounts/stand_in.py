"""Queries that are compiled once for a stand-in, and run with the viewer in its place.

Django needs longer to compile who may see what than Postgres to answer it. The stand-in knows no
more of a person than the two things that are replaced: a query that asks for anything else fails
when it is compiled, and never answers one viewer with what is another's.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from vitrine.accounts.models import Person, Viewer

Query = Callable[..., "QuerySet[Any, Any]"]

_PK, _ADULT_ON = -1, date(1, 1, 2)
_PERSON = Person.from_db(None, ["id"], [_PK])
_PERSON.adult_on = _ADULT_ON
_NOBODY = AnonymousUser()


def compiled(query: Query, viewer: Viewer, **words: str) -> tuple[str, list[Any]]:
    """Return the SQL of ``query(viewer, **words)`` and its parameters.

    query: a function of a module, which is called once for people and once for guests. It may do
    nothing with words but compare them.
    """
    actual: dict[Any, Any] = {_mark(name): word for name, word in words.items()}
    stand_in: Viewer = _NOBODY
    if isinstance(viewer, Person):
        stand_in, actual = _PERSON, {**actual, _PK: viewer.pk, _ADULT_ON: viewer.adult_on}
    sql, parameters = _compiled(query, stand_in, *words)
    return sql, [actual.get(one, one) for one in parameters]


def compiled_for_rows(query: Query, *, pk: str, adult_on: str) -> tuple[str, list[Any]]:
    """Return the SQL of ``query(viewer)`` for many people at once, and its parameters.

    pk, adult_on: columns that say who each row is for: the SQL stands in a LATERAL beside them.
    """
    columns: dict[Any, str] = {_PK: pk, _ADULT_ON: adult_on}
    sql, parameters = _compiled(query, _PERSON)
    first, *rest = sql.split("%s")
    places = [columns.get(one, "%s") for one in parameters]
    if len(places) != len(rest):
        raise ValueError("a query with a percent sign of its own")
    text = first + "".join(place + part for place, part in zip(places, rest, strict=True))
    return text, [one for one in parameters if one not in columns]


@cache
def _compiled(query: Query, viewer: Viewer, *words: str) -> tuple[str, tuple[Any, ...]]:
    sql, parameters = query(viewer, **{name: _mark(name) for name in words}).query.sql_with_params()
    return sql, tuple(parameters)


def _mark(name: str) -> str:
    """Return what stands for a word until it is known: no text that Postgres keeps has a NUL."""
    return f"\0{name}"
