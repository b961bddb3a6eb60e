"""Beside which clips ads do not stand: an advertiser's own wishes, and clips under a case."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from vitrine.ads.models.advertiser import Advertiser
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip

MOST_WORDS = 50


@datamap.declare(
    purpose="Keep an advertiser's ads from clips that they do not want to stand beside",
    retention="with the advertiser",
    BUSINESS="words categories",
    SYSTEM="id home_cell advertiser",
)
class Avoidance(models.Model):
    """Clips that an advertiser's ads never stand before or after.

    words: in small letters, of titles, descriptions and hashtags. categories: places in the tree
    of what is sold, of products on a clip; what is below them is meant too.
    """

    home_cell = HomeCellField()
    advertiser = models.OneToOneField(Advertiser, models.CASCADE, related_name="avoidance")
    words = ArrayField(models.CharField(max_length=40), default=list)
    categories = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(words__len__lte=MOST_WORDS), name="ad_avoidance_few_words"
            ),
        ]


@datamap.declare(
    purpose="Let no ad stand beside a clip that moderators have yet to judge",
    retention="until they have",
    subject="clip__creator",
    PERSONAL="clip",
    SYSTEM="id home_cell",
)
class Questioned(models.Model):
    """A clip that an open case is about. A trigger of ``safety`` writes it and takes it away."""

    home_cell = HomeCellField()
    clip = models.OneToOneField(Clip, models.CASCADE, related_name="+")
