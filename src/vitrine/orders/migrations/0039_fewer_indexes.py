"""Fewer indexes on what each purchase writes: each is written again as the purchase is placed.

Another index begins with the same column, or only few rows have a value, or nobody searches by the
beginning of a random text, for which Django adds an index to each unique column.
"""

import django.db.models.deletion
from django.db import migrations, models

SUPERSEDED = {
    "orders_order_group_id_6031ddaa": "orders_order (group_id)",
    "orders_order_pickup_location_id_f50f729f": "orders_order (pickup_location_id)",
    "orders_orderline_clip_id_839c122f": "orders_orderline (clip_id)",
    "orders_ordertax_order_id_1075bb5d": "orders_ordertax (order_id)",
    "orders_order_public_id_477d735f_like": "orders_order (public_id varchar_pattern_ops)",
    "orders_ordergroup_public_id_0412ad8e_like": "orders_ordergroup (public_id varchar_pattern_ops)",
    "orders_ordergroup_key_11de9e18_like": "orders_ordergroup (key varchar_pattern_ops)",
    "orders_ordergroup_link_token_bc594805_like": "orders_ordergroup (link_token varchar_pattern_ops)",
    "orders_payment_public_id_36c9b549_like": "orders_payment (public_id varchar_pattern_ops)",
    "orders_payment_key_14276fc7_like": "orders_payment (key varchar_pattern_ops)",
    "sandbox_bank_charge_key_41aedc36_like": "sandbox_bank_charge (key varchar_pattern_ops)",
    "sandbox_bank_charge_reference_d5545d0a_like": "sandbox_bank_charge (reference varchar_pattern_ops)",
}
PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0018_prices_to_come"),
        ("orders", "0038_file_readings"),
        ("videos", "0013_remixes_agree"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["pickup_location"],
                name="order_collected",
                condition=models.Q(pickup_location__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(
                fields=["clip"], name="line_met", condition=models.Q(clip__isnull=False)
            ),
        ),
        migrations.SeparateDatabaseAndState(
            # Django would drop the foreign keys with their indexes, and check all rows anew.
            database_operations=[
                migrations.RunSQL(
                    "".join(f"DROP INDEX IF EXISTS {name};" for name in SUPERSEDED),
                    reverse_sql="".join(
                        f"CREATE INDEX {name} ON {what};" for name, what in SUPERSEDED.items()
                    ),
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="order",
                    name="group",
                    field=models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="orders",
                        to="orders.ordergroup",
                        db_index=False,
                    ),
                ),
                migrations.AlterField(
                    model_name="order",
                    name="pickup_location",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=PROTECT,
                        related_name="+",
                        to="catalog.location",
                        db_index=False,
                    ),
                ),
                migrations.AlterField(
                    model_name="orderline",
                    name="clip",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="videos.clip",
                        db_index=False,
                    ),
                ),
                migrations.AlterField(
                    model_name="ordertax",
                    name="order",
                    field=models.ForeignKey(
                        on_delete=PROTECT,
                        related_name="taxes",
                        to="orders.order",
                        db_index=False,
                    ),
                ),
            ],
        ),
    ]
