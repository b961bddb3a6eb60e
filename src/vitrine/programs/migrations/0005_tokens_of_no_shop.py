"""Tokens may be an advertiser's, and no shop's: then they read figures of ads and no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Let tokens be of no shop, and refuse those that would open one."""

    dependencies = [("programs", "0004_scope_of_ads")]

    operations = [
        migrations.AlterField(
            model_name="token",
            name="merchant",
            field=models.ForeignKey(
                null=True,
                on_delete=models.deletion.CASCADE,
                related_name="+",
                to="catalog.merchant",
            ),
        ),
        migrations.AddConstraint(
            model_name="token",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merchant__isnull", False),
                    ("scopes__contained_by", ["ads:read"]),
                    _connector="OR",
                ),
                name="token_of_no_shop_opens_none",
            ),
        ),
    ]
