"""Transfers, counts of whole places, hours, and how a store gives out and sends."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import steps

SUMS = """
CREATE FUNCTION catalog_transfer_must_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT line.id INTO wrong
    FROM catalog_transferline line JOIN catalog_transfer transfer ON transfer.id = line.transfer_id
    WHERE transfer.id = CASE TG_TABLE_NAME
        WHEN 'catalog_transfer' THEN NEW.id
        ELSE (SELECT transfer_id FROM catalog_transferline
              WHERE id = (to_jsonb(NEW) ->> 'transfer_line_id')::bigint)
    END
    AND coalesce((
        SELECT sum(quantity) FROM catalog_stockmovement movement
        WHERE movement.transfer_line_id = line.id
        AND movement.reason IN ('moved_out', 'moved_in')
    ), 0) <> CASE transfer.state WHEN 'sent' THEN -line.quantity ELSE 0 END
    LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'transfer line %: what moved does not sum to what is on the way', wrong
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER catalog_transfer_sums AFTER UPDATE OF state ON catalog_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_transfer_must_sum();
CREATE CONSTRAINT TRIGGER catalog_movement_sums AFTER INSERT ON catalog_stockmovement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.transfer_line_id IS NOT NULL)
    EXECUTE FUNCTION catalog_transfer_must_sum();
"""
NO_SUMS = """
DROP TRIGGER catalog_movement_sums ON catalog_stockmovement;
DROP TRIGGER catalog_transfer_sums ON catalog_transfer;
DROP FUNCTION catalog_transfer_must_sum();
"""


class Migration(migrations.Migration):
    """Add them with their guards."""

    dependencies = [
        ("catalog", "0007_tax"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LowStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("since_at", models.DateTimeField()),
                (
                    "stock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.stock",
                    ),
                ),
            ],
        ),
        HomeCell("lowstock"),
        migrations.CreateModel(
            name="Stocktake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.location",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("applied_at", None), ("dropped_at", None)),
                        fields=("location",),
                        name="stocktake_one_runs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applied_at", None), ("dropped_at", None), _connector="OR"
                        ),
                        name="stocktake_ends_once",
                    ),
                ]
            },
        ),
        HomeCell("stocktake"),
        migrations.CreateModel(
            name="StocktakeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("counted", models.PositiveIntegerField()),
                ("on_hand", models.IntegerField()),
                ("judged", models.PositiveIntegerField()),
                ("key", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "stocktake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="catalog.stocktake",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.variant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stocktake", "variant"), name="stocktake_line_once"
                    )
                ]
            },
        ),
        HomeCell("stocktakeline"),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("key", models.CharField(max_length=60, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Being packed"),
                            ("sent", "On its way"),
                            ("received", "Received"),
                            ("cancelled", "Called off"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
                ("expected_on", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "destination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.location",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.location",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("destination")), _negated=True),
                        name="transfer_goes_elsewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("sent_at", None), ("state", "draft")),
                            models.Q(
                                ("ended_at", None), ("sent_at__isnull", False), ("state", "sent")
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("sent_at__isnull", False),
                                ("state", "received"),
                            ),
                            models.Q(("ended_at__isnull", False), ("state", "cancelled")),
                            _connector="OR",
                        ),
                        name="transfer_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["draft", "sent"])),
                        fields=["merchant"],
                        name="transfer_open",
                    )
                ],
            },
        ),
        HomeCell("transfer"),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("received", models.PositiveIntegerField(null=True)),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="catalog.transfer",
                    ),
                ),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.variant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("transfer", "variant"), name="transfer_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="transfer_of_something"
                    ),
                ]
            },
        ),
        HomeCell("transferline"),
        migrations.AddField(
            model_name="location",
            name="keeps_holidays",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="location",
            name="latitude",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="longitude",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="pickup_days",
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
        migrations.AddField(
            model_name="location",
            name="priority",
            field=models.PositiveSmallIntegerField(db_default=5, default=5),
        ),
        migrations.AddField(
            model_name="location",
            name="ready_minutes",
            field=models.PositiveSmallIntegerField(db_default=120, default=120),
        ),
        migrations.AddField(
            model_name="location",
            name="ships",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="location",
            name="special_days",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="location",
            name="time_zone",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="location",
            name="weekly_hours",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="merchant",
            name="low_at",
            field=models.PositiveIntegerField(db_default=3, default=3),
        ),
        migrations.AddField(
            model_name="merchant",
            name="routing",
            field=models.CharField(
                db_default="parcels nearest priority",
                default="parcels nearest priority",
                max_length=40,
            ),
        ),
        migrations.AddField(
            model_name="stock",
            name="low_at",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="reason",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("sold", "Sold"),
                    ("returned", "Returned"),
                    ("adjusted", "Adjusted"),
                    ("counted", "Counted"),
                    ("damaged", "Damaged"),
                    ("lost", "Lost or stolen"),
                    ("found", "Found again"),
                    ("corrected", "A mistake put right"),
                    ("sent_back", "Sent back to the supplier"),
                    ("moved_out", "Sent to another place"),
                    ("moved_in", "Came from another place"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude", None), ("longitude", None)),
                    models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                    _connector="OR",
                ),
                name="location_on_earth",
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(("pickup_days__range", (1, 60))), name="location_pickup_days"
            ),
        ),
        migrations.AddField(
            model_name="stockmovement",
            name="transfer_line",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="movements",
                to="catalog.transferline",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason__in", ["moved_out", "moved_in"]), _negated=True),
                    ("transfer_line__isnull", False),
                    _connector="OR",
                ),
                name="movement_between_places",
            ),
        ),
        migrations.AddIndex(
            model_name="stockmovement",
            index=models.Index(
                condition=models.Q(("transfer_line__isnull", False)),
                fields=["transfer_line", "reason"],
                name="movement_of_transfer",
            ),
        ),
        steps(
            "catalog_transfer",
            "state",
            {"draft": ["sent", "cancelled"], "sent": ["received", "cancelled"]},
        ),
        migrations.RunSQL(SUMS, NO_SUMS),
    ]
