"""A count of everything in one place."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from vitrine.catalog.models.product import Variant
from vitrine.catalog.models.stock import Location
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class StocktakeQuerySet(models.QuerySet["Stocktake"]):
    """Which counts."""

    def running(self) -> Self:
        """Counts that are neither applied nor given up."""
        return self.filter(applied_at=None, dropped_at=None)


@datamap.declare(
    purpose="Know what really lies there",
    retention="with its movements",
    subject="by",
    BUSINESS="public_id began_at applied_at dropped_at",
    PERSONAL="by",
    SYSTEM="id home_cell location",
)
class Stocktake(models.Model):
    """A count of one place, line by line, until it is applied or dropped. One runs at a time."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    location = models.ForeignKey(Location, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = StocktakeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["location"],
                name="stocktake_one_runs",
                condition=Q(applied_at=None, dropped_at=None),
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(dropped_at=None), name="stocktake_ends_once"
            ),
        ]


@datamap.declare(
    purpose="Know what really lies there",
    retention="with its movements",
    BUSINESS="counted on_hand judged at key",
    SYSTEM="id home_cell stocktake variant",
)
class StocktakeLine(models.Model):
    """What was counted of a variant, and what was on hand at that moment.

    judged: how many movements had judged the shelf by then; one more means that the count is old.
    key: of the last form that counted, so that a repeated scan counts once.
    """

    home_cell = HomeCellField()
    stocktake = models.ForeignKey(Stocktake, models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="+")
    counted = models.PositiveIntegerField()
    on_hand = models.IntegerField()
    judged = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stocktake", "variant"], name="stocktake_line_once"),
        ]

    @property
    def difference(self) -> int:
        """How many more were counted than the figures said; negative: fewer."""
        return self.counted - self.on_hand
