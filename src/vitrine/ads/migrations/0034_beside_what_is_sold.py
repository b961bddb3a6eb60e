"""Ads beside clips that sell something, and beside which they stood before."""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

WERE = "languages, ages, interests, regions, dealings, left_out, alike, alike_percent"
ARE = f"{WERE}, beside"


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


def _beside() -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=120), size=None, db_default=[], default=list
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0033_own_browsers"),
    ]

    operations = [
        migrations.AddField("adgroup", "beside", _beside()),
        migrations.AddField("pasttargeting", "beside", _beside()),
        migrations.AddConstraint(
            "adgroup",
            models.CheckConstraint(
                condition=models.Q(("beside__len__lte", 20)), name="ad_group_beside_few"
            ),
        ),
        migrations.RunSQL(keeps(ARE), reverse_sql=keeps(WERE)),
    ]
