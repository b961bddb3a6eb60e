"""Two handles that read alike cannot both be taken."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the unique index over what a hurried reader sees."""

    dependencies = [("accounts", "0002_guards")]

    operations = [
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                models.Func(
                    "handle",
                    models.Value("01._"),
                    models.Value("ol"),
                    function="translate",
                    output_field=models.CharField(),
                ),
                name="person_handle_unmistakable",
            ),
        ),
    ]
