"""Files in which banks say what came back: NACHA, ABA, or lines of commas for all others.

Source: the formats' own modules; NACHA addenda of type 99, BECS records of type 2.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vitrine.orders.payouts.formats.wording import ABA, NACHA

HEADINGS = ("reference", "amount", "reason")


@dataclass(frozen=True)
class Returned:
    """One payment that came back. row: where it stands. amount: as it is written, in cents."""

    row: int
    reference: str
    amount: str
    reason: str


class Unreadable(ValueError):
    """The file is none that we know. row: where that shows."""

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__(f"row {row}")


def read(text: str) -> list[Returned]:
    """Return what came back, in the order of the file. Raises: Unreadable."""
    if "\0" in text:
        raise Unreadable(1)
    lines = text.splitlines()
    if lines and lines[0].startswith("101") and len(lines[0]) == 94:
        return list(_nacha(lines))
    if lines and lines[0].startswith("0") and len(lines[0]) == 120:
        return list(_aba(lines))
    return list(_table(lines))


def _nacha(lines: Sequence[str]) -> Iterator[Returned]:
    entry = ""
    for row, line in enumerate(lines, start=1):
        if line.startswith("6"):
            entry = line
        elif line.startswith("799"):
            if len(entry) != 94 or len(line) != 94 or not _figures(entry[29:39]):
                raise Unreadable(row)
            code = line[3:6]
            reference = entry[39:54].strip()
            yield Returned(row, reference, str(int(entry[29:39])), NACHA.get(code, code))


def _aba(lines: Sequence[str]) -> Iterator[Returned]:
    for row, line in enumerate(lines, start=1):
        if line.startswith("2"):
            if len(line) != 120 or not _figures(line[20:30]):
                raise Unreadable(row)
            code = line[17]
            reference = line[62:80].strip()
            yield Returned(row, reference, str(int(line[20:30])), ABA.get(code, code))


def _table(lines: Sequence[str]) -> Iterator[Returned]:
    table = csv.DictReader(lines)
    try:
        yield from _rows(table)
    except csv.Error:
        raise Unreadable(table.line_num + 1) from None


def _rows(table: "csv.DictReader[str]") -> Iterator[Returned]:
    if tuple(name.strip().lower() for name in table.fieldnames or ()) != HEADINGS:
        raise Unreadable(1)
    table.fieldnames = HEADINGS
    for row, line in enumerate(table, start=2):
        said = [line[name] for name in HEADINGS]
        if None in line or not all(isinstance(each, str) for each in said):
            raise Unreadable(row)
        whole, point, cents = said[1].strip().partition(".")
        if not (_figures(whole) and (not point or (_figures(cents) and len(cents) == 2))):
            raise Unreadable(row)
        yield Returned(row, said[0].strip(), str(int(whole + (cents or "00"))), said[2].strip())


def _figures(text: str) -> bool:
    """Tell whether text is a number of cents: ``isdigit`` alone takes what ``int`` does not."""
    return text.isascii() and text.isdigit() and len(text) <= 12
