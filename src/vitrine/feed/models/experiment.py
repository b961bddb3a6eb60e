"""Experiments: some viewers' pages are weighed otherwise, and what that changes is told."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest

from vitrine.feed.weighing import Layer
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

LONGEST_NAME, LONGEST_ARM = 60, 30
LONGEST = timedelta(days=28)
"""Of an experiment: what was watched is kept for 30 days, and has to be there at its end."""


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    """Which experiments."""

    def running(self, *, at: datetime) -> Self:
        """Begun, and not over."""
        return self.filter(begins_at__lte=at, ends_at__gt=at)


@datamap.declare(
    purpose="Tell whether other weights make a better feed before everybody has them",
    retention="for good, as part of what was tried",
    subject="by",
    OPS="public_id name layer salt declared_at begins_at ends_at",
    PERSONAL="by",
    SYSTEM="id home_cell",
)
class Experiment(models.Model):
    """What is tried, from when until when. What was declared never changes (0013_experiments.py).

    It can only end earlier; one that ends as it begins was called off. salt: what makes its arms
    independent of those of others. Of one layer, one runs at a time.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    name = models.CharField(max_length=LONGEST_NAME)
    layer = models.PositiveSmallIntegerField()
    salt = models.CharField(max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    declared_at = models.DateTimeField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(salt=""), name="experiment_has_salt"),
            models.CheckConstraint(
                condition=Q(layer__in=[layer.value for layer in Layer]),
                name="experiment_layer_known",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("begins_at"), ends_at__lte=F("begins_at") + LONGEST),
                name="experiment_ends_in_time",
            ),
        ]

    def is_running(self, at: datetime) -> bool:
        """Tell whether viewers are in it."""
        return self.begins_at <= at < self.ends_at

    def stop(self, *, at: datetime) -> None:
        """End it now, or call it off before it begins; again is no error. Queries: 1."""
        Experiment.objects.filter(pk=self.pk, ends_at__gt=at).update(
            ends_at=Greatest(F("begins_at"), at)
        )


@datamap.declare(
    purpose="Say what each part of an experiment's viewers is shown by",
    retention="as long as the experiment",
    OPS="name share changes place",
    SYSTEM="id home_cell experiment",
)
class Arm(models.Model):
    """One of an experiment's ways, for share percent of viewers. It never changes.

    place: from 0, which is the feed as it is: the others are held against it. changes: of weights
    of ``weighing.BOUNDS``, by name.
    """

    home_cell = HomeCellField()
    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="arms")
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=LONGEST_ARM)
    share = models.PositiveSmallIntegerField()
    changes = models.JSONField()

    class Meta:
        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["experiment", "place"], name="arm_place_once"),
            models.UniqueConstraint(fields=["experiment", "name"], name="arm_name_once"),
            models.CheckConstraint(condition=Q(share__range=(1, 99)), name="arm_has_a_share"),
            models.CheckConstraint(
                condition=Q(place=0, changes={}) | (Q(place__gt=0) & ~Q(changes={})),
                name="arm_first_is_as_it_is",
            ),
        ]


@datamap.declare(
    purpose="Know whose watching tells of which arm of an experiment",
    retention="30 days, or until the person clears what they watched",
    subject="viewer = accounts.Person.public_id",
    PERSONAL="viewer experiment arm day first_at",
    SYSTEM="id home_cell",
)
class Exposure(models.Model):
    """A viewer was shown a page by an arm, on a day: the first such page of the day."""

    home_cell = HomeCellField()
    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="+")
    arm = models.ForeignKey(Arm, models.PROTECT, related_name="+")
    viewer = models.CharField(max_length=40, db_collation="C")
    day = models.DateField()
    first_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["experiment", "viewer", "day"], name="exposure_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(viewer=""), name="exposure_has_viewer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["viewer"], name="exposure_by_viewer"),
            models.Index(fields=["first_at"], name="exposure_by_age"),
        ]


@datamap.declare(
    purpose="Show the operator what an experiment changes, from day to day",
    retention="for good, as part of what was tried",
    BUSINESS="metric day at viewers days days_squared amount amount_squared amount_by_days",
    SYSTEM="id home_cell arm",
)
class Look(models.Model):
    """What an arm's viewers did from the experiment's begin up to a day, summed over many.

    Fewer than ``intervals.FEWEST`` are not summed up: what is kept for good tells of nobody.
    metric: of ``experiments.metrics.Metric``. at: when it was last summed; a day's is its last. The
    sums are those of ``experiments.intervals.Sums``.
    """

    home_cell = HomeCellField()
    arm = models.ForeignKey(Arm, models.PROTECT, related_name="looks")
    metric = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField()
    viewers = models.PositiveIntegerField()
    days = models.FloatField()
    days_squared = models.FloatField()
    amount = models.FloatField()
    amount_squared = models.FloatField()
    amount_by_days = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["arm", "metric", "day"], name="look_once_a_day"),
        ]
