"""Tokens may be good for the figures of ads."""

from django.db import migrations, models

from vitrine.programs.scopes import Scope


class Migration(migrations.Migration):
    """Let tokens have the scope of ads."""

    dependencies = [("programs", "0003_scopes_of_cards")]

    operations = [
        migrations.RemoveConstraint(model_name="token", name="token_scopes_known"),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "scopes__contained_by",
                        [
                            Scope["CATALOG_READ"],
                            Scope["CATALOG_WRITE"],
                            Scope["STOCK_WRITE"],
                            Scope["ORDERS_READ"],
                            Scope["ORDERS_WRITE"],
                            Scope["FINANCE_READ"],
                            Scope["CARDS_READ"],
                            Scope["CARDS_WRITE"],
                            Scope["ADS_READ"],
                        ],
                    ),
                    ("scopes__len__gt", 0),
                ),
                name="token_scopes_known",
            ),
        ),
    ]
