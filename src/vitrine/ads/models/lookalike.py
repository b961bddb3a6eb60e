"""In which direction of the recommender's factors the people of a shop's audience lie."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from vitrine.ads.models.dealing import Dealing
from vitrine.catalog.models import Merchant
from vitrine.recommend import lookalike
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

FEWEST_ALIKE = 100
"""People that an audience has at least for others to be like them: of fewer it would be said what
some few of them watch."""
FEWEST_NEAR = 50
"""Viewers that a share of them is at least."""
MOST_ALIKE_PERCENT = lookalike.SHARES


@datamap.declare(
    purpose="Show ads of a shop to people who watch what those watch who deal with it",
    retention="until made anew, each hour, or until no ad asks for it",
    BUSINESS="of people viewers thresholds made_at",
    SECRET="direction",  # noqa: S106
    SYSTEM="id home_cell merchant space",
)
class Lookalike(models.Model):
    """What those who deal with a shop have in common, as one direction; it names nobody.

    of: ``Dealing``s, in their order: one of them is enough. people: whom it was made of, 0 where
    they are fewer than 100: then there is no direction. viewers: of how many the shares are.
    space: the tables whose factors it is among; with others it says nothing. direction: 32-bit
    floats. thresholds: how far along it the first percent of viewers is, the first two, and so on.
    """

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    of = ArrayField(models.CharField(max_length=6))
    people = models.PositiveIntegerField()
    viewers = models.PositiveIntegerField()
    space = models.CharField(max_length=40)
    direction = models.BinaryField()
    thresholds = ArrayField(models.FloatField())
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "of"], name="lookalike_once"),
            models.CheckConstraint(
                condition=Q(of__len__gt=0, of__contained_by=Dealing.values),
                name="lookalike_dealings_known",
            ),
            models.CheckConstraint(
                condition=Q(people=0, direction=b"", thresholds=[])
                | Q(people__gte=FEWEST_ALIKE, thresholds__len=MOST_ALIKE_PERCENT)
                & ~Q(direction=b""),
                name="lookalike_singles_nobody_out",
            ),
        ]

    def least(self, percent: int) -> float | None:
        """Return from how far along it somebody is of a share of viewers.

        None where there is no direction, or where the share is of fewer than can be told of.
        """
        if not self.thresholds or self.viewers * percent < 100 * FEWEST_NEAR:
            return None
        return self.thresholds[percent - 1]
