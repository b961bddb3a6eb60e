"""Clips are met as ads, too: a source of their own, so that what was paid for is told apart."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0018_a_row_for_a_page"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clipday",
            name="source",
            field=models.CharField(
                choices=[
                    ("for_you", "For you"),
                    ("following", "Following"),
                    ("profile", "Your profile"),
                    ("link", "A link"),
                    ("search", "Search"),
                    ("tag", "A tag page"),
                    ("embed", "Another site"),
                    ("related", "More to watch"),
                    ("sound", "A sound’s page"),
                    ("ad", "An ad"),
                ],
                max_length=10,
            ),
        ),
    ]
