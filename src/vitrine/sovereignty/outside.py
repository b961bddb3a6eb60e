"""Addresses that others give us to call: checked, so that none leads back inside.

A name may resolve to the cell's own network, or do so only when it is asked the second time.
So it is resolved once, every address that it has must be outside, and that address is called.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings

Address = IPv4Address | IPv6Address
TRANSLATED = ip_network("64:ff9b::/96")
"""IPv4 in IPv6 by a translator: it may stand for an address inside."""


class Inside(ValueError):
    """An address that must not be called. The message says why, for programmers."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a call goes: the address that was checked, and the name that it is called by."""

    host: str
    port: int
    address: str
    path: str
    is_secure: bool


def objection(url: str) -> str:
    """Say what is wrong with an address as it is written, or "". Nothing is resolved."""
    try:
        _read(url)
    except Inside as why:
        return str(why)
    return ""


def place(url: str) -> Place:
    """Return where an address leads. Raises: Inside; OSError, if nobody knows the name."""
    host, port, path, is_secure = _read(url)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    for each in addresses:
        if not _may_be_called(each):
            raise Inside(f"{host} leads to {each}, which is inside")
    if not is_secure and not all(map(_is_named, addresses)):
        raise Inside("an address outside is called over https only")
    return Place(host, port, str(addresses[0]), path, is_secure)


def _read(url: str) -> tuple[str, int, str, bool]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Inside("this is no address") from None
    if parts.scheme not in ("https", "http") or not host or not url.isascii() or " " in url:
        raise Inside("an address begins with https:// and a host")
    if parts.scheme == "http" and not settings.VITRINE_WEBHOOK_NETWORKS:
        raise Inside("an address begins with https://")
    if parts.username is not None or parts.fragment:
        raise Inside("an address has neither a user nor a fragment")
    is_secure = parts.scheme == "https"
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return host, port or (443 if is_secure else 80), path, is_secure


def _may_be_called(address: Address) -> bool:
    return _is_named(address) or _is_outside(address)


def _is_named(address: Address) -> bool:
    """Tell whether the operator named a network that it is in."""
    return any(address in network for network in settings.VITRINE_WEBHOOK_NETWORKS)


def _is_outside(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour or address.teredo
        if hidden or address in TRANSLATED:
            return False
    return address.is_global and not address.is_multicast
