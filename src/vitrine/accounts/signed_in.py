"""The request as a view sees it after a policy that asks for a person."""

from django.http import HttpRequest

from vitrine.accounts.models import Person


class SignedInRequest(HttpRequest):
    """A request of somebody signed in."""

    user: Person
