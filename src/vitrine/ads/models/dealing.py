"""What people did in an advertiser's own shop, as far as ads may be meant for them by it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class Dealing(models.TextChoices):
    """What somebody has to do with a shop."""

    LOOKED = "looked", gettext_lazy("looked at its products in the last 30 days")
    BAGGED = "bagged", gettext_lazy("have something of it in their bag")
    BOUGHT = "bought", gettext_lazy("bought from it in the last year")


def in_order(dealings: Iterable[str]) -> list[str]:
    """Return dealings, each once, in the order in which they are listed."""
    asked = set(dealings)
    return [one.value for one in Dealing if one.value in asked]


LOOKS_LAST = timedelta(days=30)
BUYS_LAST = timedelta(days=365)


@datamap.declare(
    purpose="Show ads of a shop to people who looked at its products, or not to them",
    retention="30 days, or until the person starts over or wants nothing chosen for them",
    subject="person",
    PERSONAL="person merchant at",
    SYSTEM="id home_cell",
)
class Look(models.Model):
    """When an adult last looked at a product of a shop with campaigns: one row, whatever they saw.

    Of who is not profiled there is none.
    """

    home_cell = HomeCellField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, db_index=False, related_name="+"
    )
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "merchant"], name="look_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="look_by_age")]


@datamap.declare(
    purpose="Pick nobody by what they did before they started over",
    retention="until the account is deleted",
    subject="person",
    PERSONAL="person at",
    SYSTEM="id home_cell",
)
class FreshStart(models.Model):
    """When a person last started over, or wanted nothing chosen for them: what they did in shops
    before picks no ads.
    """

    home_cell = HomeCellField()
    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()
