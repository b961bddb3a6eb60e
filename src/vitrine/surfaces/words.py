"""What scripts say, in the language of the page."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, override

SCRIPTS = files("vitrine") / "static" / "js"
SAID = re.compile(r"""\bsay\(\s*"((?:[^"\\]|\\.)*)\"""")
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def in_script(source: str) -> Iterator[str]:
    """Yield what a script says through ``say("…")``."""
    for match in SAID.finditer(source):
        yield match[1]


@cache
def of_scripts(language: str) -> SafeString:
    """Return the translations of all that scripts say, as JSON for a page; "" in English."""
    if language == settings.LANGUAGE_CODE:
        return SafeString()
    with override(language):
        said = {text: gettext(text) for text in sorted(_said())}
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(ESCAPED))  # noqa: S308


@cache
def _said() -> frozenset[str]:
    scripts = (path.read_text() for path in SCRIPTS.iterdir() if path.name.endswith(".js"))
    return frozenset(text for script in scripts for text in in_script(script))
