"""Tokens may be good for gift cards."""

from django.db import migrations, models

from vitrine.programs.scopes import Scope


class Migration(migrations.Migration):
    """Let tokens have the scopes of gift cards."""

    dependencies = [("programs", "0002_after_the_order")]

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
                        ],
                    ),
                    ("scopes__len__gt", 0),
                ),
                name="token_scopes_known",
            ),
        ),
    ]
