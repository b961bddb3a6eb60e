"""One rate of one tax: what it is, since when, until when, and where that is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_noop

LONG_AGO = date(2024, 1, 1)
"""The first day any table covers; nothing was sold here before it."""

# Names are kept on orders as they stand here, and translated where they are shown.
SALES_TAX = gettext_noop("Sales tax")
STATE_TAX = gettext_noop("State sales tax")
LOCAL_TAX = gettext_noop("Local sales tax")
GST = gettext_noop("GST")
HST = gettext_noop("HST")
PST = gettext_noop("PST")
RST = gettext_noop("RST")
QST = gettext_noop("QST")


class Remits(StrEnum):
    """Who has to hand a tax on to its authority."""

    PLATFORM = "platform"  # whoever the seller is: marketplace facilitator laws
    SELLER_IF_REGISTERED = "registered"  # the platform for sellers that are not
    SELLER = "seller"  # and nobody where the seller is not registered


@dataclass(frozen=True)
class Relief:
    """How one class of goods is taxed instead. rate: a fraction, often zero.

    below_minor: for pieces cheaper than this only; None for all. up_to_minor: for so much of each
    piece; what is above bears the full rate.
    """

    rate: Decimal = Decimal(0)
    below_minor: int | None = None
    up_to_minor: int | None = None


@dataclass(frozen=True)
class Rate:
    """One tax of one authority, in force from begins_on until the day before ends_on.

    authority: ISO 3166 code of who is owed ("US-CA", "CA", "AU"), or its own for a local one;
    names the ledger account. rate: a fraction, 0.0725 for 7.25 %. included: inside the shown
    price. reliefs: by tax code of the goods.
    """

    authority: str
    name: str
    rate: Decimal
    begins_on: date = LONG_AGO
    ends_on: date | None = None
    included: bool = False
    on_delivery: bool = True
    remits: Remits = Remits.SELLER
    reliefs: Mapping[str, Relief] = field(default_factory=dict, hash=False)
    source: str = ""

    def is_in_force(self, on: date) -> bool:
        """Tell whether it is due on a day."""
        return self.begins_on <= on and (self.ends_on is None or on < self.ends_on)

    def due(self, amount_minor: int, *, code: str, quantity: int) -> Decimal:
        """Return the tax on so many pieces of one price, exactly: it is rounded by its line."""
        relief = self.reliefs.get(code)
        if relief is None:
            return self._of(amount_minor, self.rate)
        if relief.below_minor is not None and amount_minor >= relief.below_minor * quantity:
            return self._of(amount_minor, self.rate)
        if relief.up_to_minor is None:
            return self._of(amount_minor, relief.rate)
        relieved = min(amount_minor, relief.up_to_minor * quantity)
        return self._of(relieved, relief.rate) + self._of(amount_minor - relieved, self.rate)

    def _of(self, amount_minor: int, rate: Decimal) -> Decimal:
        return amount_minor * rate / (1 + rate if self.included else 1)


def percent(text: str) -> Decimal:
    """Return "7.25" as the fraction 0.0725."""
    return Decimal(text) / 100


def dated(rate: Rate, *steps: tuple[date, str]) -> tuple[Rate, ...]:
    """Return a rate as it was from each day on, in percent; the last has no end."""
    ends = [begins_on for begins_on, _ in steps[1:]]
    return tuple(
        replace(rate, rate=percent(text), begins_on=begins_on, ends_on=ends_on)
        for (begins_on, text), ends_on in zip(steps, [*ends, None], strict=True)
    )
