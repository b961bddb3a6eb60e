"""One address of a person may come first, whatever was used last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add when it was put first, and that there is one at most."""

    dependencies = [("orders", "0010_returns_text")]

    operations = [
        migrations.AddField("address", "first_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "address",
            models.UniqueConstraint(
                condition=models.Q(first_at__isnull=False),
                fields=["person"],
                name="address_one_first",
            ),
        ),
    ]
