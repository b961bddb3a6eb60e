"""A clip has a cover of its own, and a draft a time at which it goes out."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what the release before this one neither reads nor writes."""

    dependencies = [
        ("videos", "0006_captions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="cover_key",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="clip",
            name="cover_ms",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="clip",
            name="schedule_refused_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clip",
            name="schedule_trouble",
            field=models.CharField(blank=True, db_default="", default="", max_length=400),
        ),
        migrations.AddField(
            model_name="clip",
            name="scheduled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="clip",
            index=models.Index(
                condition=models.Q(("scheduled_at__isnull", False)),
                fields=["scheduled_at"],
                name="clip_scheduled",
            ),
        ),
    ]
