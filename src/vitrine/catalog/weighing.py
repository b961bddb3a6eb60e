"""What weighs the words of a product as it is written. The list of words is kept further up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vitrine.catalog.models import Product


class Weigh(Protocol):
    """Holds a product, in the writer's transaction, if a moderator has to read it first."""

    def __call__(self, product: Product, *, at: datetime) -> bool:
        """Tell whether it is held."""


class WeighAll(Protocol):
    """Does the same for many products at once, with one look at the list."""

    def __call__(self, products: Sequence[Product], *, at: datetime) -> frozenset[int]:
        """Return the keys of those that are held."""


def words(product: Product) -> tuple[str, ...]:
    """Return what is said about a product, its description as the HTML that is stored."""
    return product.title, product.description, product.brand, product.category
