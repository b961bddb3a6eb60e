"""Give each place a ticket: what its page asks with. Postgres makes one for rows that have none."""

import uuid

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0039_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="place",
            name="ticket",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                default=uuid.uuid4,
                unique=True,
            ),
        ),
    ]
