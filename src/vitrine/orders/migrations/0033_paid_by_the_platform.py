"""A sale of which the buyer pays nothing, and the platform all, is posted: its move is of nothing."""

from django.db import migrations, models

OF_NOTHING = """
DO $$ BEGIN EXECUTE replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    'taken IS DISTINCT FROM move.leg_minor', 'coalesce(taken, 0) <> move.leg_minor'
); END $$;
"""
"""Who posts nothing on the provider's account has taken nothing. Changed as it stands: it has been
written anew before, and will be."""
OF_SOMETHING = """
DO $$ BEGIN EXECUTE replace(
    pg_get_functiondef('orders_transfer_has_its_reason'::regproc),
    'coalesce(taken, 0) <> move.leg_minor', 'taken IS DISTINCT FROM move.leg_minor'
); END $$;
"""


class Migration(migrations.Migration):
    """Let moves and refunds be of nothing that the buyer paid."""

    dependencies = [("orders", "0032_one_each")]

    operations = [
        migrations.RunSQL(OF_NOTHING, OF_SOMETHING),
        migrations.RemoveConstraint(model_name="paymentmove", name="move_moves_something"),
        migrations.RemoveConstraint(model_name="refund", name="refund_of_something"),
        migrations.AddConstraint(
            model_name="paymentmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gt", 0),
                    models.Q(("amount_minor", 0), models.Q(("kind", "void"), _negated=True)),
                    _connector="OR",
                ),
                name="move_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gte", 0),
                    ("delivery_minor__gte", 0),
                    ("fee_minor__gte", 0),
                    ("made_good_minor__gte", 0),
                    models.Q(("amount_minor__gt", 0), ("made_good_minor__gt", 0), _connector="OR"),
                ),
                name="refund_of_something",
            ),
        ),
    ]
