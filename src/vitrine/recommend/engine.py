"""Where a loop over many rows runs: in this process, or shared out among many.

An engine is asked for all rows; it may cut them into stretches, and gives what was made of each in
their order. Each row is made of the shared arrays alone, so that every engine gives the same.
"""

from collections.abc import Sequence
from typing import Any, Protocol


class Work(Protocol):
    """A function of a module: of shared arrays, and of the stretch of rows to make."""

    def __call__(self, *given: Any) -> Any:
        """Make the rows from ``given[-2]`` until ``given[-1]``."""
        ...


class Engine(Protocol):
    """Makes rows."""

    def __call__(self, work: Work, rows: int, shared: Sequence[Any]) -> list[Any]:
        """Return what ``work(*shared, first, until)`` gave for stretches that cover the rows."""
        ...


def here(work: Work, rows: int, shared: Sequence[Any]) -> list[Any]:
    """Make all in this process, on all its processors."""
    return [work(*shared, 0, rows)]


def stretches(rows: int, count: int) -> list[tuple[int, int]]:
    """Cut rows into so many stretches of about one length; fewer, where there are too few rows."""
    count = max(1, min(rows, count))
    return [(rows * n // count, rows * (n + 1) // count) for n in range(count)]
