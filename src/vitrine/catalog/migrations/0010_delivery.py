"""Delivery by weight or place, and how each shop packs."""

from django.db import migrations, models

from vitrine.catalog import tariffs

WHERE_IT_PACKS = """
UPDATE catalog_merchant m SET region = l.region
FROM (SELECT DISTINCT ON (merchant_id) merchant_id, region FROM catalog_location
      ORDER BY merchant_id, (kind = 'warehouse') DESC, id) l
WHERE l.merchant_id = m.id AND l.region <> ''
"""
SANE = (
    models.Q(price_minor__gte=0, days_from__lte=models.F("days_until"))
    & models.Q(kind__in=["flat", "weight", "zone"])
    & (~models.Q(kind="weight") | ~models.Q(brackets=[]))
    & (~models.Q(kind="zone") | ~models.Q(zones=[]))
)


def _rows() -> "models.JSONField[list[object], list[object]]":
    nothing = models.Value([], models.JSONField())
    return models.JSONField(blank=True, db_default=nothing, default=list)


class Migration(migrations.Migration):
    """Add them with what was so far: one price, packed at any hour."""

    dependencies = [("catalog", "0009_standing")]

    operations = [
        migrations.AddField("deliveryoption", "brackets", _rows()),
        migrations.AddField("deliveryoption", "zones", _rows()),
        migrations.AddField(
            "deliveryoption",
            "kind",
            models.CharField(
                choices=tariffs.CHOICES, db_default="flat", default="flat", max_length=6
            ),
        ),
        migrations.AddConstraint(
            "deliveryoption", models.CheckConstraint(condition=SANE, name="delivery_option_sane")
        ),
        migrations.AddField(
            "merchant",
            "packing_days",
            models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField("merchant", "packs_until", models.TimeField(blank=True, null=True)),
        migrations.AddField(
            "merchant",
            "region",
            models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.RunSQL(WHERE_IT_PACKS, migrations.RunSQL.noop),
    ]
