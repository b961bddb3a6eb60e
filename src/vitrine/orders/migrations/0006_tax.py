"""Who hands each tax on, frozen on orders; local authorities have longer names."""

from django.db import migrations, models

from vitrine.sovereignty.immutable import frozen, lifted

BEFORE = frozen("orders_ordertax", "order_id", "authority", "amount_minor")


class Migration(migrations.Migration):
    """Lift the guard of the taxes while its column is widened, then set it anew."""

    dependencies = [("orders", "0005_address_once")]

    operations = [
        lifted(BEFORE),
        migrations.AddField(
            model_name="orderline",
            name="platform_liable",
            field=models.BooleanField(null=True),
        ),
        migrations.AddField(
            model_name="ordertax",
            name="platform_liable",
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name="ordertax",
            name="authority",
            field=models.CharField(max_length=20),
        ),
        frozen("orders_ordertax", "order_id", "authority", "amount_minor", "platform_liable"),
    ]
