"""What leaves through the gate is a leaving: a release is what becomes of a sale's money."""

from django.db import migrations


class Migration(migrations.Migration):
    """Rename the model alone: the table keeps its name, which the release before this one uses."""

    dependencies = [("sovereignty", "0002_guards")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Release", "Leaving"),
                migrations.AlterModelTable("Leaving", "sovereignty_release"),
            ]
        ),
    ]
