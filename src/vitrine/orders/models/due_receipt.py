"""What was placed and is still to be told of."""

from django.db import models

from vitrine.orders.models.order import OrderGroup
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Tell buyers and shops of a purchase",
    retention="until its receipt was sent, hours at most",
    subject="group__buyer",
    SYSTEM="home_cell group due_at tries",
)
class DueReceipt(models.Model):
    """A purchase of which nobody was told yet; written with it, and gone once its receipt went.

    due_at: not before. tries: how often the letter did not go. The database does not look for the
    purchase: it is written by the statement that writes this, and never deleted.
    """

    home_cell = HomeCellField()
    group = models.OneToOneField(
        OrderGroup, models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
