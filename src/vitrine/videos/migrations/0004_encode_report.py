"""Know when a preparing began, what made each rendition, and which clip earned a denser one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what the encode report tells; the release before this one writes none of it."""

    dependencies = [
        ("videos", "0003_states_are_known"),
    ]

    operations = [
        migrations.AddField(
            model_name="encoding",
            name="refined_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="encoding",
            name="started_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rendition",
            name="encoder",
            field=models.CharField(db_default="libx264", max_length=20),
        ),
    ]
