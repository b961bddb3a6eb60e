from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("feed", "0014_looks"),
    ]

    operations = [
        migrations.AddField(
            model_name="slate",
            name="signs",
            field=models.BinaryField(db_default=b"", default=b""),
        ),
    ]
