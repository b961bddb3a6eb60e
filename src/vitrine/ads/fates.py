"""What became of a clip that was shown for money, and so what may be told of it: one rule.

What is out is told with its address. What its creator took back is told as it was kept. Of what
the cell itself does not show to everybody, nothing of its content is told, but that, and why.
"""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, Exists, OuterRef, Value, When
from django.utils.translation import gettext_lazy

from vitrine.videos.models import Clip, Takedown
from vitrine.videos.models.takedown import JUDGED
from vitrine.videos.models.visibility import fit_for, standing


class Fate(models.TextChoices):
    """What became of it."""

    OUT = "out", gettext_lazy("Anybody can see its clip")
    TAKEN_BACK = "taken_back", gettext_lazy("Its clip is not public any more")
    ADULTS = "adults", gettext_lazy("It is for adults, and not shown here")
    HELD = "held", gettext_lazy("A moderator looks at it, and it is not shown meanwhile")
    REMOVED = "removed", gettext_lazy("Moderators removed it")
    REFUSED = "refused", gettext_lazy("Reviewers refused it after it was shown")


TELLING = (Fate.OUT, Fate.TAKEN_BACK)
"""Of what its content is told."""
JUDGED_SO = (Fate.ADULTS, Fate.REMOVED)
"""Of what a decision may say why."""


def fate(*first: When) -> Case:
    """Return what became of the clip of a row, for an annotation. first: what goes before that."""
    here = Clip.objects.filter(pk=OuterRef("clip")).order_by()
    judged = Takedown.none_of("pk", *JUDGED) & Takedown.none_of("remix__origin", *JUDGED)
    out = Clip.objects.listed_for(AnonymousUser()).filter(pk=OuterRef("clip")).order_by()
    return Case(
        *first,
        When(~Exists(here.filter(judged)), then=Value(Fate.REMOVED)),
        When(~Exists(here.filter(standing())), then=Value(Fate.HELD)),
        When(~Exists(here.filter(fit_for(AnonymousUser()))), then=Value(Fate.ADULTS)),
        When(Exists(out), then=Value(Fate.OUT)),
        default=Value(Fate.TAKEN_BACK),
        output_field=models.CharField(),
    )
