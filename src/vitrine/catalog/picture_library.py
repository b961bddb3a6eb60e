"""Pictures that came with a feed, found by their addresses: a folder, or a zip that was uploaded.

The feed's addresses are never fetched. ``https://cdn.example.com/shoes/images/7.jpg`` is looked for
as ``shoes/images/7.jpg``, then ``images/7.jpg``, then ``7.jpg``.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol

from django.utils.translation import gettext

from vitrine.catalog import pictures
from vitrine.kernel.errors import Refusal

MAX_FILES = 200_000


class NotALibrary(Refusal):
    """What was given for pictures holds none that can be read."""

    code = "not_a_picture_library"
    message = "The pictures must be a folder or a zip file."
    status = 422


class Library(Protocol):
    """Pictures by path."""

    def find(self, path: str) -> bytes | None:
        """Return the file that a picture's address means, or None."""


class NoLibrary:
    """A feed that came without pictures."""

    def find(self, path: str) -> bytes | None:
        """Find nothing."""
        return None


class FolderLibrary:
    """Pictures below a folder. Links that lead out of it are not followed."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def find(self, path: str) -> bytes | None:
        """Return the file that a picture's address means, or None."""
        for candidate in _candidates(path):
            file = (self._root / candidate).resolve()
            if file.is_relative_to(self._root) and file.is_file():
                with file.open("rb") as opened:
                    return opened.read(pictures.MAX_BYTES + 1)
        return None


class ZipLibrary:
    """Pictures in a zip file; nothing is unpacked to disk, and no entry beyond its limit."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {info.filename.lstrip("./"): info for info in archive.infolist()}

    def find(self, path: str) -> bytes | None:
        """Return the file that a picture's address means, or None."""
        for candidate in _candidates(path):
            info = self._names.get(candidate)
            if info is not None and not info.is_dir() and not info.flag_bits & 1:
                try:
                    with self._archive.open(info) as opened:
                        return opened.read(pictures.MAX_BYTES + 1)
                except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError):
                    return None
        return None


@contextmanager
def open_library(source: Path | None) -> Iterator[Library]:
    """Open a folder or a zip of pictures; None is an empty one. Raises: NotALibrary."""
    if source is None:
        yield NoLibrary()
    elif source.is_dir():
        yield FolderLibrary(source)
    else:
        with _opened_zip(source) as archive:
            yield ZipLibrary(archive)


def _opened_zip(source: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise NotALibrary from None
    if len(archive.infolist()) > MAX_FILES:
        archive.close()
        said = gettext("The zip file holds more than {most} files.")
        raise NotALibrary(said.format(most=f"{MAX_FILES:,}"))
    return archive


def _candidates(path: str) -> Iterator[str]:
    """Yield the path and its tails, longest first, if it goes down only."""
    parts = [part for part in PurePosixPath(path).parts if part != "/"]
    if not parts or ".." in parts or any("\x00" in part or "\\" in part for part in parts):
        return
    for start in range(len(parts)):
        yield "/".join(parts[start:])
