"""Rows that an import adds: one statement for all products, one for their variants and stock.

Written as SQL because these are the rows there are a hundred thousand of: through model objects and
their placeholders the same insert takes four times as long.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from vitrine.accounts.models import Person
from vitrine.catalog.feeds.rows import FeedVariant
from vitrine.catalog.models import Location, MovementReason, Product
from vitrine.kernel import ids
from vitrine.sovereignty.cell import home

_PRODUCTS = """
INSERT INTO catalog_product (public_id, home_cell, merchant_id, source_id, slug, title, description,
  brand, category, listed_in_id, option_names, created_at, published_at)
SELECT public_id, %(home)s, merchant_id, source_id, slug, title, description, brand, category,
  listed_in_id, option_names, %(at)s, CASE WHEN published THEN %(at)s END
FROM json_to_recordset(%(rows)s::json) AS given (public_id text, merchant_id bigint, source_id text,
  slug text, title text, description text, brand text, category text, listed_in_id bigint,
  option_names text[], published bool)
ORDER BY public_id
RETURNING public_id, id"""
_VARIANTS = """
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(rows)s::json) AS given (public_id text, product_id bigint,
    merchant_id bigint, sku text, option_values text[], price_minor bigint,
    compare_at_minor bigint, barcode text, weight_g int, position int, stock int,
    sale_minor bigint, sale_from timestamptz, sale_until timestamptz)
), added AS (
  INSERT INTO catalog_variant (public_id, home_cell, product_id, merchant_id, sku, option_values,
    price_minor, compare_at_minor, barcode, weight_g, position, sale_minor, sale_from, sale_until)
  SELECT public_id, %(home)s, product_id, merchant_id, sku, option_values, price_minor,
    compare_at_minor, barcode, weight_g, position, sale_minor, sale_from, sale_until
  FROM given ORDER BY public_id
  RETURNING public_id, id
), shelved AS (
  INSERT INTO catalog_stock (home_cell, variant_id, location_id, on_hand, reserved)
  SELECT %(home)s, added.id, %(location)s, given.stock, 0
  FROM added JOIN given USING (public_id)
  WHERE given.stock IS NOT NULL AND %(location)s::bigint IS NOT NULL
  RETURNING id, variant_id, on_hand
)
INSERT INTO catalog_stockmovement (home_cell, stock_id, reason, quantity, key, note, by_id, at)
SELECT %(home)s, shelved.id, %(reason)s, shelved.on_hand, 'import:' || added.public_id,
  'First stock, from the import', %(by)s, %(at)s
FROM shelved JOIN added ON added.id = shelved.variant_id WHERE shelved.on_hand > 0"""


def add_products(products: Sequence[Product]) -> None:
    """Insert products that are new, and give each its key. Queries: 2."""
    if not products:
        return
    rows = [
        {
            "public_id": each.public_id,
            "merchant_id": each.merchant_id,
            "source_id": each.source_id,
            "slug": each.slug,
            "title": each.title,
            "description": each.description,
            "brand": each.brand,
            "category": each.category,
            "listed_in_id": each.listed_in_id,
            "option_names": each.option_names,
            "published": each.published_at is not None,
        }
        for each in products
    ]
    with connection.cursor() as cursor:
        # Their variants come in this transaction: search enters them with those, and only once.
        cursor.execute("SET LOCAL vitrine.variants_follow = 'on'")
        cursor.execute(
            _PRODUCTS, {"home": home(), "at": products[0].created_at, "rows": _json(rows)}
        )
        keys = dict(cursor.fetchall())
    for each in products:
        each.pk = keys[each.public_id]
        each._state.adding = False


def add_variants(
    variants: Sequence[tuple[Product, int, str, FeedVariant]],
    *,
    shelf: Location | None,
    by: Person | None,
    at: datetime,
) -> None:
    """Insert variants that are new, and receive their first stock. Queries: 1.

    variants: product, position, SKU and what the feed says. What we hold already is counted here,
    not in a feed: only a new variant gets stock.
    """
    if not variants:
        return
    rows = [
        {
            "public_id": ids.new(),
            "product_id": product.pk,
            "merchant_id": product.merchant_id,
            "sku": sku,
            "option_values": each.options,
            "price_minor": each.price_minor,
            "compare_at_minor": each.compare_at_minor,
            "barcode": each.barcode,
            "weight_g": each.weight_g,
            "position": position,
            "stock": each.stock,
            "sale_minor": each.sale.price_minor if each.sale else None,
            "sale_from": each.sale.from_at if each.sale else None,
            "sale_until": each.sale.until_at if each.sale else None,
        }
        for product, position, sku, each in variants
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _VARIANTS,
            {
                "rows": _json(rows),
                "home": home(),
                "location": shelf.pk if shelf else None,
                "reason": MovementReason.RECEIVED.value,
                "by": by.pk if by else None,
                "at": at,
            },
        )


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
