"""Who is signed in, read with what every page says of them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from vitrine.accounts.models import Notice, Person
from vitrine.kernel import prepared

MOST_UNREAD = 100
"""More are not counted."""


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by e-mail. A signed-in person has their ``unread`` notices, which no page asks for.

    Source: docs/adr/0055-what-every-page-asks.md.
    """

    def get_user(self, user_id: Any) -> Person | None:
        """Return whose session it is, unless the account is not active. Queries: 1."""
        known = _AHEAD.get()
        pk = int(user_id)
        person = _read([pk]).get(pk) if known is None else known.get(pk)
        return person if person is not None and self.user_can_authenticate(person) else None


_AHEAD: ContextVar[Mapping[int, Person] | None] = ContextVar("people", default=None)


@contextmanager
def read_ahead(people: Collection[int]) -> Iterator[None]:
    """Read people at once; within, nobody else is found. Queries: 0 or 1."""
    before = _AHEAD.set(_read(people) if people else {})
    try:
        yield
    finally:
        _AHEAD.reset(before)


def _read(people: Collection[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for *columns, unread in prepared.rows(_with_unread(), [sorted(people)]):
        person, *_ = prepared.instances(columns, Person)
        person.unread = unread
        found[person.pk] = person
    return found


@cache
def _with_unread() -> str:
    """Return the query of people by their keys, compiled once. Parameter: the keys."""
    theirs = Notice.objects.filter(person=OuterRef("pk")).wanted().unread()
    unread = ArraySubquery(theirs.values("pk")[:MOST_UNREAD])
    sql, parameters = Person.objects.annotate(unread=unread).query.sql_with_params()
    if parameters:
        raise RuntimeError("the query of people has parameters that nobody gives")
    return f'{sql} WHERE "accounts_person"."id" = ANY (%s)'
