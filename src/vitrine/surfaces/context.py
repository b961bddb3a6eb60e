"""What every template knows."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from vitrine.accounts.models import Notice, Person
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces import words

MOST_SHOWN = 99


def cell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the cell and the languages of its pages. Queries: 0."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "cell": this_cell(),
        "language": language,
        "languages": settings.LANGUAGES,
        "is_drafted": language in settings.DRAFTED_LANGUAGES,
        "script_words": words.of_scripts(language),
    }


def news(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Give the navigation how much the person was told and has not read. Queries: 0, 1 if shown."""

    def unread() -> str:
        person = getattr(request, "user", None)
        if not isinstance(person, Person):
            return ""
        waiting = Notice.objects.wanted_by(person).unread()[: MOST_SHOWN + 1].count()
        return f"{MOST_SHOWN}+" if waiting > MOST_SHOWN else str(waiting or "")

    return {"unread": unread}
