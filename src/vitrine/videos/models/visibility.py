"""Who may see a clip: the conditions of P1. Its scopes are ``ClipQuerySet``'s."""

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Cast, Now
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Follow, Person, Viewer, unblocked
from vitrine.kernel.rows import InRows
from vitrine.videos.models.takedown import Takedown


class Visibility(models.TextChoices):
    """Who may see a published clip."""

    PUBLIC = "public", gettext_lazy("Everyone")
    FOLLOWERS = "followers", gettext_lazy("Followers")
    UNLISTED = "unlisted", gettext_lazy("Anyone with the link")
    PRIVATE = "private", gettext_lazy("Only me")


def standing() -> Q:
    """Return the condition that a clip is not taken down, nor the one it was made with."""
    return Takedown.none_of("pk") & Takedown.none_of("remix__origin")


def fit_for(viewer: Viewer) -> Q:
    """Return the condition that a clip is not for adults alone, or the viewer is one.

    Nor is what was made with one that is, whatever its own creator says: it shows the same
    pictures. Whoever did not say how old they are, by an account, is not shown what is for adults.
    Only the database reads the clock here: scopes have none.
    """
    origin = Q(remix__origin__is_mature=False, remix__origin__mature_at=None)
    for_all = Q(is_mature=False, mature_at=None) & (Q(remix=None) | origin)
    if not isinstance(viewer, Person):
        return for_all
    today = Cast(Now(), models.DateField())
    return for_all | Q(LessThanOrEqual(Value(viewer.adult_on, models.DateField()), today))


def followed_by(viewer: Person) -> Q:
    """Return the condition that the viewer follows the creator."""
    return Q(InRows("creator", Follow, "followed", follower=viewer))


def without_blocks(viewer: Person) -> Q:
    """Return the condition that no block stands between a viewer and a clip's creator.

    Nor, unless the clip is the viewer's own, and whose clip it was made with.
    """
    origin = Q(remix=None) | unblocked(viewer, "remix__origin__creator")
    return unblocked(viewer, "creator") & (origin | Q(creator=viewer))
