"""Where tables and news lie: folders of arrays that processes map, and one name that is exchanged.

Nothing that has its name is ever changed. A folder and a file of news are written under other names
and renamed; then the one small file that names both is. Whoever is killed in between leaves what
was there, and something that nobody names. What is mapped stays until it is let go, though its name
is gone. Source: docs/adr/0091-the-feed-that-learns.md.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from django.conf import settings

from vitrine.feed.learning.tables import News, Tables
from vitrine.recommend.arrays import Counts
from vitrine.sovereignty import datamap

FOLDER = datamap.file_root(
    "learnt",
    "BUSINESS",
    purpose="Which clips are watched near which, and how they are received: no line names a viewer",
    retention="until built anew from the log, each hour in which something was watched",
    place="disk",
)
CURRENT, MANIFEST, LOCK = "current.json", "manifest.json", ".lock"
DAMAGED, FAILED, BEGAN = "damaged", "failed", "began"
MAKING = ".making-"
FORM = 4
"""Raised with what the arrays mean: tables of another form are built anew."""
KEPT = 2
"""So many files of news are kept: a process may have read a name and not yet the file."""


class Damaged(Exception):
    """A file is not what its manifest says, or is not there."""


class Current(msgspec.Struct, frozen=True):
    """The names of what is served. base "": no tables yet. news "": nothing since then."""

    base: str = ""
    news: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What a folder is, and how far into the log its tables go."""

    form: int
    position: int
    late: list[int]
    files: dict[str, tuple[int, str]]


def root() -> Path:
    """Return the folder, which is there from now on."""
    path: Path = settings.VITRINE_DATA / FOLDER
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def current() -> Current:
    """Return what is served now. Raises: Damaged."""
    try:
        return msgspec.json.decode((root() / CURRENT).read_bytes(), type=Current)
    except FileNotFoundError:
        return Current()
    except msgspec.DecodeError as why:
        raise Damaged(CURRENT) from why


