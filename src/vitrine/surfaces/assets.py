"""Static files as browsers get them: one stylesheet for all, scripts under one name each."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

SOURCES = Path(__file__).resolve().parents[1] / "static" / "css"
PIECES = ("tokens", "base", "buttons", "forms", "tables", "cards", "signs", "sheet", "nav")
STYLESHEET = "css/vitrine.css"


class Stylesheet(BaseFinder):
    """Put the pieces that every page needs into one file.

    Nine requests on a slow line cost a third of a second before anything is seen.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=settings.VITRINE_DATA / "stylesheet")

    def check(self, **kwargs: Any) -> list[Any]:
        """Return what is wrong with the finder's settings: it has none."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return where the stylesheet lies, written anew; Django asks so while developing."""
        if path != STYLESHEET:
            return []
        return [self._write()] if find_all else self._write()

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the stylesheet, written anew."""
        self._write()
        yield STYLESHEET, self.storage

    def _write(self) -> str:
        target = Path(self.storage.path(STYLESHEET))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join((SOURCES / f"{piece}.css").read_text() for piece in PIECES))
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
