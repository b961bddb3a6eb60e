"""Why a clip is hidden from everybody but its creator."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy

from vitrine.kernel.errors import Refusal
from vitrine.kernel.rows import HasRow
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class TakenDown(Refusal):
    """The clip is hidden for what it shows. One that only waits may be published meanwhile."""

    code = "clip_taken_down"
    message = (
        "This clip is taken down and cannot be published. Your statements, under your account, "
        "say why and how to appeal."
    )


class Cause(models.TextChoices):
    """What hid a clip."""

    DECIDED = "decided", gettext_lazy("A moderator decided so")
    MATCHED = "matched", gettext_lazy("It is like something that is banned here")
    HELD = "held", gettext_lazy("It waits for a moderator")


JUDGED = (Cause.DECIDED, Cause.MATCHED)
"""Causes that lie in the clip itself."""


@datamap.declare(
    purpose="Keep a clip from being seen while it may not be",
    retention="until lifted, or with the clip",
    subject="clip__creator",
    PERSONAL="cause at",
    SYSTEM="id home_cell clip",
)
class Takedown(models.Model):
    """A clip is hidden. Its existence is the state: there is no is_taken_down.

    The decisions about it are rows of ``safety``, which stands above.
    """

    home_cell = HomeCellField()
    clip = models.OneToOneField("videos.Clip", models.CASCADE, related_name="takedown")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause__in=Cause.values), name="takedown_cause_known"
            ),
        ]

    @classmethod
    def none_of(cls, clip: str, *causes: str) -> Q:
        """Return the condition that no takedown, or none for these causes, hides a clip."""
        if not causes:
            return Q(~HasRow(Takedown, clip=clip))
        return Q(*(~HasRow(Takedown, clip=clip, cause=Value(cause)) for cause in causes))
