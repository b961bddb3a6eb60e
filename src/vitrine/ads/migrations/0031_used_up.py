"""When people were told that a campaign or a wallet has nothing left."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0030_insiders"),
    ]

    operations = [
        migrations.AddField(
            model_name="advertiser",
            name="emptied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="campaign",
            name="spent_at",
            field=models.DateTimeField(null=True),
        ),
    ]
