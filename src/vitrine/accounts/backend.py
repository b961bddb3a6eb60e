"""Who is signed in, read with what every page says of them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from vitrine.accounts import stand_in
from vitrine.accounts.models import Notice, Person

MOST_UNREAD = 100
"""More are not counted."""


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Sign-in by e-mail. A signed-in person has their ``unread`` notices, which no page asks for.

    Source: docs/adr/0055-what-every-page-asks.md.
    """

    def get_user(self, user_id: Any) -> Person | None:
        """Return whose session it is, unless the account is not active. Queries: 1."""
        found = Person.objects.raw(*stand_in.compiled(_with_unread, Person(pk=user_id)))
        return next(filter(self.user_can_authenticate, found), None)


def _with_unread(person: Person) -> "QuerySet[Person]":
    theirs = Notice.objects.filter(person=OuterRef("pk")).wanted().unread()
    unread = ArraySubquery(theirs.values("pk")[:MOST_UNREAD])
    return Person.objects.annotate(unread=unread).filter(pk=person.pk)
