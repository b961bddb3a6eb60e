"""Which language a person reads: on a device, and in mails."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal


class NotSpoken(Refusal):
    """The pages are not translated into that language."""

    code = "language_not_spoken"
    message = "Our pages are not in that language. Choose one of those offered."


def remember(response: HttpResponse, language: str) -> HttpResponse:
    """Keep a language on the device that gets this response."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


def of(person: Person | None) -> AbstractContextManager[None]:
    """Write to somebody in their language: ``with languages.of(person): …``. Queries: 0."""
    chosen = person.language if person is not None else ""
    return translation.override(chosen or settings.LANGUAGE_CODE)


def of_address(email: str) -> AbstractContextManager[None]:
    """Write to an address in the language of the person who has it, if any. Queries: 1."""
    return of_addresses([email])(email)


def of_addresses(emails: Iterable[str]) -> Callable[[str], AbstractContextManager[None]]:
    """Return what writes to each of several addresses as ``of_address`` does. Queries: 1."""
    known = Person.objects.filter(email__in=[email.lower() for email in emails])
    people = {person.email: person for person in known.only("email", "language")}
    return lambda email: of(people.get(email.lower()))
