"""When what is in a bag, and what was bought, was met on its clip."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0016_disputes")]

    operations = [
        migrations.AddField("cartline", "met_at", models.DateTimeField(null=True)),
        migrations.AddField("orderline", "met_at", models.DateTimeField(null=True)),
    ]
