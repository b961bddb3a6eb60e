"""Playback tokens: which viewer was shown which clip, where and when, sealed by this cell.

A token is made as a clip is put on a page, without a query, and comes back with what was watched.
It names its impression and binds clip, viewer, source and time; nobody else can make one. What is
counted, learnt or (later) billed is keyed by the impression, so it happens once.
Source: docs/adr/0030-views.md.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from vitrine.feed.plausible import Reason
from vitrine.feed.sources import IN_ORDER, Source

EXPIRES_AFTER = timedelta(hours=12)
AHEAD = timedelta(seconds=5)
"""How far the clocks of two web machines may differ."""

_VERSION = 1
_MARK, _SEAL, _ID = 6, 15, 16
_LENGTH = 2 + _ID + _MARK + _SEAL


class Impression(NamedTuple):
    """One showing of a clip to a viewer. id: time-ordered; one page's ids differ in the last byte.

    So the fifteen bytes before it name the slate, and the last is the place on it.
    """

    id: UUID
    source: Source
    served_at: datetime


class NotBelieved(Exception):
    """A token that proves nothing."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def tokens(clips: Sequence[str], *, to: str, source: Source, at: datetime) -> Iterator[str]:
    """Yield a token for each clip of a page, by public id. to: the viewer's key. Queries: 0."""
    key = _key()
    slate = (
        bytes((_VERSION, IN_ORDER.index(source)))
        + int(at.timestamp() * 1000).to_bytes(6)
        + secrets.token_bytes(9)
    )
    mark = _mark(to)
    for place, clip in enumerate(clips):
        packed = slate + bytes((place,)) + mark
        yield base64.urlsafe_b64encode(packed + _seal(key, packed, clip)).decode()


def read(token: str, *, clip: str, viewer: str, at: datetime) -> Impression:
    """Open a token that came back for a clip from a viewer. Raises: NotBelieved. Queries: 0."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error):
        raise NotBelieved(Reason.FORGED) from None
    packed, seal = raw[:-_SEAL], raw[-_SEAL:]
    if len(raw) != _LENGTH or not hmac.compare_digest(seal, _seal(_key(), packed, clip)):
        raise NotBelieved(Reason.FORGED)
    if packed[-_MARK:] != _mark(viewer):
        raise NotBelieved(Reason.NOT_YOURS)
    served_at = datetime.fromtimestamp(int.from_bytes(packed[2:8]) / 1000, UTC)
    if served_at > at + AHEAD:
        raise NotBelieved(Reason.FUTURE)
    if at > served_at + EXPIRES_AFTER:
        raise NotBelieved(Reason.EXPIRED)
    return Impression(UUID(bytes=packed[2 : 2 + _ID]), IN_ORDER[packed[1]], served_at)


def _seal(key: bytes, packed: bytes, clip: str) -> bytes:
    return hmac.digest(key, packed + clip.encode(), "sha256")[:_SEAL]


def _mark(viewer: str) -> bytes:
    """Return what tells viewers apart in a token without naming them."""
    return hashlib.blake2b(viewer.encode(), digest_size=_MARK, key=_key()).digest()


def _key() -> bytes:
    return _derived(settings.SECRET_KEY)


@cache
def _derived(secret: str) -> bytes:
    """Derive the key of playback tokens from the cell's secret, which signs other things too."""
    return hmac.digest(secret.encode(), b"vitrine.feed.impressions", "sha256")
