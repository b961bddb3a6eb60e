"""What a feed says, once it has been read: products, and what is wrong with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_noop

MAX_VARIANTS = 250
MAX_PICTURES = 20


class Severity(StrEnum):
    """An error keeps its product out. A note tells what was left aside."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a file: where it stands, what it is, and what to do about it.

    line: from 1, as an editor counts; 0 when the whole file is meant. where: the column or element.
    """

    severity: Severity
    line: int
    where: str
    what: str
    do: str
    product: str = ""


@dataclass(frozen=True, slots=True)
class FeedPicture:
    """A picture that a product points to; nobody has looked at the address yet."""

    url: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class FeedSale:
    """What a variant costs for a while. from inclusive, until exclusive; None: no such end."""

    price_minor: int
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FeedVariant:
    """One thing that can be bought.

    options: values in the order of the product's option names. compare_at_minor: the price before a
    sale, above the price. stock: None leaves stock alone, and so does no sale a sale.
    """

    sku: str
    options: tuple[str, ...]
    price_minor: int
    compare_at_minor: int | None
    stock: int | None
    weight_g: int
    barcode: str
    line: int
    sale: FeedSale | None = None


@dataclass(frozen=True, slots=True)
class FeedProduct:
    """A product with all its variants. key: the merchant's own name for it, stable between runs.

    url: its page, where it is exported.
    """

    key: str
    title: str
    description: str
    brand: str
    category: str
    published: bool
    option_names: tuple[str, ...]
    variants: tuple[FeedVariant, ...]
    pictures: tuple[FeedPicture, ...]
    line: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """The rows of one product, judged together. product: None when an error keeps it out."""

    key: str
    line: int
    product: FeedProduct | None
    findings: tuple[Finding, ...]


class FeedRefused(Exception):
    """The file as a whole cannot be read; nothing of it may be imported."""

    def __init__(self, what: str, do: str, *, line: int = 0, where: str = "file") -> None:
        self.finding = Finding(Severity.ERROR, line, where, what, do)
        super().__init__(what)


class Notebook:
    """Collects the findings of one product while its rows are being read."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.findings: list[Finding] = []

    def error(self, line: int, where: str, what: str, do: str) -> None:
        """Write down what keeps the product out."""
        self.findings.append(Finding(Severity.ERROR, line, where, what, do, self.key))

    def note(self, line: int, where: str, what: str, do: str) -> None:
        """Write down what was left aside."""
        self.findings.append(Finding(Severity.NOTE, line, where, what, do, self.key))

    @property
    def has_error(self) -> bool:
        """Tell whether anything keeps the product out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def read_as_windows_1252() -> FeedItem:
    """Return the note on a file that states no encoding and is not UTF-8."""
    note = Finding(
        Severity.NOTE,
        0,
        "file",
        gettext_noop("The file is not UTF-8; it was read as Windows-1252."),
        gettext_noop("Look at the accents; save the file as UTF-8 if they are wrong."),
    )
    return FeedItem("", 0, None, (note,))


def refused(key: str, line: int, findings: Sequence[Finding]) -> FeedItem:
    """Return the item of a product that stays out."""
    return FeedItem(key, line, None, tuple(findings))
