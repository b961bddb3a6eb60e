"""Two handles cannot both be taken that differ in what runs together: "modern" and "modem"."""

from django.db import migrations, models

SEEN = models.Func(
    "handle",
    models.Value("01._"),
    models.Value("ol"),
    function="translate",
    output_field=models.CharField(),
)
for pair, letter in (("rn", "m"), ("vv", "w")):
    SEEN = models.Func(
        SEEN,
        models.Value(pair),
        models.Value(letter),
        function="replace",
        output_field=models.CharField(),
    )


class Migration(migrations.Migration):
    """Build the unique index over what a hurried reader sees anew."""

    dependencies = [("accounts", "0007_language")]

    operations = [
        migrations.RemoveConstraint("person", "person_handle_unmistakable"),
        migrations.AddConstraint(
            "person", models.UniqueConstraint(SEEN, name="person_handle_unmistakable")
        ),
    ]
