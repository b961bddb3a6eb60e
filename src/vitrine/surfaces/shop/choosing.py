"""What an offer lets one choose: a product's variants, and how many."""

import re
from dataclasses import dataclass

from django.http import QueryDict

from vitrine.catalog.models import Product, Variant
from vitrine.orders.carts import MOST
from vitrine.surfaces.shop import shown

FEW = 5
"""From so few left on, the number is told."""


@dataclass(frozen=True)
class Option:
    """One variant to choose. available: summed over all open locations."""

    variant: Variant
    available: int
    chosen: bool

    @property
    def few(self) -> int:
        """Return how many are left where that is told; 0 where there are more, or none."""
        return self.available if self.available <= FEW else 0


def options(product: Product, asked: str) -> list[Option]:
    """Return a product's variants; chosen is the one asked for, or the first to be had. Queries: 1.

    asked: the public id of a variant, or nothing.
    """
    variants = shown.variants(product)
    chosen = next((one for one, _ in variants if one.public_id == asked), None)
    if chosen is None:
        chosen = next((one for one, available in variants if available), None)
    if chosen is None and variants:
        chosen = variants[0][0]
    return [Option(one, available, chosen=one is chosen) for one, available in variants]


def quantity_of(asked: QueryDict) -> int:
    """Return how many to buy: at least one, one where no number was given."""
    return max(typed_quantity(asked) or 1, 1)


def typed_quantity(asked: QueryDict) -> int | None:
    """Return the quantity as typed, at most what a bag holds; None for no number."""
    digits = re.fullmatch(r"0*(\d{1,9})", asked.get("quantity", ""), re.ASCII)
    return min(int(digits[1]), MOST) if digits else None
