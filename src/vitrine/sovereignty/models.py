"""What has left the cell, row by row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from vitrine.sovereignty import datamap


@datamap.declare(
    purpose="Show what left the cell, to whom and why",
    retention="for good; it names no person",
    OPS="destination purpose classes size at",
    SYSTEM="id digest",
)
class Leaving(models.Model):
    """One leaving through the gate. Written before the bytes go; never changed (trigger)."""

    destination = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    classes = ArrayField(models.CharField(max_length=12))
    digest = models.BinaryField(max_length=32)
    size = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "sovereignty_release"  # as the release before this one writes it
