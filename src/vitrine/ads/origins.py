"""From where views and clicks are reported: digests that last a day, and tell of nobody.

Source: docs/adr/0118-invalid-traffic.md.
"""

import hashlib
import hmac
from datetime import date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

from vitrine.accounts import visitors
from vitrine.ads.models import Origin, Showing
from vitrine.sovereignty.cell import local_day

KEPT = timedelta(days=1)
TURNS_AT = timedelta(hours=4)
"""When the key changes, after the cell's midnight: a crowd that goes on meanwhile is taken for two,
and so early in the morning is the least."""
HOUSEHOLD = 64
"""Of an IPv6 address, the bits that a household or a phone keeps: it chooses the others itself."""


class From(NamedTuple):
    """From where a report came. Empty: nothing is known."""

    device: bytes = b""
    network: bytes = b""


NOWHERE = From()


def of(request: HttpRequest, *, at: datetime) -> From:
    """Return from where a request comes. Queries: 0.

    A visitor's cookie comes first: it outlives signing in, so that it tells of accounts that share
    a browser.
    """
    cookies, day = request.COOKIES, local_day(at - TURNS_AT)
    cookie = cookies.get(visitors.COOKIE) or cookies.get(settings.SESSION_COOKIE_NAME) or ""
    return From(_digest(cookie, day), _digest(_network(request.META.get("REMOTE_ADDR", "")), day))


def forget(*, at: datetime) -> None:
    """Delete what is older than a day. Queries: 1."""
    Origin.objects.filter(at__lt=at - KEPT).delete()


def forget_viewer(key: str) -> None:
    """Forget where a viewer's showings were reported from. Queries: 1."""
    Origin.objects.filter(showing__in=Showing.objects.filter(viewer=key).values("showing")).delete()


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        return str(ip_network((found, HOUSEHOLD), strict=False))
    return str(found)


def _digest(said: str, day: date) -> bytes:
    if not said:
        return b""
    return hashlib.blake2b(
        said.encode(), digest_size=8, key=_key(settings.SECRET_KEY, day)
    ).digest()


@lru_cache(maxsize=4)
def _key(secret: str, day: date) -> bytes:
    return hmac.digest(secret.encode(), f"vitrine.ads.origins:{day}".encode(), "sha256")
