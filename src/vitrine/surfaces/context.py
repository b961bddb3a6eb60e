"""What every template knows."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from vitrine.accounts.backend import MOST_UNREAD
from vitrine.kernel import requests
from vitrine.sovereignty.cell import this_cell

SCRIPTS = files("vitrine") / "static" / "js"
SAID = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def cell(request: HttpRequest) -> dict[str, Any]:
    """Give templates the cell and the languages of its pages. Queries: 0."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "cell": this_cell(),
        "language": language,
        "languages": tuple(settings.LANGUAGES),
        "is_drafted": language in settings.DRAFTED_LANGUAGES,
        "script_words": words_of_scripts(language),
    }


def news(request: HttpRequest) -> dict[str, Any]:
    """Give a page its messages, and how much the person was told and has not read. Queries: 0.

    The number came with the person; whoever signs in with this very request has none yet.
    """

    def unread() -> str:
        waiting = len(getattr(getattr(request, "user", None), "unread", ()))
        return f"{MOST_UNREAD - 1}+" if waiting == MOST_UNREAD else str(waiting or "")

    return {"messages": requests.news_of(request), "unread": unread}


def in_script(source: str) -> Iterator[str]:
    """Yield what a script says through ``say("…")``."""
    for match in SAID.finditer(source):
        yield match[1]


@cache
def words_of_scripts(language: str) -> SafeString:
    """Return the translations of all that scripts say, as JSON for a page; "" in English."""
    if language == settings.LANGUAGE_CODE:
        return SafeString()
    with translation.override(language):
        said = {text: translation.gettext(text) for text in sorted(_said())}
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(ESCAPED))  # noqa: S308


@cache
def _said() -> frozenset[str]:
    scripts = (path.read_text() for path in SCRIPTS.iterdir() if path.name.endswith(".js"))
    return frozenset(text for script in scripts for text in in_script(script))
