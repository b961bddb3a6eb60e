"""Invitations, the log of members, the last owner, and the terms of returns."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only

OWNED = """
CREATE FUNCTION catalog_membership_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.merchant_id = OLD.merchant_id THEN
    RETURN NULL;
  END IF;
  -- One at a time for each shop: two owners must not let each other go at the same moment.
  PERFORM 1 FROM catalog_merchant WHERE id = OLD.merchant_id FOR NO KEY UPDATE;
  IF FOUND AND NOT EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = OLD.merchant_id AND role = 'owner') THEN
    RAISE EXCEPTION 'a shop needs an owner' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER catalog_membership_owned AFTER DELETE OR UPDATE OF role, merchant_id
  ON catalog_membership FOR EACH ROW WHEN (OLD.role = 'owner')
  EXECUTE FUNCTION catalog_membership_owned();
"""
NOT_OWNED = "DROP FUNCTION catalog_membership_owned CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("catalog", "0010_delivery"),
    ]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="delivery_policy",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="merchant",
            name="returns_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="merchant",
            name="returns_paid_by",
            field=models.CharField(
                choices=[("buyer", "The buyer"), ("seller", "The shop")],
                db_default="buyer",
                default="buyer",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="merchant",
            name="returns_state",
            field=models.CharField(
                choices=[
                    ("any", "In any state"),
                    ("unused", "Unused"),
                    ("unopened", "Unopened, in its packing"),
                ],
                db_default="any",
                default="any",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="merchant",
            name="returns_policy",
            field=models.CharField(
                blank=True, default="Return within 30 days for a full refund.", max_length=200
            ),
        ),
        migrations.CreateModel(
            name="MemberChange",
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
                ("email", models.CharField(blank=True, max_length=254)),
                (
                    "change",
                    models.CharField(
                        choices=[
                            ("invited", "invited as"),
                            ("joined", "joined as"),
                            ("given", "was given the role"),
                            ("taken", "no longer has the role"),
                            ("left", "laid down the role"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("catalogue", "Catalogue"),
                            ("orders", "Orders"),
                            ("counter", "Counter"),
                            ("finance", "Finance"),
                        ],
                        max_length=10,
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
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="member_changes",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.CharField(blank=True, max_length=254)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("catalogue", "Catalogue"),
                            ("orders", "Orders"),
                            ("counter", "Counter"),
                            ("finance", "Finance"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="catalog.merchant",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("person", None), ("email", ""), _connector="XOR"),
                        name="invitation_for_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at", None), ("withdrawn_at", None), _connector="OR"
                        ),
                        name="invitation_ends_once",
                    ),
                ],
            },
        ),
        HomeCell("invitation"),
        HomeCell("memberchange"),
        append_only("catalog_memberchange"),
        migrations.RunSQL(OWNED, NOT_OWNED),
    ]
