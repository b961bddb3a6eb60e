"""Whom ads are for: what a group of ads says of it, and said before."""

from collections.abc import Collection
from typing import Protocol

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

AGES = ("18-24", "25-34", "35-44", "45-54", "55+")
"""Age bands that ads may be meant for. Nobody younger is picked by age, or by anything else."""


MOST_BESIDE = 20
"""Categories and products of clips beside which a group's ads stand."""


class Aimed(Protocol):
    """What says whom ads are for."""

    @property
    def ages(self) -> Collection[str]:
        """Return the age bands."""

    @property
    def interests(self) -> Collection[str]:
        """Return the hashtags."""

    @property
    def regions(self) -> Collection[str]:
        """Return the codes of regions."""

    @property
    def dealings(self) -> Collection[str]:
        """Return what they have to do with the shop."""

    @property
    def left_out(self) -> Collection[str]:
        """Return what they have not."""

    @property
    def alike(self) -> Collection[str]:
        """Return what those have to do with the shop whom they are like."""


class Targeting(models.Model):
    """Whom ads are for. What is empty lets everybody in.

    interests: hashtags that a viewer watches. regions: codes of ``orders.regions``, of the place
    that a viewer has things sent to. dealings: what a viewer has to do with the advertiser's own
    shop, one of them at least; left_out: what they have not, none of them. alike: they watch what
    those watch who have one of these to do with the shop; alike_percent: so many of a hundred
    viewers, those who are most like them. beside: in the feed, clips on which is sold what one of
    these names: a category by its key, with all below it, or a product by its public id. aimed_at:
    since when.
    """

    languages = ArrayField(models.CharField(max_length=8), default=list)
    ages = ArrayField(models.CharField(max_length=5), default=list)
    interests = ArrayField(models.CharField(max_length=40), default=list)
    regions = ArrayField(models.CharField(max_length=3), default=list, db_default=[])
    dealings = ArrayField(models.CharField(max_length=6), default=list, db_default=[])
    left_out = ArrayField(models.CharField(max_length=6), default=list, db_default=[])
    alike = ArrayField(models.CharField(max_length=6), default=list, db_default=[])
    alike_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    beside = ArrayField(models.CharField(max_length=120), default=list, db_default=[])
    aimed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    @property
    def is_profiled(self) -> bool:
        """Tell whether it is for people of some kind: never shown to minors or the unprofiled."""
        return picks_people(self)

    @property
    def audience_of_shop(self) -> tuple[set[str], set[str], set[str]]:
        """Return what people have to do with the shop, have not, and those whom they are like."""
        return set(self.dealings), set(self.left_out), set(self.alike)


def picks_people(aimed: Aimed) -> bool:
    """Tell whether ads are for people of some kind, beyond the language that they read."""
    of_shop = aimed.dealings or aimed.left_out or aimed.alike
    return bool(aimed.ages or aimed.interests or aimed.regions or of_shop)
