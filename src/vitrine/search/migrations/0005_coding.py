"""Give each product's entry codes of everything it can be filtered by, its price, and its stock.

The codes are hashes of what is said, so that a filter needs no look-up; ``search_facet`` says what a
code means. Written by the same triggers as the words, and by those of variants and values.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vitrine.sovereignty.cell import this_cell

FUNCTIONS = """
CREATE FUNCTION search_facet_code(kind text, name text, value text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT hashtextextended(kind || ':' || CASE kind WHEN 'brand' THEN lower(value)
    WHEN 'attr' THEN lower(name) || '=' || lower(value) ELSE name END, 0)
$$;

CREATE FUNCTION search_facets_of(changed bigint[])
RETURNS TABLE (product_id bigint, kind text, name text, value text)
LANGUAGE sql STABLE AS $$
  SELECT id, 'brand', '', brand FROM catalog_product WHERE id = ANY (changed) AND brand <> ''
  UNION ALL
  SELECT product.id, 'shop', merchant.slug, merchant.name
  FROM catalog_product product JOIN catalog_merchant merchant ON merchant.id = product.merchant_id
  WHERE product.id = ANY (changed)
  UNION ALL
  SELECT product.id, 'category', above.key, above.name
  FROM catalog_product product JOIN catalog_category own ON own.id = product.listed_in_id
  JOIN catalog_category above ON above.id = ANY (own.line)
  WHERE product.id = ANY (changed)
  UNION ALL
  SELECT said.product_id, 'attr', lower(attribute.name),
    CASE WHEN attribute.unit = '' THEN said.said ELSE said.said || ' ' || attribute.unit END
  FROM catalog_attributevalue said JOIN catalog_attribute attribute ON attribute.id = said.attribute_id
  WHERE said.product_id = ANY (changed) AND attribute.is_filterable
  UNION
  SELECT product.id, 'attr', lower(option.name), option.value
  FROM catalog_product product
  JOIN catalog_variant variant ON variant.product_id = product.id AND variant.withdrawn_at IS NULL
  CROSS JOIN LATERAL unnest(product.option_names, variant.option_values) AS option (name, value)
  WHERE product.id = ANY (changed) AND product.option_names <> '{}' AND option.value <> ''
    AND option.name IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION search_enter_products(changed bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_productentry entry USING catalog_product product
  WHERE product.id = entry.product_id AND product.id = ANY (changed)
    AND (product.published_at IS NULL OR product.withdrawn_at IS NOT NULL);
  WITH said AS MATERIALIZED (
    SELECT *, search_facet_code(kind, name, value) AS code FROM search_facets_of(changed)
  ), named AS (
    INSERT INTO search_facet (code, kind, name, value)
    SELECT DISTINCT ON (code) code, kind, name, value FROM said
    WHERE NOT EXISTS (SELECT FROM search_facet known WHERE known.code = said.code)
    ORDER BY code
    ON CONFLICT (code) DO NOTHING
  ), coded AS (
    SELECT product_id, array_agg(DISTINCT code) AS codes FROM said GROUP BY product_id
  ), priced AS (
    SELECT product_id,
      min(catalog_price_at(price_minor, sale_minor, sale_from, sale_until, next_minor, next_from, now())) AS lowest,
      min(least(CASE WHEN sale_from > now() THEN sale_from END,
        CASE WHEN sale_until > now() THEN sale_until END,
        CASE WHEN next_from > now() THEN next_from END)) AS reprice_at
    FROM catalog_variant WHERE product_id = ANY (changed) AND withdrawn_at IS NULL
    GROUP BY product_id
  ), stocked AS (
    SELECT DISTINCT variant.product_id
    FROM catalog_variant variant JOIN catalog_stock stock ON stock.variant_id = variant.id
    JOIN catalog_location location ON location.id = stock.location_id
    WHERE variant.product_id = ANY (changed) AND variant.withdrawn_at IS NULL
      AND stock.on_hand > stock.reserved AND location.closed_at IS NULL
  )
  INSERT INTO search_productentry AS known (home_cell, product_id, words, hot, received, is_front,
    facets, price_minor, reprice_at, in_stock)
  SELECT '{home}', product.id,
    search_words(product.title, product.brand, product.category, ''),
    search_hot(product.published_at, 0) / 4, 0, true,
    coalesce(coded.codes, '{}'), priced.lowest, priced.reprice_at, stocked.product_id IS NOT NULL
  FROM catalog_product product
  LEFT JOIN coded ON coded.product_id = product.id
  LEFT JOIN priced ON priced.product_id = product.id
  LEFT JOIN stocked ON stocked.product_id = product.id
  WHERE product.id = ANY (changed) AND product.published_at IS NOT NULL
    AND product.withdrawn_at IS NULL
  ORDER BY product.id
  ON CONFLICT (product_id) DO UPDATE SET words = excluded.words,
    hot = excluded.hot + search_hot('epoch', known.received),
    facets = excluded.facets, price_minor = excluded.price_minor,
    reprice_at = excluded.reprice_at, in_stock = excluded.in_stock;
END $$;

-- An import adds a product and then its variants: one entering, with both, is enough.
CREATE OR REPLACE FUNCTION search_catalog_product_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
  IF current_setting('vitrine.variants_follow', true) = 'on' THEN RETURN NULL; END IF;
  SELECT array_agg(id ORDER BY id) INTO changed FROM new_rows WHERE published_at IS NOT NULL;
  IF changed IS NOT NULL THEN PERFORM search_enter_products(changed); END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION search_catalog_product_update() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
  SELECT array_agg(n.id ORDER BY n.id) INTO changed FROM new_rows n JOIN old_rows o USING (id)
  WHERE (o.title, o.brand, o.category, o.published_at, o.withdrawn_at, o.listed_in_id, o.option_names)
    IS DISTINCT FROM
    (n.title, n.brand, n.category, n.published_at, n.withdrawn_at, n.listed_in_id, n.option_names);
  IF changed IS NOT NULL THEN PERFORM search_enter_products(changed); END IF;
  RETURN NULL;
END $$;
"""
PART = """
CREATE FUNCTION search_{table}_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT product_id) INTO changed FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN
    -- Not where the product itself goes: its entry went first, and stays gone.
    SELECT array_agg(DISTINCT o.product_id) INTO changed
    FROM old_rows o JOIN search_productentry entry ON entry.product_id = o.product_id;
  ELSE
    SELECT array_agg(DISTINCT n.product_id) INTO changed FROM new_rows n JOIN old_rows o USING (id)
    WHERE ({old}) IS DISTINCT FROM ({new});
  END IF;
  IF changed IS NOT NULL THEN PERFORM search_enter_products(changed); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_{table}_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION search_{table}_part();
CREATE TRIGGER search_{table}_update AFTER UPDATE ON {table}
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION search_{table}_part();
CREATE TRIGGER search_{table}_delete AFTER DELETE ON {table} REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION search_{table}_part();
"""
PARTS = {
    "catalog_variant": (
        "price_minor", "sale_minor", "sale_from", "sale_until", "next_minor", "next_from",
        "withdrawn_at", "option_values",
    ),
    "catalog_attributevalue": ("said",),
}  # fmt: skip


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the functions and triggers, and enter every product anew."""
    schema_editor.execute(FUNCTIONS.replace("{home}", this_cell().code), params=None)
    for table, columns in PARTS.items():
        old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("o", "n"))
        schema_editor.execute(
            PART.replace("{table}", table).replace("{old}", old).replace("{new}", new), params=None
        )
    schema_editor.execute(
        "SELECT search_enter_products(array_agg(id)) FROM catalog_product", params=None
    )


class Migration(migrations.Migration):
    """Let the database code what is entered. There is no way back but to restore: nothing is lost
    by going on, and the functions of before would leave the new columns empty."""

    dependencies = [("search", "0004_facets"), ("catalog", "0014_prices_and_places")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
