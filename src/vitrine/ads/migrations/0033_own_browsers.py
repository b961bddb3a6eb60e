"""A charge is taken back that came from a browser of the ad's own people."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0032_reach_meets_once"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="reversal", name="ad_reversal_has_reason"),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        [
                            "own",
                            "flood",
                            "device",
                            "network",
                            "rhythm",
                            "haste",
                            "too often",
                            "hand",
                        ],
                    )
                ),
                name="ad_reversal_has_reason",
            ),
        ),
    ]
