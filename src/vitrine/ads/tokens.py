"""Ad tokens: which ad was shown to whom, from which lease, at what price, sealed by this cell.

A token is made as an ad is put on a page, and comes back as it is seen or followed. Nobody else can
make one, its viewer alone can use it, and each is billed once, since its charge is unique.
Source: docs/adr/0115-ad-tokens-and-billing.md.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from vitrine.ads.models import Billed, Placement

LIVES = timedelta(minutes=30)
AHEAD = timedelta(seconds=5)
"""How far the clocks of two web machines may differ."""
SEEN_AFTER = timedelta(seconds=2)
"""An ad is on screen for two seconds before it counts, so nothing comes back sooner."""
LENGTH = 76
_VERSION = 1
_SHOWING, _LEASE, _AD, _PRICE, _MARK, _SEAL = 16, 7, 6, 5, 6, 15
_SEALED = 2 + _SHOWING + _LEASE + _AD + _PRICE + _MARK
_KINDS = (
    (Billed.VIEW, Placement.FEED),
    (Billed.CLICK, Placement.FEED),
    (Billed.VIEW, Placement.SEARCH),
    (Billed.CLICK, Placement.SEARCH),
)
"""What one byte says. New ones come last: tokens of the release before are out for a while."""
_FROM_URL = bytes.maketrans(b"-_", b"+/")


class Reason(StrEnum):
    """Why a report of a view or click was refused."""

    FORGED = "forged"
    NOT_YOURS = "not yours"
    EXPIRED = "expired"
    TOO_EARLY = "too early"
    REPLAYED = "replayed"
    LEASE_OVER = "lease over"
    OWN = "own"
    TOO_OFTEN = "too often"


class NotBelieved(Exception):
    """A token that proves nothing. ad: the one that it is of; None where nobody can tell."""

    def __init__(self, reason: Reason, ad: int | None = None) -> None:
        self.reason = reason
        self.ad = ad
        super().__init__(reason)


class Token(NamedTuple):
    """One showing of an ad. showing: time-ordered. billed: what its price is for.

    placement: where it is shown.
    """

    showing: UUID
    lease: int
    ad: int
    price_micros: int
    billed: Billed
    placement: Placement = Placement.FEED


def shown_on(showing: str, zone: str = "%(zone)s") -> str:
    """Return SQL for the day on which something was shown. showing: the column of its name.

    That is time-ordered, and stays with charges and credits when the showing itself is forgotten.
    """
    return f"""(to_timestamp(
        ('x' || left(replace({showing}::text, '-', ''), 12))::bit(48)::bigint / 1000.0
    ) AT TIME ZONE {zone})::date"""


def made(
    *,
    lease: int,
    ad: int,
    price_micros: int,
    billed: Billed,
    to: str,
    at: datetime,
    placement: Placement = Placement.FEED,
) -> tuple[str, UUID]:
    """Make a token, and the name of its showing. to: the viewer's key. Queries: 0."""
    showing = _ms(at).to_bytes(6) + secrets.token_bytes(_SHOWING - 6)
    packed = (
        bytes((_VERSION, _KINDS.index((billed, placement))))
        + showing
        + lease.to_bytes(_LEASE)
        + ad.to_bytes(_AD)
        + price_micros.to_bytes(_PRICE)
        + mark(to)
    )
    return base64.urlsafe_b64encode(packed + _seal(packed)).decode(), UUID(bytes=showing)


def read(text: str, *, viewer: str, at: datetime) -> Token:
    """Open a token that came back from a viewer. Raises: NotBelieved. Queries: 0."""
    try:
        raw = binascii.a2b_base64(text.encode("ascii").translate(_FROM_URL), strict_mode=True)
    except ValueError:
        raise NotBelieved(Reason.FORGED) from None
    packed = raw[:_SEALED]
    if packed[:1] != bytes((_VERSION,)) or not hmac.compare_digest(raw[_SEALED:], _seal(packed)):
        raise NotBelieved(Reason.FORGED)
    numbers = packed[2 + _SHOWING : -_MARK]
    ad = int.from_bytes(numbers[_LEASE : _LEASE + _AD])
    if not hmac.compare_digest(packed[-_MARK:], mark(viewer)):
        raise NotBelieved(Reason.NOT_YOURS, ad)
    passed_ms = _ms(at) - int.from_bytes(packed[2:8])
    if passed_ms > LIVES.total_seconds() * 1000:
        raise NotBelieved(Reason.EXPIRED, ad)
    if passed_ms < SEEN_AFTER.total_seconds() * 1000:
        raise NotBelieved(Reason.TOO_EARLY, ad)
    return Token(
        UUID(bytes=packed[2 : 2 + _SHOWING]),
        int.from_bytes(numbers[:_LEASE]),
        ad,
        int.from_bytes(numbers[_LEASE + _AD :]),
        *_KINDS[packed[1]],
    )


def mark(viewer: str) -> bytes:
    """Return what tells viewers apart in a token without naming them."""
    return hashlib.blake2b(viewer.encode(), digest_size=_MARK, key=_key()).digest()


def _seal(packed: bytes) -> bytes:
    return hashlib.blake2b(packed, digest_size=_SEAL, key=_key()).digest()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _key() -> bytes:
    return _derived(settings.SECRET_KEY)


@cache
def _derived(secret: str) -> bytes:
    """Derive the key of ad tokens from the cell's secret, which signs other things too."""
    return hmac.digest(secret.encode(), b"vitrine.ads.tokens", "sha256")
