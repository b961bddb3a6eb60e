"""Static files as browsers get them: one stylesheet for all, scripts under one name each."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from django.http import HttpRequest
from whitenoise.storage import CompressedManifestStaticFilesStorage

SOURCES = Path(__file__).resolve().parents[1] / "static" / "css"
PIECES = ("tokens", "base", "buttons", "forms", "tables", "cards", "signs", "sheet", "nav")
IN_FEED = ("tokens", "base", "buttons", "signs", "nav", "feed")
"""What a feed looks like with its sheets closed."""
STYLESHEET = "css/vitrine.css"
FILES = {
    STYLESHEET: PIECES,
    "css/sheets.css": tuple(piece for piece in PIECES if piece not in IN_FEED),
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BLANK = re.compile(r"\s*\n\s*")


def looks(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Give templates the styles that may stand in a page. Queries: 0."""
    return {"styles_of_feed": styles_of_feed}


@cache
def styles_of_feed() -> str:
    """Return the styles that a feed begins with, to stand in its page."""
    return _joined(IN_FEED)


def _joined(pieces: Iterable[str]) -> str:
    """Return pieces as one, without what only their readers need: a quarter of the bytes."""
    whole = "".join((SOURCES / f"{piece}.css").read_text() for piece in pieces)
    return BLANK.sub("\n", COMMENT.sub("", whole))


class Stylesheet(BaseFinder):
    """Put the pieces that every page needs into one file, and those of sheets into another.

    Nine requests on a slow line cost a third of a second before anything is seen.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VITRINE_DATA / "stylesheet")

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the finder's settings: it has none."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where a stylesheet lies, written anew; Django asks so while developing."""
        if path not in FILES:
            return []
        return [self._write(path)] if find_all else self._write(path)

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the stylesheets, written anew."""
        for path in FILES:
            self._write(path)
            yield path, self.storage

    def _write(self, path: str) -> str:
        target = Path(self.storage.path(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_joined(FILES[path]))
        return str(target)


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Name files for their content, in ``import`` statements too.

    Else a module would be loaded twice: under its hashed name by the page, and plain by another.
    """

    support_js_module_import_aggregation = True
    # Our own modules alone: libraries import by names that no file here has.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
