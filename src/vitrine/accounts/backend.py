"""Who is signed in, read with what every page says of them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from vitrine.accounts import stand_in
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
        for *columns, unread in prepared.rows(*stand_in.compiled(_with_unread, Person(pk=user_id))):
            person, *_ = prepared.instances(columns, Person)
            person.unread = unread
            return person if self.user_can_authenticate(person) else None
        return None


def _with_unread(person: Person) -> "QuerySet[Person]":
    theirs = Notice.objects.filter(person=OuterRef("pk")).wanted().unread()
    unread = ArraySubquery(theirs.values("pk")[:MOST_UNREAD])
    return Person.objects.annotate(unread=unread).filter(pk=person.pk)
