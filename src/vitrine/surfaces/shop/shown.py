"""The rows of a product's page, by statements that are compiled and planned once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db.models import QuerySet

from vitrine.accounts import stand_in
from vitrine.accounts.models import Person, Viewer
from vitrine.catalog.models import Merchant, Picture, Product, Variant
from vitrine.kernel import prepared
from vitrine.orders.models import Rating
from vitrine.surfaces.shop import opinions

WITH_MORE = (
    "SELECT found.*, "  # noqa: S608 (our own names)
    f"(SELECT jsonb_build_array({prepared.columns((Rating, 'r'))})::text "
    "FROM orders_rating r WHERE r.product_id = of_key), "
    f"(SELECT jsonb_agg(jsonb_build_array({prepared.columns((Picture, 'p'))}) "
    "ORDER BY p.position, p.id)::text FROM catalog_picture p WHERE p.product_id = of_key) "
    "FROM ({sql}) AS found (of_key)"
)
"""A product's row with its stars and pictures as JSON: its first column is its key."""
VARIANTS = (
    f"SELECT {prepared.columns((Variant, 'v'))}, ("  # noqa: S608 (our own names)
    "SELECT coalesce(sum(s.on_hand - s.reserved), 0)::int FROM catalog_stock s "
    "JOIN catalog_location l ON l.id = s.location_id "
    "WHERE s.variant_id = v.id AND l.closed_at IS NULL) "
    "FROM catalog_variant v WHERE v.product_id = %s AND v.withdrawn_at IS NULL "
    "ORDER BY v.position, v.id"
)


@dataclass(frozen=True)
class Shown:
    """A product with its merchant and heart, its stars, and its pictures in their order."""

    product: Product
    rating: Rating
    pictures: Sequence[Picture]


def product(public_id: str, viewer: Viewer) -> Shown | None:
    """Return a product on sale with what its page shows. Queries: 1.

    Pictures come beside it: asking a product for them makes a manager, and each one made costs
    Python what it knows of all managers' classes, a tenth of a millisecond.
    """
    sql, values = stand_in.compiled(_on_sale, viewer, public_id=public_id)
    for *row, rating, pictures in prepared.rows(WITH_MORE.replace("{sql}", sql), values):
        found: Product
        (found,) = prepared.instances(row, Product)
        its = row[-len(Merchant._meta.concrete_fields) :]
        (found.merchant,) = prepared.instances(its, Merchant)
        is_wished = isinstance(viewer, Person) and row[len(Product._meta.concrete_fields)]
        found.is_wished = is_wished  # type: ignore[attr-defined]
        taken = msgspec.json.decode(pictures or "[]")
        return Shown(
            found,
            prepared.made(Rating, product=found)
            if rating is None
            else prepared.instances(msgspec.json.decode(rating), Rating)[0],
            [prepared.instances(one, Picture)[0] for one in taken],
        )
    return None


def variants(product: Product) -> list[tuple[Variant, int]]:
    """Return a product's variants, each with how many can be had in open places. Queries: 1."""
    found: list[tuple[Variant, int]] = []
    for row in prepared.rows(VARIANTS, [product.pk]):
        variant: Variant
        (variant,) = prepared.instances(row, Variant)
        variant.product, variant.merchant = product, product.merchant
        found.append((variant, row[-1]))
    return found


def _on_sale(viewer: Any, *, public_id: str) -> "QuerySet[Product]":
    rows = Product.objects.on_sale().select_related("merchant").filter(public_id=public_id)
    return opinions.with_wish(rows, viewer)
