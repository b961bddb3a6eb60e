"""Feeds and pictures that were uploaded, kept until their import has ended."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vitrine.catalog.models import ImportReport
from vitrine.kernel import storage
from vitrine.sovereignty import datamap
from vitrine.videos import scratch

ROOT = datamap.file_root(
    "imports",
    "BUSINESS",
    purpose="Feeds and pictures on their way into a catalogue",
    retention="until the import has ended",
)


def keep(
    report: ImportReport, feed: Iterable[bytes], *, pictures: Iterable[bytes] | None = None
) -> None:
    """Write what was uploaded to the store, in pieces."""
    storage.put(_feed_key(report), iter(feed))
    if pictures is not None:
        storage.put(_pictures_key(report), iter(pictures))


@contextmanager
def fetched(report: ImportReport) -> Iterator[tuple[Path, Path | None]]:
    """Give the feed and the zip of pictures as files in a folder that goes away afterwards."""
    with scratch.folder() as folder:
        feed = folder / "feed"
        storage.fetch_to(_feed_key(report), feed)
        pictures = folder / "pictures.zip"
        if not storage.exists(_pictures_key(report)):
            yield feed, None
            return
        storage.fetch_to(_pictures_key(report), pictures)
        yield feed, pictures


def forget(report: ImportReport) -> None:
    """Delete what was uploaded; safe to repeat."""
    storage.delete(_feed_key(report), _pictures_key(report))


def _feed_key(report: ImportReport) -> str:
    return f"{ROOT}/{report.public_id}/feed"


def _pictures_key(report: ImportReport) -> str:
    return f"{ROOT}/{report.public_id}/pictures.zip"
