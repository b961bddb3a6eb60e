"""What models cannot express of categories and prices: walls, the price of a moment, its facts.

A fact is written by the database in the statement that changes a price, whoever that is, and is
never changed.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vitrine.catalog import taxonomy
from vitrine.catalog.categorising import Finder
from vitrine.sovereignty.cell import HomeCell, this_cell
from vitrine.sovereignty.immutable import frozen

PRICE_AT = """
CREATE FUNCTION catalog_price_at(price_minor bigint, sale_minor bigint, sale_from timestamptz,
  sale_until timestamptz, next_minor bigint, next_from timestamptz, at timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT least(
    CASE WHEN next_minor IS NOT NULL AND next_from <= at THEN next_minor ELSE price_minor END,
    CASE WHEN coalesce(sale_from <= at, true) AND coalesce(at < sale_until, true) THEN sale_minor END
  )
$$;
"""
PARTS = "price_minor, sale_minor, sale_from, sale_until, next_minor, next_from"
FACTS = """
CREATE FUNCTION catalog_note_prices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO catalog_pricefact (home_cell, variant_id, {parts}, at)
    SELECT '{home}', id, {parts}, now() FROM new_rows;
  ELSE
    INSERT INTO catalog_pricefact (home_cell, variant_id, {parts}, at)
    SELECT '{home}', n.id, {new_parts}, now() FROM new_rows n JOIN old_rows o USING (id)
    WHERE ({new_parts}) IS DISTINCT FROM ({old_parts});
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER catalog_note_prices_insert AFTER INSERT ON catalog_variant
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_prices();
CREATE TRIGGER catalog_note_prices_update AFTER UPDATE ON catalog_variant
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_prices();
INSERT INTO catalog_pricefact (home_cell, variant_id, {parts}, at)
SELECT '{home}', id, {parts}, now() FROM catalog_variant;
"""
DROP = """
DROP TRIGGER catalog_note_prices_insert ON catalog_variant;
DROP TRIGGER catalog_note_prices_update ON catalog_variant;
DROP FUNCTION catalog_note_prices();
DROP FUNCTION catalog_price_at(bigint, bigint, timestamptz, timestamptz, bigint, timestamptz, timestamptz);
"""


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the function and the triggers; note the prices of now."""
    schema_editor.execute(PRICE_AT, params=None)
    facts = FACTS.format(
        parts=PARTS,
        new_parts=", ".join(f"n.{part}" for part in PARTS.split(", ")),
        old_parts=", ".join(f"o.{part}" for part in PARTS.split(", ")),
        home=this_cell().code,
    )
    schema_editor.execute(facts, params=None)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them again."""
    schema_editor.execute(DROP, params=None)


def plant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the tree, and find the places of products that are there."""
    categories, attributes = (apps.get_model("catalog", x) for x in ("Category", "Attribute"))
    home = this_cell().code
    made: dict[str, Any] = {}
    for place in taxonomy.tree():
        parent = made.get(place.key.rpartition("/")[0])
        row = categories.objects.create(
            home_cell=home,
            parent=parent,
            key=place.key,
            name=place.name,
            words=place.folded_words,
        )
        row.line = [*(parent.line if parent else ()), row.pk]
        row.save(update_fields=["line"])
        made[place.key] = row
        attributes.objects.bulk_create(
            attributes(
                home_cell=home,
                category=row,
                key=said.key,
                name=said.name,
                kind=said.kind,
                unit=said.unit,
                choices=list(said.choices),
                position=number,
            )
            for number, said in enumerate(place.attribute)
        )
    products = apps.get_model("catalog", "Product")
    finder = Finder.load(categories)
    for said in products.objects.exclude(category="").values_list("category", flat=True).distinct():
        products.objects.filter(category=said).update(listed_in=finder.find(said))


def uproot(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave the rows to the table that goes."""


class Migration(migrations.Migration):
    """Guard categories and prices, and plant the tree."""

    dependencies = [("catalog", "0013_categories_and_prices")]

    operations = [
        *map(
            HomeCell,
            (
                "category",
                "attribute",
                "attributevalue",
                "pricefact",
                "collection",
                "collectionitem",
            ),
        ),
        frozen(
            "catalog_pricefact",
            "variant_id",
            *PARTS.split(", "),
            "at",
        ),
        migrations.RunPython(make, drop),
        migrations.RunPython(plant, uproot),
    ]
