"""Private working folders that no crash leaves behind.

A folder is locked by the process that uses it. The lock dies with the process, however it dies,
so that ``sweep`` can tell an abandoned folder from one in use without asking for process ids.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

LOCK = ".lock"


def root() -> Path:
    """Return the folder of working folders, on the cell's own disk."""
    path: Path = settings.VITRINE_DATA / "scratch"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@contextmanager
def folder() -> Iterator[Path]:
    """Give an empty private folder and remove it afterwards, whatever happens."""
    path = Path(tempfile.mkdtemp(dir=root()))
    lock = os.open(path / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        inner = path / "work"
        inner.mkdir(mode=0o700)
        yield inner
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def sweep() -> int:
    """Remove the folders of dead processes; return how many."""
    removed = 0
    for path in root().iterdir():
        with suppress(OSError):
            lock = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
                removed += 1
            finally:
                os.close(lock)
    return removed
