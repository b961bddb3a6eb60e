"""Files of this machine that survive a power cut, each whole or not there at all."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

CHUNK_BYTES = 1 << 20


def write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file beside its place, put it there, and sync both.

    It has its name before it is synced: that takes the disk one journal entry instead of two. What
    a power cut leaves half written under a name, no row knows, for this has not returned.
    Raises: OSError, and what chunks raises; nothing is left then.
    """
    with _beside(path) as coming, coming.open("xb", buffering=0) as file:
        written = begun = 0
        for chunk in chunks:
            rest = memoryview(chunk)
            while rest:
                rest = rest[file.write(rest) :]
            written += len(chunk)
            if written - begun >= CHUNK_BYTES:
                _begin_writing(file.fileno(), begun, written - begun)
                begun = written
        coming.replace(path)
        os.fsync(file.fileno())
    _sync(path.parent)


def adopt(path: Path, source: Path) -> None:
    """Give a file a second place, without a copy where both are on one disk.

    Nobody may write to the source afterwards: it is the same file under another name.
    """
    with _beside(path) as coming:
        try:
            os.link(source, coming)
        except OSError:  # another disk, or one that knows no links
            write(path, read(source))
            return
        coming.replace(path)
    _sync(path)
    _sync(path.parent)


def read(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in chunks. Raises: FileNotFoundError."""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _begin_writing(descriptor: int, start: int, size: int) -> None:
    """Let the disk begin while more bytes come: the sync at the end then waits half as long."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, start, size, os.POSIX_FADV_DONTNEED)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a name beside a path, free and taken back on failure.

    A killed process leaves what it wrote there. It is listed like any object, so whoever sweeps
    the folder of what no row knows takes it too.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    coming = path.with_name(f"{path.name}.{secrets.token_hex(4)}.coming")
    try:
        yield coming
    except BaseException:
        coming.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
