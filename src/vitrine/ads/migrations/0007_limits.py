"""Who set what an advertiser may spend on a day."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.special import RunSQL

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied

HOLDS = """
CREATE FUNCTION ads_limit_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ads_advertiser SET daily_minor = NEW.daily_minor WHERE id = NEW.advertiser_id;
    RETURN NULL;
END $$;
CREATE TRIGGER ads_limit_holds AFTER INSERT ON ads_dailylimit
    FOR EACH ROW EXECUTE FUNCTION ads_limit_holds();
CREATE TRIGGER ads_advertiser_limited BEFORE UPDATE OF daily_minor ON ads_advertiser
    FOR EACH ROW
    WHEN (OLD.daily_minor IS DISTINCT FROM NEW.daily_minor AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION vitrine_refuse('it is set with who set it');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0006_shares"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DailyLimit",
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
                ("daily_minor", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limits",
                        to="ads.advertiser",
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
        ),
        HomeCell("dailylimit"),
        append_only("ads_dailylimit"),
        never_emptied("ads_dailylimit"),
        RunSQL(
            HOLDS,
            "DROP TRIGGER ads_advertiser_limited ON ads_advertiser;"
            "DROP TRIGGER ads_limit_holds ON ads_dailylimit;"
            "DROP FUNCTION ads_limit_holds();",
        ),
    ]
