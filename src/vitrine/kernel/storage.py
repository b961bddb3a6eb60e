"""The object store: originals, renditions, posters, pictures, uploads in flight.

One narrow door over ``obstore``, so that ``file:``, ``s3:``, ``az:`` and ``gs:`` behave alike.
A key is a path of our own making, never a name that somebody typed.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import urlsplit

import obstore
from django.conf import settings
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, ObjectStore, S3Store, from_url

from vitrine.kernel import disk
from vitrine.kernel.errors import Refusal

CHUNK_BYTES = 1 << 20
SMALL_BYTES = 5 << 20
PIECES_AT_ONCE = 2


class Missing(FileNotFoundError):
    """There is no object under that key."""


class Full(Refusal):
    """There is no room on the cell's disk. What was stored before is safe."""

    code = "store_full"
    message = (
        "There is no room on our disk right now. What you have sent so far is safe; "
        "it goes on by itself as soon as there is room again."
    )
    status: ClassVar[int] = 507


class NoSigning(RuntimeError):
    """This store cannot sign URLs: a ``file:`` store can't, nor one without credentials."""


@dataclass(frozen=True)
class Stat:
    """What the store knows about an object. size: bytes. etag: opaque, as the store gives it."""

    size: int
    etag: str


@lru_cache(maxsize=4)
def _open(url: str) -> ObjectStore:
    if url.startswith("file://"):
        root = Path(url.removeprefix("file://"))
        return LocalStore(root, mkdir=True)
    return from_url(url)


def store() -> ObjectStore:
    """Return this cell's store (``VITRINE_STORE_URL``), opened once a process."""
    return _open(settings.VITRINE_STORE_URL)


def put(
    key: str,
    content: bytes | Path | Iterator[bytes],
    *,
    content_type: str | None = None,
    download_as: str | None = None,
) -> None:
    """Write an object whole; readers see the old one or the new one, never a part.

    On return it survives a power cut: R1 holds for bytes as for rows.
    content_type, download_as: what the store itself answers with behind a signed URL.
    download_as: a file name of our own making.
    Raises: Full, and what an iterator raises.
    """
    opened = store()
    with _told_when_full():
        if isinstance(opened, LocalStore):
            disk.write(_path(opened, key), _chunks(content))
        else:
            attributes = _attributes(content_type, download_as)
            obstore.put(
                opened,
                key,
                _whole_if_small(content),
                attributes=attributes,
                max_concurrency=PIECES_AT_ONCE,
            )


def adopt(key: str, file: Path, *, download_as: str | None = None) -> None:
    """Put a file that nobody writes to any more; on one disk with the store it is not copied.

    Raises: Full.
    """
    opened = store()
    if isinstance(opened, LocalStore):
        with _told_when_full():
            disk.adopt(_path(opened, key), file)
    else:
        put(key, file, download_as=download_as)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except (OSError, BaseError) as trouble:
        if is_full(trouble):
            raise Full from trouble
        raise


def _whole_if_small(content: bytes | Path | Iterator[bytes]) -> bytes | Path | Iterator[bytes]:
    """Gather what comes in few pieces: it is sent by one request, and not by four."""
    if isinstance(content, bytes | Path):
        return content
    begun = bytearray()
    for chunk in content:
        begun += chunk
        if len(begun) > SMALL_BYTES:
            return chain([bytes(begun)], content)
    return bytes(begun)


def _chunks(content: bytes | Path | Iterator[bytes]) -> Iterator[bytes]:
    if isinstance(content, Path):
        return disk.read(content)
    return iter([content]) if isinstance(content, bytes) else content


def is_full(trouble: Exception) -> bool:
    """Tell whether an error means that a disk has no room. The store names it in words only."""
    if isinstance(trouble, Full):
        return True
    if isinstance(trouble, OSError):
        return trouble.errno in (errno.ENOSPC, errno.EDQUOT)
    return "StorageFull" in str(trouble) or "QuotaExceeded" in str(trouble)


def _attributes(content_type: str | None, download_as: str | None) -> dict[str, str]:
    attributes = {"Content-Type": content_type} if content_type else {}
    if download_as:
        attributes["Content-Disposition"] = attachment(download_as)
    return attributes


