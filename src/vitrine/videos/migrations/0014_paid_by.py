"""Creators say who paid them for a clip."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what the release before this one neither reads nor writes."""

    dependencies = [("videos", "0013_remixes_agree")]

    operations = [
        migrations.AddField(
            model_name="clip",
            name="paid_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
    ]
