"""Applications and their papers; what a merchant that may not sell puts on sale stays off sale."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.catalog.verdicts
import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only

SHUT = """
CREATE FUNCTION catalog_product_waits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shut timestamptz;
BEGIN
  -- A draft again, or taken off sale by its merchant or moderators: it waits no more.
  IF NEW.shut_at IS NOT NULL
      AND (NEW.published_at IS NULL OR NEW.withdrawn_at IS DISTINCT FROM NEW.shut_at) THEN
    IF NEW.withdrawn_at = NEW.shut_at THEN
      NEW.withdrawn_at := NEW.barred_at;
    END IF;
    NEW.shut_at := NULL;
  END IF;
  IF NEW.published_at IS NULL OR NEW.withdrawn_at IS NOT NULL THEN
    RETURN NEW;
  END IF;
  -- What was on sale already, the merchant's own trigger takes off.
  IF TG_OP = 'UPDATE' AND OLD.published_at IS NOT NULL AND OLD.withdrawn_at IS NULL
      AND OLD.merchant_id = NEW.merchant_id THEN
    RETURN NEW;
  END IF;
  -- The lock makes this and a suspension take turns.
  SELECT CASE WHEN approved_at IS NULL OR suspended_at IS NOT NULL
    THEN coalesce(suspended_at, opened_at) END INTO shut
  FROM catalog_merchant WHERE id = NEW.merchant_id FOR SHARE;
  NEW.shut_at := shut;
  NEW.withdrawn_at := shut;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_product_waits BEFORE INSERT OR UPDATE ON catalog_product
  FOR EACH ROW EXECUTE FUNCTION catalog_product_waits();

CREATE FUNCTION catalog_merchant_shuts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  sold boolean := OLD.approved_at IS NOT NULL AND OLD.suspended_at IS NULL;
  sells boolean := NEW.approved_at IS NOT NULL AND NEW.suspended_at IS NULL;
  since timestamptz := coalesce(NEW.suspended_at, NEW.opened_at);
BEGIN
  IF sold AND NOT sells THEN
    UPDATE catalog_product SET shut_at = since, withdrawn_at = since
    WHERE merchant_id = NEW.id AND published_at IS NOT NULL AND withdrawn_at IS NULL;
  ELSIF sells AND NOT sold THEN
    UPDATE catalog_product SET shut_at = NULL, withdrawn_at = barred_at
    WHERE merchant_id = NEW.id AND shut_at IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER catalog_merchant_shuts AFTER UPDATE OF approved_at, suspended_at ON catalog_merchant
  FOR EACH ROW EXECUTE FUNCTION catalog_merchant_shuts();
"""
NO_SHUT = """
DROP FUNCTION catalog_merchant_shuts CASCADE;
DROP FUNCTION catalog_product_waits CASCADE;
"""
FIT = """
CREATE FUNCTION catalog_verdict_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged catalog_application;
BEGIN
  SELECT * INTO judged FROM catalog_application WHERE id = NEW.application_id FOR NO KEY UPDATE;
  IF judged.submitted_at IS NULL OR judged.closed_at IS NOT NULL THEN
    RAISE EXCEPTION 'only what waits is decided' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.by_id = judged.by_id OR EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = judged.merchant_id AND person_id = NEW.by_id) THEN
    RAISE EXCEPTION 'nobody judges their own' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER catalog_verdict_fit BEFORE INSERT ON catalog_verdict
  FOR EACH ROW EXECUTE FUNCTION catalog_verdict_fit();
"""
TRADING_ALREADY = "UPDATE catalog_merchant SET approved_at = opened_at WHERE approved_at IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("catalog", "0008_stock_and_stores"),
    ]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="approved_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="merchant",
            name="suspended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="product",
            name="shut_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shut_at", None),
                    models.Q(
                        ("withdrawn_at", models.F("shut_at")), ("withdrawn_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="product_shut_is_off_sale",
            ),
        ),
        migrations.CreateModel(
            name="Application",
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
                    "business",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sole", "Sole trader: I sell in my own name"),
                            ("company", "Company"),
                            ("partnership", "Partnership"),
                            ("nonprofit", "Charity, association or public body"),
                        ],
                        max_length=12,
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=160)),
                ("numbers", models.JSONField(default=dict)),
                ("street", models.CharField(blank=True, max_length=120)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("region", models.CharField(blank=True, max_length=3)),
                ("postcode", models.CharField(blank=True, max_length=12)),
                ("contact_name", models.CharField(blank=True, max_length=80)),
                ("contact_email", models.CharField(blank=True, max_length=254)),
                ("contact_phone", models.CharField(blank=True, max_length=40)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lease_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="application",
                        to="catalog.merchant",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None), ("submitted_at__isnull", False)),
                        fields=["submitted_at"],
                        name="application_queue",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at", None), ("submitted_at__isnull", False), _connector="OR"
                        ),
                        name="application_closed_was_submitted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("registration", "Extract of the register, or letter of the office"),
                            ("identity", "Identity of the person who applies"),
                            ("address", "Address: a bill or a letter of a bank"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("media_type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.BinaryField(max_length=32)),
                ("key", models.CharField(max_length=80)),
                ("sent_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="catalog.application",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("application", "sha256"),
                        name="document_sent_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
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
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="catalog.document",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Verdict",
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
                    "outcome",
                    models.CharField(
                        choices=[
                            ("approve", "Approve"),
                            ("return", "Return for changes"),
                            ("refuse", "Refuse"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("fits", "Everything fits"),
                            ("number", "A number is not this business's"),
                            ("name", "The name differs from the papers"),
                            ("paper", "A paper is missing or cannot be read"),
                            ("address", "The address is not shown"),
                            ("goods", "It sells what may not be sold"),
                            ("untrue", "Something is forged or untrue"),
                            ("other", "Something else: say what"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("seen", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="verdicts",
                        to="catalog.application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                [
                                    vitrine.catalog.verdicts.Outcome["APPROVE"],
                                    vitrine.catalog.verdicts.Outcome["RETURN"],
                                    vitrine.catalog.verdicts.Outcome["REFUSE"],
                                ],
                            )
                        ),
                        name="verdict_outcome_known",
                    )
                ],
            },
        ),
        HomeCell("application"),
        HomeCell("document"),
        HomeCell("inspection"),
        HomeCell("verdict"),
        append_only("catalog_inspection"),
        append_only("catalog_verdict"),
        migrations.RunSQL(TRADING_ALREADY, migrations.RunSQL.noop),
        migrations.RunSQL(SHUT, NO_SHUT),
        migrations.RunSQL(FIT, "DROP FUNCTION catalog_verdict_fit CASCADE"),
    ]
