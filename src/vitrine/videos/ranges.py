"""Byte ranges (RFC 9110 §14): which bytes of a file an answer carries."""

import re
from dataclasses import dataclass

_SINGLE = re.compile(r"bytes=(\d*)-(\d*)\Z")


class Unsatisfiable(Exception):
    """No byte of the file is in the range."""


@dataclass(frozen=True)
class Span:
    """Bytes start (inclusive) to end (exclusive) of a file of size bytes."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        """Return the span as the header has it, whose end is inclusive."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def wanted(header: str | None, *, size: int, cap: int) -> Span | None:
    """Return the span a ``Range`` header asks for, at most cap bytes (0: no cap).

    None: answer with the whole file. Several ranges and other units are not understood, which
    the RFC lets a server treat as if the header were absent. Raises: Unsatisfiable.
    """
    match = _SINGLE.match((header or "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        suffix = int(last)
        if suffix == 0 or size == 0:
            raise Unsatisfiable
        start, end = max(0, size - suffix), size
    else:
        start = int(first)
        end = min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
        if start >= size:
            raise Unsatisfiable
    if cap:
        end = min(end, start + cap)
    return Span(start, end, size)
