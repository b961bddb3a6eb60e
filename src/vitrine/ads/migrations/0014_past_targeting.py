"""Whom ads were for before: written by the database itself as a group is changed."""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied

COLUMNS = "languages, ages, interests, regions, dealings, left_out"
OLD = ", ".join(f"OLD.{column}" for column in COLUMNS.split(", "))
NEW = OLD.replace("OLD", "NEW")
KEEPS = f"""
CREATE FUNCTION ads_adgroup_keeps_aim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ({OLD}) IS NOT DISTINCT FROM ({NEW}) THEN
        NEW.aimed_at = OLD.aimed_at;
        RETURN NEW;
    END IF;
    IF NEW.aimed_at <= OLD.aimed_at THEN
        NEW.aimed_at = greatest(OLD.aimed_at, clock_timestamp());
    END IF;
    INSERT INTO ads_pasttargeting (home_cell, group_id, {COLUMNS}, aimed_at, until_at)
        VALUES (OLD.home_cell, OLD.id, {OLD}, OLD.aimed_at, NEW.aimed_at);
    RETURN NEW;
END $$;
CREATE TRIGGER ads_adgroup_keeps_aim BEFORE UPDATE OF {COLUMNS}, aimed_at ON ads_adgroup
    FOR EACH ROW EXECUTE FUNCTION ads_adgroup_keeps_aim();
"""  # noqa: S608  (our own columns)
SINCE = """
UPDATE ads_adgroup g SET aimed_at = c.made_at FROM ads_campaign c WHERE c.id = g.campaign_id
"""


def _words(length: int, **fields: Any) -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=length), default=list, size=None, **fields
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0013_beside"),
    ]

    operations = [
        migrations.AddField(
            model_name="adgroup",
            name="aimed_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.RunSQL(SINCE, reverse_sql=migrations.RunSQL.noop),
        migrations.CreateModel(
            name="PastTargeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("languages", _words(8)),
                ("ages", _words(5)),
                ("interests", _words(40)),
                ("regions", _words(3, db_default=[])),
                ("dealings", _words(6, db_default=[])),
                ("left_out", _words(6, db_default=[])),
                (
                    "aimed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("until_at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="past",
                        to="ads.adgroup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("aimed_at"))),
                        name="ad_targeting_has_its_time",
                    )
                ],
            },
        ),
        HomeCell("pasttargeting"),
        append_only("ads_pasttargeting"),
        never_emptied("ads_pasttargeting"),
        migrations.RunSQL(
            KEEPS,
            reverse_sql="DROP TRIGGER ads_adgroup_keeps_aim ON ads_adgroup;"
            " DROP FUNCTION ads_adgroup_keeps_aim",
        ),
    ]
