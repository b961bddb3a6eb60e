"""The walls: a state is one of those that the code knows, and what is deleted is not out."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the guards to clips, encodings and uploads."""

    dependencies = [
        ("videos", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="clip",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visibility__in", ["public", "followers", "unlisted", "private"])
                ),
                name="clip_visibility_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="clip",
            constraint=models.CheckConstraint(
                condition=models.Q(("deleted_at", None), ("published_at", None), _connector="OR"),
                name="clip_deleted_is_not_out",
            ),
        ),
        migrations.AddConstraint(
            model_name="encoding",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "running", "ready", "failed"])),
                name="encoding_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["receiving", "complete", "accepted", "refused", "cancelled"])
                ),
                name="upload_state_known",
            ),
        ),
    ]
