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
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.conf import settings

from vitrine.feed.plausible import Reason
from vitrine.feed.sources import IN_ORDER, Source

EXPIRES_AFTER = timedelta(hours=12)
AHEAD = timedelta(seconds=5)
"""How far the clocks of two web machines may differ."""

_VERSION = 2
_BEFORE = b"\1"
"""The first byte of tokens of an earlier release, sealed by HMAC: pages may have them still."""
_MARK, _SEAL, _ID = 6, 15, 16
_SEALED = 2 + _ID + _MARK
_FROM_URL = bytes.maketrans(b"-_", b"+/")


class Impression(NamedTuple):
    """One showing of a clip to a viewer.

    id: the bytes of a UUID, time-ordered. One page's ids differ in the last byte: so the fifteen
    before it name the slate, and the last is the place on it. served_ms: since 1970.
    """

    id: bytes
    source: Source
    served_ms: int


class NotBelieved(Exception):
    """A token that proves nothing."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def tokens(clips: Sequence[str], *, to: str, source: Source, at: datetime) -> Iterator[str]:
    """Yield a token for each clip of a page, by public id. to: the viewer's key. Queries: 0."""
    begun = _begun(_key())
    slate = (
        bytes((_VERSION, IN_ORDER.index(source)))
        + int(at.timestamp() * 1000).to_bytes(6)
        + secrets.token_bytes(9)
    )
    marked = mark(to)
    for place, clip in enumerate(clips):
        packed = slate + bytes((place,)) + marked
        sealing = begun.copy()
        sealing.update(packed + clip.encode())
        yield base64.urlsafe_b64encode(packed + sealing.digest()).decode()


class Reader:
    """Opens the tokens that come back from one viewer at one moment. Queries: 0."""

    def __init__(self, viewer: str, *, at: datetime) -> None:
        self.mark = mark(viewer)
        self._key = _key()
        self._begun = _begun(self._key)
        at_ms = at.timestamp() * 1000
        self._earliest_ms = at_ms - EXPIRES_AFTER.total_seconds() * 1000
        self._latest_ms = at_ms + AHEAD.total_seconds() * 1000

    def read(self, token: str, *, clip: str) -> Impression:
        """Open a token that came back for a clip. Raises: NotBelieved."""
        try:
            raw = binascii.a2b_base64(token.encode("ascii").translate(_FROM_URL))
        except ValueError:
            raise NotBelieved(Reason.FORGED) from None
        packed = raw[:_SEALED]
        if packed[:1] == _BEFORE:
            seal = hmac.digest(self._key, packed + clip.encode(), "sha256")[:_SEAL]
        else:
            sealing = self._begun.copy()
            sealing.update(packed + clip.encode())
            seal = sealing.digest()
        if not hmac.compare_digest(raw[_SEALED:], seal):
            raise NotBelieved(Reason.FORGED)
        if packed[2 + _ID :] != self.mark:
            raise NotBelieved(Reason.NOT_YOURS)
        served_ms = int.from_bytes(packed[2:8])
        if served_ms > self._latest_ms:
            raise NotBelieved(Reason.FUTURE)
        if served_ms < self._earliest_ms:
            raise NotBelieved(Reason.EXPIRED)
        return Impression(packed[2 : 2 + _ID], IN_ORDER[packed[1]], served_ms)


def _begun(key: bytes) -> "hashlib.blake2b":
    """Return a seal that is begun with the key: a copy of it is a fifth as dear as an HMAC."""
    return hashlib.blake2b(digest_size=_SEAL, key=key)


def mark(viewer: str) -> bytes:
    """Return what tells viewers apart in a token without naming them."""
    return hashlib.blake2b(viewer.encode(), digest_size=_MARK, key=_key()).digest()


def _key() -> bytes:
    return _derived(settings.SECRET_KEY)


@cache
def _derived(secret: str) -> bytes:
    """Derive the key of playback tokens from the cell's secret, which signs other things too."""
    return hmac.digest(secret.encode(), b"vitrine.feed.impressions", "sha256")
