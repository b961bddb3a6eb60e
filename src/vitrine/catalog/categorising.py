"""Where a product belongs in the cell's tree, by what its merchant calls its category."""

import re
from collections.abc import Mapping
from typing import Any

from vitrine.catalog.models import Category
from vitrine.kernel.text import folded

_PARTS = re.compile(r"\s*[>/|]\s*")


class Finder:
    """Finds places for many products, with one look at the tree."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self._found: dict[str, int | None] = {}

    @classmethod
    def load(cls, model: Any = Category) -> "Finder":
        """Read the tree; deeper places keep a word that two have. Queries: 1."""
        rows = sorted(model.objects.values_list("key", "pk", "words"), key=lambda row: row[0])
        rows.sort(key=lambda row: row[0].count("/"))
        return cls({word: pk for _, pk, words in rows for word in words})

    def find(self, said: str) -> int | None:
        """Return the key of the place, or None: the last of "A > B > C" that the tree knows."""
        if said not in self._found:
            if len(self._found) > 10_000:
                self._found.clear()
            parts = [folded(part) for part in _PARTS.split(said) if part]
            known = (self._places[part] for part in reversed(parts) if part in self._places)
            self._found[said] = next(known, None)
        return self._found[said]
