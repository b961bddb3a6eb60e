"""Queries that are compiled once for a stand-in, and run with the viewer in its place.

Django needs longer to compile who may see what than Postgres to answer it. The stand-in knows no
more of a person than the two things that are replaced: a query that asks for anything else fails
when it is compiled, and never answers one viewer with what is another's.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser

from vitrine.accounts.models import Person

_PK, _ADULT_ON = -1, date(1, 1, 2)
_PERSON = Person.from_db(None, ["id"], [_PK])
_PERSON.adult_on = _ADULT_ON
_NOBODY = AnonymousUser()


def of(viewer: Person | AnonymousUser) -> Person | AnonymousUser:
    """Return for whom to compile what is run for this viewer: the same for all of a kind."""
    return _PERSON if isinstance(viewer, Person) else _NOBODY


def replaced(parameters: Sequence[Any], viewer: Person | AnonymousUser) -> list[Any]:
    """Return the parameters of a query with the viewer in the stand-in's place."""
    if not isinstance(viewer, Person):
        return list(parameters)
    actual = {_PK: viewer.pk, _ADULT_ON: viewer.adult_on}
    return [actual.get(one, one) for one in parameters]
