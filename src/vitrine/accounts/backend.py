"""Who is signed in, read with what every page says of them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from vitrine.accounts.models import Notice, Person

MOST_UNREAD = 100
"""More are not counted."""

_STAND_IN_PK = -1


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by e-mail. A signed-in person has their ``unread`` notices, which no page asks for.

    Source: docs/adr/0055-what-every-page-asks.md.
    """

    def get_user(self, user_id: Any) -> Person | None:
        """Return whose session it is, unless the account is not active. Queries: 1."""
        sql, parameters = _compiled()
        actual = [user_id if one == _STAND_IN_PK else one for one in parameters]
        person = next(iter(Person.objects.raw(sql, actual)), None)
        return person if person and self.user_can_authenticate(person) else None


@cache
def _compiled() -> tuple[str, Sequence[Any]]:
    """Return the query of each request, which takes ten times as long to compile as to answer."""
    theirs = Notice.objects.filter(person=OuterRef("pk")).wanted().unread()
    unread = ArraySubquery(theirs.values("pk")[:MOST_UNREAD])
    people = Person.objects.annotate(unread=unread).filter(pk=_STAND_IN_PK)
    compiled: tuple[str, Sequence[Any]] = people.query.sql_with_params()
    return compiled
