"""The chain over what is posted, and the days that are closed."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied

SUMS_TO_ZERO = """
CREATE FUNCTION ledger_trial_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM ledger_trialline WHERE closing_id = NEW.closing_id
        GROUP BY currency HAVING sum(balance_minor) <> 0 OR sum(in_minor) <> sum(out_minor)
    ) THEN
        RAISE EXCEPTION 'the trial balance of closing % does not sum to zero', NEW.closing_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_trialline_balanced AFTER INSERT ON ledger_trialline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_trial_must_balance();
"""
UNSUMMED = """
DROP TRIGGER ledger_trialline_balanced ON ledger_trialline;
DROP FUNCTION ledger_trial_must_balance();
"""
TABLES = ("seal", "closing", "closedbalance", "trialline")


class Migration(migrations.Migration):
    """Create them with their guards."""

    dependencies = [
        ("ledger", "0003_legs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seal",
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
                ("number", models.BigIntegerField(unique=True)),
                ("after_transfer", models.BigIntegerField(unique=True)),
                ("until_transfer", models.BigIntegerField(unique=True)),
                ("transfers", models.PositiveIntegerField()),
                ("previous", models.BinaryField(max_length=32, unique=True)),
                ("hash", models.BinaryField(max_length=32, unique=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("after_transfer__gte", 0),
                            ("number__gte", 1),
                            ("transfers__gte", 1),
                            ("until_transfer__gt", models.F("after_transfer")),
                        ),
                        name="seal_covers_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Closing",
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
                ("day", models.DateField(unique=True)),
                ("until_transfer", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.seal",
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="ClosedBalance",
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
                ("balance_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.account",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="ledger.closing",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "closing"), name="closed_balance_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrialLine",
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
                ("currency", models.CharField(max_length=3)),
                ("kind", models.CharField(max_length=40)),
                ("in_minor", models.BigIntegerField()),
                ("out_minor", models.BigIntegerField()),
                ("balance_minor", models.BigIntegerField()),
                (
                    "closing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trial",
                        to="ledger.closing",
                    ),
                ),
            ],
            options={
                "ordering": ["currency", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("closing", "currency", "kind"), name="trial_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("in_minor__gte", 0), ("out_minor__gte", 0)),
                        name="trial_line_signs",
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="posting",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="postings",
                to="ledger.account",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(fields=["account", "transfer"], name="posting_by_age"),
        ),
        migrations.RunSQL(SUMS_TO_ZERO, UNSUMMED),
        *(HomeCell(table) for table in TABLES),
        *(guard(f"ledger_{table}") for table in TABLES for guard in (append_only, never_emptied)),
    ]