@contextmanager
def alone() -> Iterator[None]:
    """Let nobody else write meanwhile. The lock goes with its process, however it ends."""
    lock = os.open(root() / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_tables(tables: Tables, *, position: int, late: Counts) -> str:
    """Put tables in place of those that are served, without news; return their name.

    The name is the digest of what they are, so the same log gives the same name.
    """
    with alone():
        making = Path(tempfile.mkdtemp(prefix=MAKING, dir=root()))
        files = {
            name: _written(making / f"{name}.npy", getattr(tables, name)) for name in Tables.names()
        }
        content = msgspec.json.encode(Manifest(FORM, position, late.tolist(), files))
        _write(making / MANIFEST, content)
        name = f"tables-{hashlib.sha256(content).hexdigest()[:24]}"
        _put(making, name)
        _serve(Current(name))
        (root() / DAMAGED).unlink(missing_ok=True)
        _sweep()
    return name


def _put(making: Path, name: str) -> None:
    """Give a folder its name; one that has it already is the same, unless it was damaged."""
    if (root() / name).exists():
        try:
            map_tables(name)
        except Damaged:
            os.replace(root() / name, making.with_suffix(".damaged"))
        else:
            os.utime(root() / name / MANIFEST)
            return
    os.replace(making, root() / name)


def write_news(news: News) -> None:
    """Put news in place of those that are served. The caller is alone."""
    fields: dict[str, Any] = {name: np.asarray(value) for name, value in vars(news).items()}
    file, making = tempfile.mkstemp(prefix=MAKING, dir=root())
    with os.fdopen(file, "wb") as opened:
        np.savez(opened, **fields)  # a zip: each array has its checksum
        opened.flush()
        os.fsync(opened.fileno())
    served = current()
    turn = int(served.news.rpartition("-")[2].removesuffix(".npz")) + 1 if served.news else 1
    name = f"news-{served.base[7:27]}-{turn:09d}.npz"  # 39: a page logs it (``Slate.version``)
    os.replace(making, root() / name)
    _serve(Current(served.base, name))
    for old in sorted(root().glob("news-*.npz"))[:-KEPT]:
        old.unlink(missing_ok=True)


def map_tables(name: str, *, checked: bool = True) -> Tables:
    """Map the tables of a folder; each array is looked through first. Raises: Damaged."""
    folder, manifest = root() / name, read_manifest(name)
    if manifest.files.keys() != set(Tables.names()):
        raise Damaged(name)
    try:
        if checked:
            for file, said in manifest.files.items():
                if _digest(folder / f"{file}.npy") != tuple(said):
                    raise Damaged(f"{name}/{file}")
        return Tables(**{file: _mapped(folder / f"{file}.npy") for file in Tables.names()})
    except (OSError, ValueError) as why:
        raise Damaged(name) from why


def read_manifest(name: str) -> Manifest:
    """Return what a folder is. Raises: Damaged."""
    try:
        found = msgspec.json.decode((root() / name / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as why:
        raise Damaged(name) from why
    if found.form != FORM:
        raise Damaged(f"{name} is of form {found.form}")
    return found


def made_s(name: str) -> float:
    """Return when tables were written, in seconds since 1970."""
    return (root() / name / MANIFEST).stat().st_mtime


def read_news(name: str) -> News:
    """Read a file of news. Raises: Damaged."""
    try:
        with (root() / name).open("rb") as opened, np.load(opened) as found:
            arrays: dict[str, Any] = {key: found[key] for key in News.__annotations__}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as why:
        raise Damaged(name) from why
    arrays |= {key: int(arrays[key]) for key in ("position", "epoch_s", "out_s")}
    return News(**arrays)


def since_s(now_s: float) -> float:
    """Return how long ago what is served was exchanged, in seconds; for ever if it never was."""
    try:
        return max(now_s - (root() / CURRENT).stat().st_mtime, 0.0)
    except FileNotFoundError:
        return float("inf")


def tell_damage() -> None:
    """Have the learner build anew: what is served is damaged."""
    (root() / DAMAGED).touch()


def is_damaged() -> bool:
    """Tell whether somebody met damage since tables were built."""
    return (root() / DAMAGED).exists()


def tell_failure() -> None:
    """Note that a building failed just now. The next one that does not fail takes it away."""
    (root() / FAILED).touch()


def failed_s() -> float | None:
    """Return when a building failed, in seconds since 1970; None where the last one did not."""
    return _told_s(FAILED)


def tell_beginning() -> None:
    """Note that a building begins now."""
    (root() / BEGAN).touch()


def began_s() -> float | None:
    """Return when the last building began, in seconds since 1970; None where none is known."""
    return _told_s(BEGAN)


def _told_s(name: str) -> float | None:
    try:
        return (root() / name).stat().st_mtime
    except FileNotFoundError:
        return None


def _serve(what: Current) -> None:
    making = root() / f"{MAKING}{CURRENT}"
    _write(making, msgspec.json.encode(what))
    os.replace(making, root() / CURRENT)
    folder = os.open(root(), os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sweep() -> None:
    """Delete what nobody names: older tables and news, and what a killed learner left.

    The caller is alone, so that nobody is making anything.
    """
    served = current()
    for path in root().glob("*"):
        if path.name in (served.base, served.news, CURRENT, LOCK, DAMAGED, BEGAN):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _written(path: Path, array: Any) -> tuple[int, str]:
    with path.open("wb") as opened:
        np.save(opened, np.ascontiguousarray(array))
        opened.flush()
        os.fsync(opened.fileno())
    return _digest(path)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    return path.stat().st_size, found


def _mapped(path: Path) -> Any:
    """Map an array; one of nothing cannot be, and is read. A plain one: see below."""
    found = np.load(path, mmap_mode="r" if path.stat().st_size > _HEADER else None)
    return found.view(np.ndarray)  # numpy's own subclass for maps is slow to slice


_HEADER = 128
"""Bytes before the numbers of an array in its file."""
