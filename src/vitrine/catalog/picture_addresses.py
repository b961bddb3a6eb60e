"""Which picture addresses may be thought of at all: public web addresses, nothing inside.

A feed is written by strangers. Its addresses are judged as text and never resolved or fetched
here, so that no name can lead to a machine of ours, now or after it has been looked up again.
"""

import ipaddress
import re
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_noop

from vitrine.catalog.feeds.saying import Said

MAX_ADDRESS = 1000
INSIDE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+\Z")
NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
"""What old resolvers read as a part of an IPv4 address: 2130706433, 0x7f.1, 0177.0.0.1."""


class AddressRefused(ValueError):
    """The address may not be used; the message says why."""

    def __init__(self, why: Said) -> None:
        self.why = why
        super().__init__(why)


def judge(url: str) -> str:
    """Return the path below which the picture's file can be looked for. Raises: AddressRefused."""
    if len(url) > MAX_ADDRESS:
        raise AddressRefused(
            Said(gettext_noop("The address is longer than {most} characters."), most=MAX_ADDRESS)
        )
    if re.search(r"[\x00-\x1f\x7f\\]", url):
        raise AddressRefused(
            Said(gettext_noop("The address holds a backslash or a control character."))
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(Said(gettext_noop("The address cannot be read."))) from None
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(
            Said(gettext_noop("The address does not begin with https:// or http://."))
        )
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(Said(gettext_noop("The address holds a user name or a password.")))
    if port not in (None, 80, 443):
        raise AddressRefused(
            Said(
                gettext_noop("The address names the port {port}; only the usual ones are used."),
                port=port,
            )
        )
    _judge_host((parts.hostname or "").rstrip("."))
    return unquote(parts.path)


def _judge_host(name: str) -> None:
    host = name.lower()
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    else:
        if not _is_public(address):
            raise AddressRefused(
                Said(gettext_noop("The address points inside, to {host}."), host=host[:60])
            )
        raise AddressRefused(
            Said(gettext_noop("The address names a machine by number; use its name."))
        )
    try:
        host = host.encode("idna").decode().lower()
    except UnicodeError:
        raise AddressRefused(Said(gettext_noop("The address names no machine."))) from None
    labels = host.split(".")
    if all(NUMBER.match(label) for label in labels) or NUMBER.match(labels[-1]):
        raise AddressRefused(
            Said(gettext_noop("The address points inside, to {host}."), host=host[:60])
        )
    if any(host == inside or host.endswith("." + inside) for inside in INSIDE_NAMES):
        raise AddressRefused(
            Said(gettext_noop("The address points inside, to {host}."), host=host[:60])
        )
    if not HOST.match(host):
        raise AddressRefused(Said(gettext_noop("The address names no machine on the public web.")))


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast
