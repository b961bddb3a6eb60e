"""Labels that are bought for parcels."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

BOUGHT = """
    IF NEW.reason_kind = 'label' THEN
        IF NOT EXISTS (
            SELECT FROM orders_label l JOIN ledger_posting s ON s.transfer_id = NEW.id
            JOIN ledger_account a ON a.id = s.account_id AND a.code LIKE 'provider:%'
            WHERE l.public_id = NEW.reason_id AND l.state = 'bought'
                AND NEW.key = 'label:' || l.public_id AND s.amount_minor = l.amount_minor) THEN
            RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END IF;
"""
REASON = f"""
DO $do$ BEGIN EXECUTE regexp_replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    E'\\nBEGIN\\n', E'\\nBEGIN' || $branch${BOUGHT}$branch$
); END $do$;
"""
"""In the function as it stands, which has been written anew before: see 0021_reports."""
NO_REASON = f"""
DO $do$ BEGIN EXECUTE replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    $branch${BOUGHT}$branch$, E'\\n'
); END $do$;
"""


class Migration(migrations.Migration):
    """Create them, and let money move for them."""

    dependencies = [
        ("orders", "0035_stranded"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Label",
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
                (
                    "state",
                    models.CharField(
                        choices=[("quoted", "Quoted"), ("buying", "Buying"), ("bought", "Bought")],
                        default="quoted",
                        max_length=8,
                    ),
                ),
                ("weight_g", models.PositiveIntegerField()),
                ("length_cm", models.PositiveSmallIntegerField()),
                ("width_cm", models.PositiveSmallIntegerField()),
                ("height_cm", models.PositiveSmallIntegerField()),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("rates", models.JSONField(default=list)),
                ("rate", models.CharField(blank=True, max_length=80)),
                ("carrier", models.CharField(blank=True, max_length=40)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("url", models.CharField(blank=True, max_length=300)),
                ("trouble", models.CharField(blank=True, max_length=250)),
                ("asked_at", models.DateTimeField()),
                ("bought_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "shipment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label",
                        to="orders.shipment",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "buying")),
                        fields=["asked_at"],
                        name="label_buying",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("reference",),
                        name="label_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bought_at", None), ("state", "quoted")),
                            models.Q(
                                ("bought_at", None),
                                ("state", "buying"),
                                models.Q(("reference", ""), _negated=True),
                                models.Q(("rate", ""), _negated=True),
                            ),
                            models.Q(
                                ("bought_at__isnull", False),
                                ("state", "bought"),
                                models.Q(("url", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="label_state",
                    ),
                ],
            },
        ),
        HomeCell("label"),
        migrations.RunSQL(REASON, NO_REASON),
    ]
