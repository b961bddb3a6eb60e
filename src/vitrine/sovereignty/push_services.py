"""The push services of browser makers that an operator lets data go to. No Django."""

import base64
from typing import NamedTuple


class PushService(NamedTuple):
    """A browser maker's push service. host: "*.example.org" for all below."""

    host: str
    operator: str
    country: str

    def has(self, host: str) -> bool:
        """Tell whether a host is the service's."""
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return host == self.host


def read(text: str) -> list[PushService]:
    """Read ``host=operator, country; …``. Raises: ValueError, saying what is wanted."""
    services = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        host, is_named, rest = entry.partition("=")
        operator, has_country, country = rest.rpartition(",")
        if not (is_named and has_country and host.strip() and operator.strip()):
            raise ValueError(
                "list host=operator, country; …, such as "
                "updates.push.services.mozilla.com=Mozilla, US"
            )
        services.append(PushService(host.strip().lower(), operator.strip(), country.strip()))
    return services


def read_key(text: str) -> str:
    """Return a P-256 private key as it is written, or "". Raises: ValueError."""
    try:
        size = len(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        size = -1
    if size not in {0, 32}:
        raise ValueError("be a key that `vitrine pushkey` printed")
    return text
