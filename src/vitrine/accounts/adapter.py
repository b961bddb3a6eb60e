"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up and log-in."""


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys."""


def locked_out(request, response=None, credentials=None, *args, **kwargs):  # type: ignore[no-untyped-def]
    """Answer when too many guesses were made."""
    from django.http import HttpResponse

    return HttpResponse(status=429)
