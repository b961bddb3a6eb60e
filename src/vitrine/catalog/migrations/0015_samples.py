"""A reason for stock that is given to creators to show. Postgres keeps no list of reasons."""

from django.db import migrations, models

REASONS = [
    ("received", "Received"),
    ("sold", "Sold"),
    ("returned", "Returned"),
    ("adjusted", "Adjusted"),
    ("counted", "Counted"),
    ("damaged", "Damaged"),
    ("lost", "Lost or stolen"),
    ("found", "Found again"),
    ("corrected", "A mistake put right"),
    ("sent_back", "Sent back to the supplier"),
    ("sample", "Given to a creator to show"),
    ("moved_out", "Sent to another place"),
    ("moved_in", "Came from another place"),
]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_prices_and_places")]

    operations = [
        migrations.AlterField(
            "stockmovement", "reason", models.CharField(choices=REASONS, max_length=10)
        ),
    ]