def attachment(name: str) -> str:
    """Return the Content-Disposition that makes a browser save a file under a safe name."""
    return f'attachment; filename="{name}"'


def _path(opened: LocalStore, key: str) -> Path:
    return Path(str(opened.prefix)) / key


def get(key: str) -> bytes:
    """Return an object's bytes. Only for small ones. Raises: Missing."""
    try:
        return bytes(obstore.get(store(), key).bytes())
    except FileNotFoundError:
        raise Missing(key) from None


def read_range(key: str, *, start: int, end: int) -> bytes:
    """Return bytes ``start`` (inclusive) to ``end`` (exclusive). Raises: Missing."""
    try:
        return bytes(obstore.get_range(store(), key, start=start, end=end))
    except FileNotFoundError:
        raise Missing(key) from None


def stream(key: str) -> Iterator[bytes]:
    """Yield an object's bytes in chunks, in constant memory. Raises: Missing."""
    opened = store()
    try:
        if isinstance(opened, LocalStore):
            # Four times as fast as through the store, which hops threads.
            yield from disk.read(_path(opened, key))
            return
        found = obstore.get(opened, key)
    except FileNotFoundError:
        raise Missing(key) from None
    for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(chunk)


def fetch_to(key: str, path: Path) -> None:
    """Copy an object into a local file, in constant memory. Raises: Missing."""
    with path.open("wb") as file:
        for chunk in stream(key):
            file.write(chunk)


def stat(key: str) -> Stat:
    """Return an object's size and etag. Raises: Missing."""
    try:
        meta = obstore.head(store(), key)
    except FileNotFoundError:
        raise Missing(key) from None
    return Stat(size=meta["size"], etag=str(meta["e_tag"] or ""))


def exists(key: str) -> bool:
    """Tell whether there is an object under that key."""
    try:
        stat(key)
    except Missing:
        return False
    return True


def delete(*keys: str) -> None:
    """Remove objects; one that is gone already is no error, so this is safe to repeat."""
    for key in keys:
        try:
            obstore.delete(store(), key)
        except FileNotFoundError:
            continue


def copy(source: str, target: str) -> None:
    """Give an object that never changes a second key; on one disk no byte is copied.

    Raises: Missing, Full.
    """
    opened = store()
    try:
        with _told_when_full():
            if isinstance(opened, LocalStore):
                disk.adopt(_path(opened, target), _path(opened, source))
            else:
                obstore.copy(opened, source, target)
    except FileNotFoundError:
        raise Missing(source) from None


def list_keys(prefix: str) -> Iterator[str]:
    """Yield the keys below a prefix, in no order."""
    for page in obstore.list(store(), prefix=prefix):
        for meta in page:
            yield meta["path"]


def roots() -> set[str]:
    """Return the first parts of all keys: what the data map must declare."""
    listed = obstore.list_with_delimiter(store())
    return {*listed["common_prefixes"], *(meta["path"] for meta in listed["objects"])}


def signed_url(key: str, *, lifetime: timedelta, method: Literal["GET", "HEAD"] = "GET") -> str:
    """Return a URL that reads one object for a while. Raises: NoSigning.

    method: a store refuses a HEAD of what was signed for GET, and the other way round.
    """
    return _sign(store(), key, lifetime, method)


def signing_origin(url: str) -> str:
    """Return the scheme and host of the signed URLs of a store. Raises: NoSigning.

    Asked of the store itself, which knows about endpoints and regions; nothing is sent.
    """
    parts = urlsplit(_sign(_open(url), "origin", timedelta(minutes=1), "GET"))
    return f"{parts.scheme}://{parts.netloc}"


def _sign(
    opened: ObjectStore, key: str, lifetime: timedelta, method: Literal["GET", "HEAD"]
) -> str:
    if not isinstance(opened, S3Store | AzureStore | GCSStore):
        raise NoSigning("a file: store cannot sign URLs; use serve or accel.")
    try:
        return obstore.sign(opened, method, key, lifetime)
    except BaseError as why:
        said = str(why).partition("\n")[0]
        raise NoSigning(f"the store cannot sign URLs: {said}") from why
