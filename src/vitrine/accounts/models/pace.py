"""How often somebody has done something lately."""

from typing import ClassVar

from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Slow down machines",
    retention="2 days",
    subject="who = accounts.Person.public_id",
    PERSONAL="who action window_s began_at done",
    SYSTEM="id home_cell",
)
class Pace(models.Model):
    """What one viewer did in the current window of one length. Written by ``limits.spend``."""

    home_cell = HomeCellField()
    who = models.CharField(max_length=40)
    action = models.CharField(max_length=10)
    window_s = models.PositiveIntegerField()
    began_at = models.DateTimeField(db_index=True)
    done = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["who", "action", "window_s"], name="pace_once"),
        ]
