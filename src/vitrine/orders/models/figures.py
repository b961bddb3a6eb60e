"""What is counted for a shop: what was put into bags, and what each day came to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from vitrine.catalog.models import Merchant, Product
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Count for a shop how often its things are put into bags, and after which clip",
    retention="65 days, then only sums per day",
    OPS="product clip at",
    SYSTEM="id home_cell",
)
class Bagging(models.Model):
    """Somebody put a thing into a bag. Who it was is not kept, nor anything that would tell."""

    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="+")
    clip = models.ForeignKey(Clip, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(db_index=True)


@datamap.declare(
    purpose="Show a shop what its clips and things bring, by day",
    retention="with the shop",
    BUSINESS="day clip product bagged orders units paid_minor",
    SYSTEM="id home_cell merchant",
)
class ShopDay(models.Model):
    """What a shop sold on one day: in all, by a clip, or by a product; summed anew, never added to.

    clip None and product None: the whole day. orders: distinct ones, so that those of several clips
    may come to more than the day's. paid_minor: goods as paid, without what was undone since.
    """

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    day = models.DateField()
    clip = models.ForeignKey(Clip, models.CASCADE, null=True, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, null=True, related_name="+")
    bagged = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    paid_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "day", "clip", "product"],
                name="shop_day_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(clip=None) | Q(product=None), name="shop_day_of_one_thing"
            ),
        ]
