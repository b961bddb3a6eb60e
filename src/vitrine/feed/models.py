"""What viewers were shown and how long they watched."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Never show the same clip twice; learn what is worth watching",
    retention="30 days, or until reset by the person",
    PERSONAL="viewer clip served_at watched_ms loops completed_at hidden_at",
    SYSTEM="id home_cell",
)
class Watch(models.Model):
    """What one viewer did with one clip. viewer: a person's public id, or a visitor's token.

    A row exists from the moment a clip is served; watching fills it in.
    """

    home_cell = HomeCellField()
    viewer = models.CharField(max_length=40, db_collation="C")
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    served_at = models.DateTimeField()
    watched_ms = models.PositiveIntegerField(default=0)
    loops = models.PositiveSmallIntegerField(default=0)
    completed_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer", "clip"], name="watch_once"),
            models.CheckConstraint(condition=~Q(viewer=""), name="watch_has_viewer"),
        ]
        indexes: ClassVar = [models.Index(fields=["clip", "served_at"], name="watch_by_clip")]
