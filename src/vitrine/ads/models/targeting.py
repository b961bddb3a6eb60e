"""Whom ads are for: what a group of ads says of it, and said before."""

from collections.abc import Collection
from typing import Protocol

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

AGES = ("18-24", "25-34", "35-44", "45-54", "55+")
"""Age bands that ads may be meant for. Nobody younger is picked by age, or by anything else."""


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


class Targeting(models.Model):
    """Whom ads are for. What is empty lets everybody in.

    interests: hashtags that a viewer watches. regions: codes of ``orders.regions``, of the place
    that a viewer has things sent to. dealings: what a viewer has to do with the advertiser's own
    shop, one of them at least; left_out: what they have not, none of them. aimed_at: since when.
    """

    languages = ArrayField(models.CharField(max_length=8), default=list)
    ages = ArrayField(models.CharField(max_length=5), default=list)
    interests = ArrayField(models.CharField(max_length=40), default=list)
    regions = ArrayField(models.CharField(max_length=3), default=list, db_default=[])
    dealings = ArrayField(models.CharField(max_length=6), default=list, db_default=[])
    left_out = ArrayField(models.CharField(max_length=6), default=list, db_default=[])
    aimed_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True

    @property
    def is_profiled(self) -> bool:
        """Tell whether it is for people of some kind: never shown to minors or the unprofiled."""
        return picks_people(self)

    @property
    def audience_of_shop(self) -> tuple[set[str], set[str]]:
        """Return what people have to do with the shop, and what they have not."""
        return set(self.dealings), set(self.left_out)


def picks_people(aimed: Aimed) -> bool:
    """Tell whether ads are for people of some kind, beyond the language that they read."""
    return bool(aimed.ages or aimed.interests or aimed.regions or aimed.dealings or aimed.left_out)
