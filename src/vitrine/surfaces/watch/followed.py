"""Following: what the people whom a viewer follows published, and what they reposted."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, Func, OuterRef, QuerySet, Subquery, When
from django.utils.translation import gettext

from vitrine.accounts.models import Follow, Person
from vitrine.feed.ranking import Reason
from vitrine.kernel import paging
from vitrine.kernel.rows import HasRow
from vitrine.surfaces.watch.places import Place, reason
from vitrine.videos.models import Clip, Like, Repost, Save


def clips(viewer: Person, *, cursor: str | None, most: int) -> "QuerySet[Clip]":
    """Return each clip once, by when it came to the viewer. Queries: 0; it is a query's words.

    A clip of somebody followed came when it was published. Any other came with the first repost
    by somebody followed: a second repost shows nothing again.

    most: clips that are taken of the query; of each person followed no more are looked at.
    """
    follows = HasRow(Follow, follower=viewer, followed="creator")
    reposts = Repost.objects.by_followed(viewer)
    theirs = reposts.filter(clip=OuterRef("pk")).order_by("at", "pk")
    out = Clip.objects.unasked_for(viewer).filter(creator=OuterRef("followed"))
    out = out.filter(paging.beyond(cursor, by="published_at"))
    latest = out.order_by("-published_at", "-public_id").values("pk")[:most]
    own = viewer.following.values_list(Func(ArraySubquery(latest), function="unnest"))
    passed_on = Clip.objects.filter(pk__in=reposts.values("clip")).exclude(creator=viewer)
    first_at: Any = Subquery(theirs.values("at")[:1])
    return (
        Clip.objects.unasked_for(viewer)
        .filter(pk__in=own.union(passed_on.values_list("pk")))
        .annotate(
            is_followed=follows,
            shown_at=Case(When(follows, then=F("published_at")), default=first_at),
            reposter=Subquery(theirs.values("person__handle")[:1]),
            is_liked=HasRow(Like, clip="pk", person=viewer),
            is_saved=HasRow(Save, clip="pk", person=viewer),
        )
    )


def place(clip: Any) -> Place:
    """Say why a clip of ``clips()`` is shown. A handle has nothing in it that HTML would read."""
    why = reason(Reason.FOLLOWED)
    if not clip.is_followed:
        why = gettext("Reposted by @{handle}").format(handle=clip.reposter)
    return Place(clip.pk, why, clip.is_liked, clip.is_saved, clip.is_followed)
