"""What a price may be compared with: one that was really charged, or the maker's recommendation."""

from dataclasses import dataclass
from datetime import datetime

from vitrine.catalog import pricing
from vitrine.catalog.models import PriceFact, Variant


@dataclass(frozen=True, slots=True)
class Comparison:
    """A price beside the price. is_recommended: nobody says that it was ever charged."""

    minor: int
    is_recommended: bool = False


def of(variant: Variant, *, at: datetime) -> Comparison | None:
    """Return what a variant's price is shown beside. Queries: 0, or 1 where it is reduced.

    A sale, and a comparison that a feed claims, are only shown against what was really charged.
    """
    price, claimed = variant.price_at(at), variant.compare_at_minor
    is_reduced = price < variant.pricing.regular_at(at)
    if claimed is not None and claimed > price and variant.product.compare_is_recommended:
        return Comparison(claimed, is_recommended=True)
    if not is_reduced and claimed is None:
        return None
    facts = [row.fact for row in PriceFact.objects.filter(variant=variant).order_by("at", "pk")]
    before = pricing.price_before(facts, at=at)
    return Comparison(before) if before is not None else None
