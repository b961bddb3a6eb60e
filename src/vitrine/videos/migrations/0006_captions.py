"""Know that nobody speaks, what a machine heard, and how loud a clip is moment by moment."""

import django.db.models.deletion
from django.db import migrations, models

from vitrine.sovereignty.cell import HomeCell, HomeCellField, home


class Migration(migrations.Migration):
    """Add the marks; a clip in no language ("zxx") is one in which nobody speaks."""

    dependencies = [("videos", "0005_threads")]

    operations = [
        migrations.AddField(
            model_name="clip", name="speechless_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="caption", name="heard_at", field=models.DateTimeField(null=True)
        ),
        migrations.CreateModel(
            name="Waveform",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("home_cell", HomeCellField(default=home, editable=False, max_length=2)),
                ("peaks", models.BinaryField(max_length=50_000)),
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waveform",
                        to="videos.clip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hearing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("home_cell", HomeCellField(default=home, editable=False, max_length=2)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "clip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hearing",
                        to="videos.clip",
                    ),
                ),
            ],
        ),
        HomeCell("waveform"),
        HomeCell("hearing"),
        migrations.RunSQL(
            "UPDATE videos_clip SET speechless_at = created_at WHERE language = 'zxx' AND NOT EXISTS"
            " (SELECT FROM videos_caption WHERE clip_id = videos_clip.id)",
            migrations.RunSQL.noop,
        ),
    ]
