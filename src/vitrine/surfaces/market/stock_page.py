"""The reads of the pages about counts and transfers."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from vitrine.catalog.feeds.cells import MAX_STOCK
from vitrine.catalog.models import (
    Location,
    Merchant,
    Stock,
    Stocktake,
    StocktakeLine,
    Transfer,
    TransferLine,
)
from vitrine.kernel import ids

TRANSFERS_SHOWN = 60


@dataclass(frozen=True)
class Running:
    """A count as far as it is. lines: what differs first, then the latest. uncounted: shelves with
    something on them that nobody has counted yet; they stay as they are."""

    stocktake: Stocktake
    lines: list[StocktakeLine]
    uncounted: int

    @property
    def differing(self) -> int:
        """How many figures would be corrected."""
        return sum(1 for line in self.lines if line.difference)

    @property
    def next_key(self) -> str:
        """Return a key for one more form."""
        return ids.new()


def running_count(place: Location) -> Running | None:
    """Return the count that runs at a place. Queries: 3."""
    found = Stocktake.objects.running().filter(location=place).select_related("by").first()
    if found is None:
        return None
    lines = list(found.lines.select_related("variant__product").order_by("-at", "-pk"))
    filled = Stock.objects.filter(location=place, on_hand__gt=0)
    counted = [line.variant_id for line in lines]
    return Running(
        found,
        sorted(lines, key=lambda line: not line.difference),
        filled.exclude(variant__in=counted).count(),
    )


def transfers(merchant: Merchant) -> list[Transfer]:
    """Return a shop's transfers, those that wait for somebody first. Queries: 2."""
    rows = Transfer.objects.filter(merchant=merchant).select_related("origin", "destination")
    waiting = rows.open().order_by("-pk")[:TRANSFERS_SHOWN]
    ended = rows.exclude(ended_at=None).order_by("-ended_at", "-pk")[:TRANSFERS_SHOWN]
    return [*waiting, *ended]


@dataclass
class Counted:
    """One line of a transfer as it is received. text: as typed."""

    line: TransferLine
    text: str
    number: int
    fault: str = ""

    @property
    def name(self) -> str:
        """Return the name of its field."""
        return name_of(self.line)


def name_of(line: TransferLine) -> str:
    """Return the name of the field of a line: after its variant, which the page shows anyway."""
    return f"received-{line.variant.public_id}"


def counted(transfer: Transfer, typed: Mapping[str, object]) -> list[Counted]:
    """Return the lines with what was typed for each; a line left out came whole. Queries: 1."""
    found = []
    for line in transfer.lines.select_related("variant__product").order_by("pk"):
        text = str(typed.get(name_of(line), line.quantity)).strip()
        one = Counted(line, text, line.quantity)
        if text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= MAX_STOCK:
            one.number = int(text)
        else:
            said = gettext("Write a whole number from 0 to {most}.")
            one.fault = said.format(most=f"{MAX_STOCK:,}")
        found.append(one)
    return found
