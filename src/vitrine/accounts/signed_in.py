"""The request as a view sees it after a policy that asks for a person, and who that is."""

from collections.abc import Sequence
from typing import cast

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

from vitrine.accounts import backend, sessions
from vitrine.accounts.models import Person
from vitrine.accounts.sessions import SessionStore


class SignedInRequest(HttpRequest):
    """A request of somebody signed in."""

    user: Person


def know(requests: Sequence[HttpRequest]) -> None:
    """Let each request know who is signed in. Queries: 2."""
    stores = [cast("SessionStore", one.session) for one in requests]
    sessions.read_ahead(stores)
    keys = {int(one[SESSION_KEY]) for one in stores if SESSION_KEY in one}
    with backend.read_ahead(keys):
        for one in requests:
            _ = one.user.is_authenticated  # it is looked up at its first use
