"""What views put before themselves: a limit on how often, and a password typed once more."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from vitrine.accounts.limits import Action, is_new, spend
from vitrine.accounts.models import Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def at_most(action: Action) -> Callable[[View], View]:
    """Count each write of a signed-in person against the table, before the view runs.

    The view says so by ``limit``: a test asks each that takes words.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person, now = request.user, timezone.now()
            if request.method == "POST" and isinstance(person, Person):
                spend(person.public_id, action, is_new=is_new(person, at=now), at=now)
            return view(request, *args, **kwargs)

        counted.limit = action  # type: ignore[attr-defined]
        return counted  # type: ignore[return-value]

    return decorate


def asked_again(view: View) -> View:
    """Ask for the password or a passkey once more, if the last time is a while ago."""
    guarded: View = reauthentication_required(app="allauth.mfa")(view)
    return guarded
