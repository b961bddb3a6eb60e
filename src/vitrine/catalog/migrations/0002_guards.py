"""The walls: home-cell CHECKs and append-only tables."""

from django.db import migrations

from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("catalog", "0001_initial")]

    operations = [
        HomeCell("merchant"),
        HomeCell("membership"),
        HomeCell("product"),
        HomeCell("variant"),
        HomeCell("picture"),
        HomeCell("location"),
        HomeCell("stock"),
        HomeCell("stockmovement"),
        HomeCell("deliveryoption"),
        HomeCell("tag"),
        HomeCell("importreport"),
        HomeCell("importremark"),
        append_only("catalog_stockmovement"),
    ]
