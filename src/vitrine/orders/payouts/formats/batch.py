"""What goes into a bank file, whatever its format."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


class Unwritable(ValueError):
    """The format has no room for this: the message names what and why."""


@dataclass(frozen=True)
class Payer:
    """The operator at their own bank.

    ident: what the bank knows them by. bank: its short name. centre: where the file goes (Canada).
    routing, number: as ``bank_details.read`` returns those of a payee.
    """

    name: str
    ident: str
    bank: str
    routing: str
    number: str
    centre: str = ""


@dataclass(frozen=True)
class Payment:
    """One payment. reference: at most 12 characters, on the payee's statement and in returns."""

    reference: str
    name: str
    routing: str
    number: str
    amount_minor: int


@dataclass(frozen=True)
class Batch:
    """Payments of one file. number: of the file, ever upward. made_at: in local time.

    on: when they are to be paid.
    """

    number: int
    made_at: datetime
    on: date
    payer: Payer
    payments: Sequence[Payment]

    @property
    def total_minor(self) -> int:
        """Return the sum of all payments."""
        return sum(one.amount_minor for one in self.payments)


def plain(text: str, width: int) -> str:
    """Return text in the capitals and signs that banks take, cut and filled to a width."""
    return words(text, width).ljust(width)


def words(text: str, width: int) -> str:
    """Return text in the capitals and signs that banks take, cut to a width."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    return re.sub(r"[^A-Z0-9 .&/-]", " ", bare)[:width].rstrip()


def figures(value: int, width: int, what: str) -> str:
    """Return a number with zeros in front. Raises: Unwritable for one that is too long."""
    text = str(value).zfill(width)
    if value < 0 or len(text) > width:
        raise Unwritable(f"{what} has no room for {value}")
    return text
