"""Let products be entered one by one by their keys, however few there were at planning.

A session plans a trigger's statements once, often while the catalogue is small. The prices and the
stock of all products of a chunk were then found anew for each of them: of the time that an import took,
nine tenths were this. What is asked of each product now stands in a subquery of its own, which
Postgres cannot but answer by an index.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vitrine.sovereignty.cell import this_cell

FUNCTIONS = """
CREATE OR REPLACE FUNCTION search_facets_of(changed bigint[])
RETURNS TABLE (product_id bigint, kind text, name text, value text)
LANGUAGE sql STABLE AS $$
  SELECT product.id, 'brand', '', product.brand
  FROM unnest(changed) AS given (id) JOIN catalog_product product ON product.id = given.id
  WHERE product.brand <> ''
  UNION ALL
  SELECT product.id, 'shop', merchant.slug, merchant.name
  FROM unnest(changed) AS given (id) JOIN catalog_product product ON product.id = given.id
  JOIN catalog_merchant merchant ON merchant.id = product.merchant_id
  UNION ALL
  SELECT product.id, 'category', above.key, above.name
  FROM unnest(changed) AS given (id) JOIN catalog_product product ON product.id = given.id
  JOIN catalog_category own ON own.id = product.listed_in_id
  JOIN catalog_category above ON above.id = ANY (own.line)
  UNION ALL
  SELECT said.product_id, 'attr', lower(attribute.name),
    CASE WHEN attribute.unit = '' THEN said.said ELSE said.said || ' ' || attribute.unit END
  FROM unnest(changed) AS given (id)
  JOIN catalog_attributevalue said ON said.product_id = given.id
  JOIN catalog_attribute attribute ON attribute.id = said.attribute_id
  WHERE attribute.is_filterable
  UNION
  SELECT product.id, 'attr', lower(option.name), option.value
  FROM unnest(changed) AS given (id) JOIN catalog_product product ON product.id = given.id
  CROSS JOIN LATERAL (
    SELECT option_values FROM catalog_variant
    WHERE product_id = given.id AND withdrawn_at IS NULL OFFSET 0
  ) AS variant
  CROSS JOIN LATERAL unnest(product.option_names, variant.option_values) AS option (name, value)
  WHERE product.option_names <> '{}' AND option.value <> '' AND option.name IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION search_enter_products(changed bigint[]) RETURNS void
LANGUAGE plpgsql SET enable_seqscan TO off AS $$
BEGIN
  DELETE FROM search_productentry entry USING unnest(changed) AS given (id), catalog_product product
  WHERE entry.product_id = given.id AND product.id = given.id
    AND (product.published_at IS NULL OR product.withdrawn_at IS NOT NULL);
  WITH said AS MATERIALIZED (
    SELECT *, search_facet_code(kind, name, value) AS code FROM search_facets_of(changed)
  ), named AS (
    INSERT INTO search_facet (code, kind, name, value)
    SELECT DISTINCT ON (code) code, kind, name, value FROM said
    WHERE NOT EXISTS (SELECT FROM search_facet known WHERE known.code = said.code)
    ORDER BY code
    ON CONFLICT (code) DO NOTHING
  ), coded AS MATERIALIZED (
    SELECT product_id, array_agg(DISTINCT code) AS codes FROM said GROUP BY product_id
  )
  INSERT INTO search_productentry AS known (home_cell, product_id, words, hot, received, is_front,
    facets, price_minor, reprice_at, in_stock)
  SELECT '{home}', product.id,
    search_words(product.title, product.brand, product.category, ''),
    search_hot(product.published_at, 0) / 4, 0, true,
    coalesce(coded.codes, '{}'), priced.lowest, priced.reprice_at,
    EXISTS (
      SELECT FROM catalog_variant variant JOIN catalog_stock stock ON stock.variant_id = variant.id
      JOIN catalog_location location ON location.id = stock.location_id
      WHERE variant.product_id = product.id AND variant.withdrawn_at IS NULL
        AND stock.on_hand > stock.reserved AND location.closed_at IS NULL OFFSET 0
    )
  FROM unnest(changed) AS given (id) JOIN catalog_product product ON product.id = given.id
  LEFT JOIN coded ON coded.product_id = product.id
  CROSS JOIN LATERAL (
    SELECT
      min(catalog_price_at(price_minor, sale_minor, sale_from, sale_until, next_minor, next_from, now())) AS lowest,
      min(least(CASE WHEN sale_from > now() THEN sale_from END,
        CASE WHEN sale_until > now() THEN sale_until END,
        CASE WHEN next_from > now() THEN next_from END)) AS reprice_at
    FROM catalog_variant WHERE product_id = product.id AND withdrawn_at IS NULL
  ) AS priced
  WHERE product.published_at IS NOT NULL AND product.withdrawn_at IS NULL
  ORDER BY product.id
  ON CONFLICT (product_id) DO UPDATE SET words = excluded.words,
    hot = excluded.hot + search_hot('epoch', known.received),
    facets = excluded.facets, price_minor = excluded.price_minor,
    reprice_at = excluded.reprice_at, in_stock = excluded.in_stock;
END $$;
"""


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write both functions anew; what was entered stays as it is."""
    schema_editor.execute(FUNCTIONS.replace("{home}", this_cell().code), params=None)


class Migration(migrations.Migration):
    """There is no way back, and none is needed: the functions do what those before did."""

    dependencies = [("search", "0005_coding")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
