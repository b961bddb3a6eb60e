"""Ads for people who are like those who deal with a shop, and whom they were for before."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

WERE = "languages, ages, interests, regions, dealings, left_out"
ARE = f"{WERE}, alike, alike_percent"


def keeps(columns: str) -> str:
    """Return what writes whom a group was for as one of some columns changes."""
    old = ", ".join(f"OLD.{column}" for column in columns.split(", "))
    new = old.replace("OLD", "NEW")
    return f"""
DROP TRIGGER ads_adgroup_keeps_aim ON ads_adgroup;
CREATE OR REPLACE FUNCTION ads_adgroup_keeps_aim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({old}) IS NOT DISTINCT FROM ({new}) THEN
        NEW.aimed_at = OLD.aimed_at;
        RETURN NEW;
    END IF;
    IF NEW.aimed_at <= OLD.aimed_at THEN
        NEW.aimed_at = greatest(OLD.aimed_at, clock_timestamp());
    END IF;
    INSERT INTO ads_pasttargeting (home_cell, group_id, {columns}, aimed_at, until_at)
        VALUES (OLD.home_cell, OLD.id, {old}, OLD.aimed_at, NEW.aimed_at);
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adgroup_keeps_aim BEFORE UPDATE OF {columns}, aimed_at ON ads_adgroup
    FOR EACH ROW EXECUTE FUNCTION ads_adgroup_keeps_aim();
"""  # noqa: S608  (our own columns)


def _dealings(**fields: Any) -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=6), size=None, **fields
    )


def aimed(model: str) -> list[Any]:
    """Return the operations by which a model says whom people are like."""
    return [
        migrations.AddField(model, "alike", _dealings(db_default=[], default=list)),
        migrations.AddField(
            model, "alike_percent", models.PositiveSmallIntegerField(db_default=0, default=0)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0019_placements"),
        ("catalog", "0018_prices_to_come"),
    ]

    operations = [
        *aimed("adgroup"),
        *aimed("pasttargeting"),
        migrations.AddConstraint(
            "adgroup",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alike", []), ("alike_percent", 0)),
                    models.Q(
                        ("alike__contained_by", ["looked", "bagged", "bought"]),
                        ("alike__len__gt", 0),
                        ("alike_percent__range", (1, 10)),
                    ),
                    _connector="OR",
                ),
                name="ad_group_alike_known",
            ),
        ),
        migrations.RunSQL(keeps(ARE), reverse_sql=keeps(WERE)),
        migrations.CreateModel(
            name="Lookalike",
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
                ("of", _dealings()),
                ("people", models.PositiveIntegerField()),
                ("viewers", models.PositiveIntegerField()),
                ("space", models.CharField(max_length=40)),
                ("direction", models.BinaryField()),
                (
                    "thresholds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.FloatField(), size=None
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.merchant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "of"), name="lookalike_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("of__contained_by", ["looked", "bagged", "bought"]),
                            ("of__len__gt", 0),
                        ),
                        name="lookalike_dealings_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direction", b""), ("people", 0), ("thresholds", [])),
                            models.Q(
                                ("people__gte", 100),
                                ("thresholds__len", 10),
                                models.Q(("direction", b""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="lookalike_singles_nobody_out",
                    ),
                ],
            },
        ),
        HomeCell("lookalike"),
    ]
