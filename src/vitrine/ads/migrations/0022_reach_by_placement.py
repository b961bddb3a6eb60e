"""Where people saw an ad first is counted with them.

What was counted until now stood in the feed, or is counted anew within two days.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0021_account_tokens"),
    ]

    operations = [
        migrations.AddField(
            "adreach",
            "placement",
            models.CharField(
                choices=[("feed", "In the feed"), ("search", "In product search")],
                db_default="feed",
                default="feed",
                max_length=6,
            ),
        ),
        migrations.RemoveConstraint("adreach", "ad_reach_of_day_once"),
        migrations.AddConstraint(
            "adreach",
            models.UniqueConstraint(
                fields=("ad", "day", "band", "region", "placement"),
                name="ad_reach_by_placement_once",
            ),
        ),
    ]
