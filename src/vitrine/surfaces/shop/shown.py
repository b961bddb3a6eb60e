"""The rows of a product's page, by statements that are compiled and planned once."""

from typing import Any

from django.db.models import QuerySet

from vitrine.accounts import stand_in
from vitrine.accounts.models import Person, Viewer
from vitrine.catalog.models import Merchant, Picture, Product, Variant
from vitrine.kernel import prepared
from vitrine.surfaces.shop import opinions

PICTURES = (
    f"SELECT {prepared.columns((Picture, 'p'))} FROM catalog_picture p "  # noqa: S608 (our own names)
    "WHERE p.product_id = %s ORDER BY p.position, p.id"
)
VARIANTS = (
    f"SELECT {prepared.columns((Variant, 'v'))}, ("  # noqa: S608 (our own names)
    "SELECT coalesce(sum(s.on_hand - s.reserved), 0)::int FROM catalog_stock s "
    "JOIN catalog_location l ON l.id = s.location_id "
    "WHERE s.variant_id = v.id AND l.closed_at IS NULL) "
    "FROM catalog_variant v WHERE v.product_id = %s AND v.withdrawn_at IS NULL "
    "ORDER BY v.position, v.id"
)


def product(public_id: str, viewer: Viewer) -> Product | None:
    """Return a product on sale with its merchant, pictures and heart. Queries: 2."""
    sql, values = stand_in.compiled(_on_sale, viewer, public_id=public_id)
    for row in prepared.rows(sql, values):
        found: Product
        (found,) = prepared.instances(row, Product)
        (found.merchant,) = prepared.instances(
            row[-len(Merchant._meta.concrete_fields) :], Merchant
        )
        if isinstance(viewer, Person):
            found.is_wished = row[len(Product._meta.concrete_fields)]  # type: ignore[attr-defined]
        rows = prepared.rows(PICTURES, [found.pk])
        prepared.prefetch(found, "pictures", [prepared.instances(one, Picture)[0] for one in rows])
        return found
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
