"""What a variant costs at a moment, as a query asks it: the twin of ``Variant.price_at``.

The SQL function is in migration 0014; tests/catalog/test_pricing.py compares the two.
"""

from datetime import datetime

from django.db.models import BigIntegerField, F, Func, Min, Q, Value
from django.db.models.functions import Now

PARTS = ("price_minor", "sale_minor", "sale_from", "sale_until", "next_minor", "next_from")


class PriceAt(Func):
    """The price of a variant at a moment, or at ``Now()``. variants: the path that leads to it."""

    function = "catalog_price_at"
    output_field = BigIntegerField()

    def __init__(self, at: datetime | Now, *, variants: str = "") -> None:
        super().__init__(
            *(F(f"{variants}{part}") for part in PARTS), at if isinstance(at, Now) else Value(at)
        )

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """Say that no migration has it."""
        raise TypeError("a price at a moment is asked, never stored")


def priced_at(at: datetime | Now, *, variants: str = "variants") -> Min:
    """Return the price of the cheapest variant that is on sale, for an annotation."""
    return Min(
        PriceAt(at, variants=f"{variants}__"), filter=Q(**{f"{variants}__withdrawn_at": None})
    )
