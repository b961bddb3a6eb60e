"""Products attached to clips."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.catalog.models.product import Product
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Let a clip's products be bought",
    retention="with the clip",
    subject="clip__creator",
    LOCAL_PUBLIC="public_id product from_ms until_ms",
    SYSTEM="id home_cell clip",
)
class Tag(models.Model):
    """A product attached to a clip, from a moment to a moment."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="tags")
    from_ms = models.PositiveIntegerField(default=0)
    until_ms = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clip", "product"], name="tag_once"),
            models.CheckConstraint(
                condition=Q(from_ms__lt=F("until_ms")), name="tag_span_not_empty"
            ),
        ]
