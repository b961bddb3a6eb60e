"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces import words


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
