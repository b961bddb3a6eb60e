"""Who met a campaign of which some are held out, shown it or not, counts once in all of its time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename the model alone: the table keeps its name, and what is added to it says of ghosts what
    the release before this one means by them."""

    dependencies = [
        ("ads", "0026_records"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Ghost", "Meeting"),
                migrations.AlterModelTable("Meeting", "ads_ghost"),
            ]
        ),
        migrations.AddField(
            model_name="meeting",
            name="is_held",
            field=models.BooleanField(db_default=True),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="last_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveIndex(model_name="meeting", name="ad_ghost_by_age"),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["first_at"], name="ad_meeting_by_age"),
        ),
    ]
