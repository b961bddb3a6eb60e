"""The address of the shop's list: what was asked for, and every list that is one choice away."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus


class Asked:
    """What an address asks for. A page has 60 links that each change one thing of it."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = dict(said)
        self._pairs = {
            key: _pair(key, value) for key, value in self.said.items() if value and key != "after"
        }

    @property
    def pairs(self) -> tuple[str, ...]:
        """What is asked for but for the page of the list, as it stands in the address."""
        return tuple(self._pairs.values())

    def url(self, **changed: str) -> str:
        """Return the address of this list with something else, from its top."""
        pairs = self._pairs | {key: _pair(key, value) for key, value in changed.items()}
        query = "&".join(pair for pair in pairs.values() if pair)
        return f"/shop?{query}" if query else "/shop"


@lru_cache(maxsize=4_096)
def _pair(key: str, value: str) -> str:
    return f"{quote_plus(key)}={quote_plus(value)}" if value else ""
