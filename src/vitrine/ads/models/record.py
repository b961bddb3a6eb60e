"""What the public repository keeps of an ad, whatever becomes of its clip."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.ad import Ad
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

ROOT = datamap.file_root(
    "adverts",
    "LOCAL_PUBLIC",
    purpose="Show everybody what was advertised: a film and a picture of each ad",
    retention="a year after the ad was shown last",
    subject="ads.AdRecord",
)


@datamap.declare(
    purpose="Tell everybody what was advertised, by whom and when",
    retention="a year after the ad was shown last, or was approved where it never was",
    subject="ad__clip__creator",
    LOCAL_PUBLIC="title about creator product payer leads_to former poster_key film_key "
    "first_on last_on",
    SYSTEM="id home_cell ad noted_at",
)
class AdRecord(models.Model):
    """An ad as it was shown. Written by the database itself (triggers): as the ad is approved, and
    as it is first shown on a day, with what everything is called then.

    creator: their handle. product: empty where it leads to the creator's profile. former: whatever
    its title, creator, product or payer was called before. poster_key, film_key: copies of its
    own; empty until they are made. first_on, last_on: days on which it was shown; None: not yet.
    """

    home_cell = HomeCellField()
    ad = models.OneToOneField(Ad, models.PROTECT, related_name="record")
    title = models.CharField(max_length=150, blank=True)
    about = models.CharField(max_length=300, blank=True)
    creator = models.CharField(max_length=24)
    product = models.CharField(max_length=200, blank=True)
    payer = models.CharField(max_length=80)
    leads_to = models.CharField(max_length=200)
    former = ArrayField(models.CharField(max_length=200), default=list, db_default=[])
    poster_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    film_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    noted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first_on=None, last_on=None) | Q(last_on__gte=F("first_on")),
                name="ad_record_has_its_days",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["last_on"], name="ad_record_by_age")]

    def __str__(self) -> str:
        return self.title

    @property
    def folder(self) -> str:
        """Return where its files lie."""
        return f"{ROOT}/{self.ad.public_id}"
