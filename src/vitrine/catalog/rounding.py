"""New prices out of old ones. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Rounding(StrEnum):
    """To what a new price is rounded."""

    EXACT = "exact"
    WHOLE = "whole"
    NINETY_NINE = "99"
    NINETY_FIVE = "95"


ENDS = {Rounding.NINETY_NINE: 99, Rounding.NINETY_FIVE: 95}


def changed(
    price_minor: int,
    *,
    percent: Decimal = Decimal(0),
    amount_minor: int = 0,
    rounding: Rounding = Rounding.EXACT,
) -> int:
    """Return a price with a percentage and an amount added, never below 0, rounded.

    To a whole unit, or to the nearest price that ends so; a price of nothing stays nothing.
    """
    exact = Decimal(price_minor) * (100 + percent) / 100 + amount_minor
    minor = max(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), 0)
    if rounding is Rounding.EXACT or minor == 0:
        return minor
    end = ENDS.get(rounding, 0)
    whole = int((Decimal(minor - end) / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return max(whole, 0) * 100 + end if end else max(whole, 1) * 100
