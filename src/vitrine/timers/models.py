"""What is remembered of each timer: one row, whatever it did."""

from django.db import models

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="See timers that no longer run",
    retention="as long as the cell",
    OPS="name known_at begun_at finished_at failed_at failure",
    SYSTEM="id home_cell",
)
class Timer(models.Model):
    """One periodic task. known_at: when a worker first had it. failure: the name of what broke."""

    home_cell = HomeCellField()
    name = models.CharField(max_length=100, unique=True)
    known_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name
