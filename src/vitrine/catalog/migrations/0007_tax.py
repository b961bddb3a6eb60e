"""What a product is to the tax tables, and whether its seller is registered for GST."""

from django.db import migrations, models

from vitrine.catalog import tax_codes


class Migration(migrations.Migration):
    """Add both with the values that everything had so far."""

    dependencies = [("catalog", "0006_held_and_said")]

    operations = [
        migrations.AddField(
            model_name="merchant",
            name="is_tax_registered",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="product",
            name="tax_code",
            field=models.CharField(
                choices=tax_codes.CHOICES, db_default="general", default="general", max_length=10
            ),
        ),
    ]
