"""How many auctions there were in an hour: a campaign has one place of each, however many it had."""

from django.db import migrations, models

AS_MANY_AS_PLACES = "UPDATE ads_adhour SET auctions = places"


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0035_begins_later"),
    ]

    operations = [
        migrations.AddField(
            model_name="adhour",
            name="auctions",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(AS_MANY_AS_PLACES, reverse_sql=migrations.RunSQL.noop),
    ]
