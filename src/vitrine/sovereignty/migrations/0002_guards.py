"""The walls: home-cell CHECKs and append-only tables."""

from django.db import migrations

from vitrine.sovereignty.immutable import append_only


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("sovereignty", "0001_initial")]

    operations = [
        append_only("sovereignty_release"),
    ]
