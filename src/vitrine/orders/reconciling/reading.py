"""A report as lines, whatever its form: exact, one row at a time, or a sentence for a bad row."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext

from vitrine.kernel import money

PAYMENT, REFUND, DISPUTE, PAYOUT, FEE, OTHER = (
    "payment",
    "refund",
    "dispute",
    "payout",
    "fee",
    "other",
)
MOST_TEXT = 100


@dataclass(frozen=True)
class Line:
    """One change of our balance. row: where it stands. See ``ReportLine``."""

    row: int
    reference: str
    kind: str
    source: str
    ours: str
    currency: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    happened_at: datetime


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row."""

    row: int
    why: str


@dataclass(frozen=True)
class Form:
    """How a provider writes its report. names: our name of a column -> what it may be called.

    kinds: the provider's word -> ours; all others are OTHER. ours: columns with our own names,
    the first that says something counts.
    """

    names: Mapping[str, Sequence[str]]
    kinds: Mapping[str, str]
    ours: Sequence[str]


NEEDED = ("reference", "kind", "amount", "fee", "net", "currency", "created")


def read(text: Iterable[str], form: Form, *, currency: str) -> Iterator[Line | Fault]:
    """Yield each row as a line, or what is wrong with it. After a bad heading nothing follows."""
    table = csv.reader(text, strict=True)
    row = 1
    try:
        headings = [name.strip().lower() for name in next(table, [])]
        places = _places(headings, form)
        missing = [form.names[name][0] for name in NEEDED if name not in places]
        if missing:
            said = gettext("The column “{name}” is missing.")
            yield Fault(1, said.format(name=missing[0]))
            return
        for row, cells in enumerate(table, start=2):
            if any(cells):
                yield _line(row, cells, len(headings), places, form, currency)
    except csv.Error:
        yield Fault(row + 1, gettext("This is not a row of a CSV."))


def _places(headings: Sequence[str], form: Form) -> dict[str, int]:
    found = {}
    for name, called in form.names.items():
        place = next((headings.index(each) for each in called if each in headings), None)
        if place is not None:
            found[name] = place
    return found


def _line(
    row: int, cells: list[str], width: int, places: Mapping[str, int], form: Form, currency: str
) -> Line | Fault:
    if len(cells) != width:
        said = gettext("The row has {count} cells, and the heading {width}.")
        return Fault(row, said.format(count=len(cells), width=width))
    told = {name: cells[place].strip() for name, place in places.items()}
    if not told["reference"] or any(len(one) > MOST_TEXT or "\0" in one for one in told.values()):
        return Fault(row, gettext("A name is missing or too long."))
    if told["currency"].upper() != currency:
        said = gettext("The currency is “{typed}”, and ours is {currency}.")
        return Fault(row, said.format(typed=told["currency"][:10], currency=currency))
    try:
        amount, fee, net = (_signed(told[name], currency) for name in ("amount", "fee", "net"))
        at = _instant(told["created"])
    except ValueError as bad:
        return Fault(row, str(bad))
    if amount - fee != net:
        return Fault(row, gettext("Amount less fee is not net."))
    ours = next((told[name] for name in form.ours if told.get(name)), "")
    kind = form.kinds.get(told["kind"].lower(), OTHER)
    source = told.get("source", "")
    return Line(row, told["reference"], kind, source, ours, currency, amount, fee, net, at)


def _signed(text: str, currency: str) -> int:
    """Read "-12.34" as -1234 minor units, exactly. Raises: BadAmount."""
    if text.startswith("-"):
        return -money.parse_minor(text[1:], currency=currency)
    return money.parse_minor(text, currency=currency)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        said = gettext("“{typed}” is no time; write it like 2026-11-20 12:34.")
        raise ValueError(said.format(typed=text[:40])) from None
