"""Days count what was bought after the showings of ads, and what was foretold of that.

Constants of new columns are kept by Postgres beside the table: no row is written anew. What was
bought before is counted at the next turn (``counting.LOOKED_BACK``).
"""

import django.db.models.deletion
from django.db import migrations, models


def counted(name: str) -> migrations.AddField:
    """Return the operation by which days count something more."""
    return migrations.AddField("adday", name, models.BigIntegerField(db_default=0, default=0))


def likely(model: str, name: str) -> migrations.AddField:
    """Return the operation by which rows say what was foretold."""
    return migrations.AddField(model, name, models.FloatField(db_default=0, default=0))


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0022_reach_by_placement"),
    ]

    operations = [
        counted("spent_micros"),
        counted("orders"),
        counted("sales_minor"),
        counted("click_orders"),
        counted("click_sales_minor"),
        likely("adday", "foretold"),
        likely("showing", "order_chance"),
        migrations.AddIndex(
            "credit", models.Index(fields=["ad", "touched_at"], name="ad_credit_by_day")
        ),
        migrations.AlterField(
            "credit",
            "ad",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ads.ad",
            ),
        ),
    ]
