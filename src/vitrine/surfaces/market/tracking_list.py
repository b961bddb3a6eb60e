"""Tracking numbers as somebody pastes or uploads them: a column, or lines with references."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from vitrine.catalog.feeds import extras
from vitrine.kernel import text

MOST_BYTES = 200_000
MOST_LINES = 200
HEADS = {"reference", "order", "order id", "number"}
REFERENCE = re.compile(r"([A-Z]{2}_[0-9A-Z]{26}|[0-9A-Z]{6})\Z")


@dataclass(frozen=True)
class Line:
    """One line. reference "": the line of a column, which goes to the order in its place."""

    number: int
    reference: str
    tracking: str
    carrier: str = ""


@dataclass
class TrackingList:
    """What was pasted. faults: a sentence for each line that cannot be read."""

    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def column(self) -> list[Line]:
        """Return the lines without a reference."""
        return [line for line in self.lines if not line.reference]


def decoded(sent: bytes) -> str | None:
    """Return a file's text; None where it is none, or too much."""
    if len(sent) > MOST_BYTES or b"\0" in sent:
        return None
    try:
        return sent.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def read(typed: str) -> TrackingList:
    """Read a column of numbers, or lines of reference, number and perhaps carrier.

    Commas, semicolons and tabs part the cells; a first line with the names of columns is left out.
    """
    found = TrackingList()
    try:
        rows = list(csv.reader(typed.splitlines(), delimiter=_delimiter(typed), strict=True))
    except csv.Error:
        found.faults.append(gettext("A quotation mark is not closed. Close it, or take it out."))
        return found
    for number, row in enumerate(rows, 1):
        cells = [text.line(extras.restored(cell.strip())) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        is_head = number == 1 and cells and cells[0].casefold() in HEADS
        if cells and not is_head:
            _add(found, number, cells)
    if len(found.lines) > MOST_LINES:
        said = gettext("At most {most} lines at a time; these are {number}.")
        found.faults = [said.format(most=MOST_LINES, number=len(found.lines))]
    return found


def _delimiter(typed: str) -> str:
    first = next((line for line in typed.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _add(found: TrackingList, number: int, cells: Sequence[str]) -> None:
    if len(cells) == 1:
        found.lines.append(Line(number, "", cells[0]))
        return
    reference = cells[0].upper()
    if len(cells) > 3:
        fault = gettext("Line {number} has more than reference, tracking number and carrier.")
    elif not REFERENCE.match(reference):
        fault = gettext("Line {number}: “{typed}” is no order’s reference.")
    else:
        found.lines.append(Line(number, reference, cells[1], cells[2] if cells[2:] else ""))
        return
    found.faults.append(fault.format(number=number, typed=cells[0][:40]))
