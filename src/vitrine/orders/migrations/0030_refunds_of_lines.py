"""Money can be given back for units of lines that are not sent back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0029_drops"),
    ]

    operations = [
        migrations.AlterField(
            model_name="refund",
            name="kind",
            field=models.CharField(
                choices=[
                    ("whole", "Everything that was left of the order"),
                    ("return", "Returned goods"),
                    ("lines", "Goods that the buyer does not send back"),
                    ("goodwill", "A part of the price"),
                ],
                max_length=8,
            ),
        ),
    ]
