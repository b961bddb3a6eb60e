"""What may be a little old: kept in this process for a while, and then asked for again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Lasting(Generic[K, V]):
    """Answers that are kept for so long; the oldest go where there are too many.

    Two threads that ask at once both make the answer: they agree, and neither waits.
    """

    def __init__(self, *, lasts: timedelta, most: int) -> None:
        self._lasts, self._most = lasts, most
        self._kept: dict[K, tuple[datetime, V]] = {}

    def get(self, key: K, make: Callable[[], V], *, at: datetime) -> V:
        """Return the kept answer, or make it."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] <= at < kept[0] + self._lasts:
            return kept[1]
        made = make()
        self._kept.pop(key, None)
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = (at, made)
        return made

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
