"""Purchases of which nobody was told yet have a row; jobs that wait to tell of some become rows."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

WAITING = """
INSERT INTO orders_duereceipt (home_cell, group_id, due_at, tries)
SELECT DISTINCT g.home_cell, g.id, now(), 0 FROM procrastinate_jobs j
CROSS JOIN jsonb_array_elements_text(j.args -> 'group_ids') AS waits (id)
JOIN orders_ordergroup g ON g.id = waits.id::bigint
WHERE j.task_name = 'vitrine.orders.tasks.send_receipts' AND j.status IN ('todo', 'doing');
DELETE FROM procrastinate_jobs
WHERE task_name = 'vitrine.orders.tasks.send_receipts' AND status IN ('todo', 'doing');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0043_places_by_drop"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="DueReceipt",
            fields=[
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                (
                    "group",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="orders.ordergroup",
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        HomeCell("DueReceipt"),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop),
    ]
