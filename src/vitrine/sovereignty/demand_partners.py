"""The demand partners that an operator lets data go to: they bid for ads. No Django."""

from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

WANTED = (
    "list account=https://host/path, operator, country; …, such as "
    "nz_01JBXQ6E3M8V5T2W9YAKCDFGH0=https://bid.example/openrtb, Example Ads, NZ"
)


class DemandPartner(NamedTuple):
    """Who is asked for bids, and where. account: the public id of its advertiser here."""

    account: str
    endpoint: str
    operator: str
    country: str

    def has(self, url: str) -> bool:
        """Tell whether an address is at its endpoint's scheme, host and port."""
        try:
            return _place(urlsplit(url)) == _place(urlsplit(self.endpoint))
        except ValueError:
            return False


def read(text: str) -> list[DemandPartner]:
    """Read ``account=https://host/path, operator, country; …``.

    Raises: ValueError, saying what is wanted.
    """
    partners = []
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        account, is_named, rest = entry.partition("=")
        endpoint, has_operator, named = rest.partition(",")
        operator, has_country, country = named.rpartition(",")
        said = [one.strip() for one in (account, endpoint, operator, country)]
        if not (is_named and has_operator and has_country and all(said)):
            raise ValueError(WANTED)
        if not _may_be_asked(said[1]):
            raise ValueError(f"name an address of https:// for {said[0]}, not {said[1]}")
        partners.append(DemandPartner(*said))
    if len({one.account for one in partners}) < len(partners):
        raise ValueError("name each account once")
    return partners


def _may_be_asked(endpoint: str) -> bool:
    """Tell whether it is over TLS; a partner on the cell's own machine needs none."""
    try:
        scheme, host, _ = _place(urlsplit(endpoint))
    except ValueError:
        return False
    is_plain = endpoint.isascii() and endpoint.isprintable() and not set(endpoint) & set(" #")
    return is_plain and bool(host) and scheme == ("http" if host == "127.0.0.1" else "https")


def _place(parts: SplitResult) -> tuple[str, str, int]:
    """Return scheme, host and port. Raises: ValueError, if it says who calls, or no port."""
    if parts.username is not None:
        raise ValueError("an address of a partner has no user")
    usual = 443 if parts.scheme == "https" else 80
    return parts.scheme, (parts.hostname or "").lower(), parts.port or usual
