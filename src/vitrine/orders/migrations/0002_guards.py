"""The walls: home-cell CHECKs and append-only tables."""

from django.db import migrations

from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only


class Migration(migrations.Migration):
    """Add the guards that models cannot express."""

    dependencies = [("orders", "0001_initial")]

    operations = [
        HomeCell("cart"),
        HomeCell("cartline"),
        HomeCell("address"),
        HomeCell("paymentmethod"),
        HomeCell("ordergroup"),
        HomeCell("order"),
        HomeCell("ordertax"),
        HomeCell("orderline"),
        HomeCell("reservation"),
        HomeCell("payment"),
        HomeCell("paymentmove"),
        HomeCell("providerevent"),
        HomeCell("bankcharge"),
        HomeCell("bankmove"),
        HomeCell("fulfilment"),
        HomeCell("orderevent"),
        append_only("orders_orderevent"),
        append_only("orders_providerevent"),
    ]
