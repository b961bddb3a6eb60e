"""Counts that are kept in the process for moments and written together.

For what may be lost with a killed process: a note of each would cost a write of each.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection

K = TypeVar("K", bound=Hashable)
EVERY_S = 2.0
MOST_HELD = 20_000
"""Beyond it what is new is not noted until the next batch is written."""
MOST_LEFT = 5_000

log = logging.getLogger(__name__)
REGISTER: "list[Batch[Any]]" = []


class Batch(Generic[K]):
    """Amounts by key.

    write: takes the amounts and the moment of writing; returns what is to stay for the next batch.
    """

    def __init__(self, write: Callable[[dict[K, int], datetime], dict[K, int]]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._amounts: dict[K, int] = {}
        REGISTER.append(self)

    def add(self, key: K, amount: int) -> None:
        """Add to a key's amount."""
        with self._lock:
            if key in self._amounts or len(self._amounts) < MOST_HELD:
                self._amounts[key] = self._amounts.get(key, 0) + amount

    def flush(self, *, at: datetime) -> None:
        """Write what was added since the last time."""
        with self._lock:
            amounts, self._amounts = self._amounts, {}
        if not amounts:
            return
        left = self._write(amounts, at)
        for key in list(left)[:MOST_LEFT]:
            self.add(key, left[key])

    def drop(self) -> None:
        """Forget what was added since the last time."""
        with self._lock:
            self._amounts.clear()


def keep_writing() -> None:
    """Start the one thread of a web process that writes its batches, until the process ends."""
    threading.Thread(target=_write_for_ever, name="batches", daemon=True).start()


def _write_for_ever() -> None:
    pause = threading.Event()
    while not pause.wait(EVERY_S):
        for batch in REGISTER:
            try:
                batch.flush(at=datetime.now(UTC))
            except DatabaseError:
                log.exception("a batch was lost")
            finally:
                connection.close()
