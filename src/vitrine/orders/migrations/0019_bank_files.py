"""Bank files: what they were made of, and that no payout is in two."""

from django.db import migrations, models

ONE_FILE = """
CREATE TRIGGER orders_payout_in_one_file BEFORE UPDATE OF file_id ON orders_payout FOR EACH ROW
    WHEN (OLD.file_id IS NOT NULL AND OLD.file_id IS DISTINCT FROM NEW.file_id)
    EXECUTE FUNCTION vitrine_refuse('it is in a file already');
"""


class Migration(migrations.Migration):
    """Say what a file was made of: null for those of the release before this one."""

    dependencies = [
        ("orders", "0018_handed_over_by_line"),
    ]

    operations = [
        migrations.AddField(
            model_name="payoutfile",
            name="pay_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="payer",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="payments",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="sha256",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name="payoutfile",
            name="total_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.RunSQL(ONE_FILE, "DROP TRIGGER orders_payout_in_one_file ON orders_payout"),
    ]
