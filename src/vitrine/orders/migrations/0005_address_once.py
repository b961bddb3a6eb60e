"""A person's address is kept once: two purchases at one moment could write it twice."""

from django.db import migrations, models

FIELDS = ["person", "name", "line1", "line2", "city", "region", "postcode", "phone"]
KEEP_THE_LAST_USED = """
DELETE FROM orders_address WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY person_id, name, line1, line2, city, region, postcode, phone
            ORDER BY used_at DESC, id DESC
        ) AS place FROM orders_address
    ) AS counted WHERE place > 1
)
"""


class Migration(migrations.Migration):
    """Drop the copies, then add the constraint."""

    dependencies = [("orders", "0004_money_has_its_reason")]

    operations = [
        migrations.RunSQL(KEEP_THE_LAST_USED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(fields=FIELDS, name="address_once"),
        ),
    ]
