"""The walls: home-cell CHECKs and append-only tables."""

from django.db import migrations

from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        HomeCell("person"),
        HomeCell("follow"),
    ]
