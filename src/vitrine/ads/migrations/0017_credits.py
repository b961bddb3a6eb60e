"""What ads sold, and whose sale each line is."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import (
    append_only,
    frozen,
    lifted,
    never_deleted,
    never_emptied,
)

TABLES = ("sale", "credit", "creditreversal")
AGREED = ("advertiser_id", "objective", "zone", "made_at")
GUARDS = """
CREATE FUNCTION ads_credit_is_of_its_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
        WHERE l.id = NEW.line_id AND o.placed_at = NEW.bought_at
            AND NEW.amount_minor = l.goods_minor - l.discount_minor - l.discount_platform_minor
    ) THEN
        RAISE EXCEPTION 'a credit is what was paid for its line' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
        JOIN ads_campaign c ON c.id = g.campaign_id
        WHERE a.id = NEW.ad_id AND c.id = NEW.campaign_id
            AND NEW.bought_at - NEW.touched_at <= interval '1 day'
                * CASE NEW.what WHEN 'click' THEN c.click_days ELSE c.view_days END
    ) THEN
        RAISE EXCEPTION 'a credit lies in the window of its campaign'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_credit_is_of_its_line BEFORE INSERT ON ads_credit
    FOR EACH ROW EXECUTE FUNCTION ads_credit_is_of_its_line();
CREATE FUNCTION ads_creditreversal_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    credited bigint;
BEGIN
    SELECT amount_minor INTO credited FROM ads_credit
    WHERE id = NEW.credit_id FOR NO KEY UPDATE;
    IF credited < NEW.amount_minor + (
        SELECT coalesce(sum(amount_minor), 0) FROM ads_creditreversal
        WHERE credit_id = NEW.credit_id
    ) THEN
        RAISE EXCEPTION 'no more of a credit is taken back than there was'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_creditreversal_fits BEFORE INSERT ON ads_creditreversal
    FOR EACH ROW EXECUTE FUNCTION ads_creditreversal_fits();
"""
NO_GUARDS = """
DROP TRIGGER ads_creditreversal_fits ON ads_creditreversal;
DROP FUNCTION ads_creditreversal_fits();
DROP TRIGGER ads_credit_is_of_its_line ON ads_credit;
DROP FUNCTION ads_credit_is_of_its_line();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0016_demand"),
        ("orders", "0045_wallets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
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
                ("showing", models.UUIDField(db_index=True)),
                (
                    "what",
                    models.CharField(choices=[("view", "View"), ("click", "Click")], max_length=5),
                ),
                ("touched_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField()),
                ("bought_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CreditReversal",
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
                ("amount_minor", models.BigIntegerField()),
                (
                    "why",
                    models.CharField(
                        choices=[("given back", "Given Back"), ("false", "False")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Sale",
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
                ("paid_minor", models.BigIntegerField()),
                ("sales_minor", models.BigIntegerField()),
                ("given_back_minor", models.BigIntegerField(default=0)),
                ("is_over", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="click_days",
            field=models.PositiveSmallIntegerField(db_default=7, default=7),
        ),
        migrations.AddField(
            model_name="campaign",
            name="view_days",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="showing",
            name="is_measured",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("click_days__range", (1, 28)),
                    ("view_days__range", (0, 7)),
                ),
                name="campaign_windows",
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="ad",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ads.ad"
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ads.campaign"
            ),
        ),
        migrations.AddField(
            model_name="credit",
            name="line",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ad_credit",
                to="orders.orderline",
            ),
        ),
        migrations.AddField(
            model_name="creditreversal",
            name="credit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="ads.credit",
            ),
        ),
        migrations.AddField(
            model_name="sale",
            name="order",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0), ("touched_at__lte", models.F("bought_at"))
                ),
                name="ad_credit_sane",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditreversal",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="ad_credit_reversal_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditreversal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("why", "false")),
                fields=("credit",),
                name="ad_credit_false_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sale",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sales_minor__gte", 0),
                    ("sales_minor__lte", models.F("paid_minor")),
                    models.Q(("is_over", False), ("sales_minor", 0), _connector="OR"),
                ),
                name="ad_sale_sane",
            ),
        ),
        *(HomeCell(model) for model in TABLES),
        lifted(frozen("ads_campaign", *AGREED)),
        frozen("ads_campaign", *AGREED, "click_days", "view_days"),
        frozen("ads_sale", "order_id", "paid_minor"),
        never_deleted("ads_sale"),
        *(append_only(f"ads_{table}") for table in ("credit", "creditreversal")),
        *(never_emptied(f"ads_{table}") for table in ("sale", "credit", "creditreversal")),
        RunSQL(GUARDS, NO_GUARDS),
    ]
