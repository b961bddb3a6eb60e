"""The reads for saving and reposting a clip."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from vitrine.accounts.models import Person
from vitrine.kernel.rows import HasRow
from vitrine.surfaces.watch import counts
from vitrine.videos.models import Clip, Collection, Repost, Save, Viewer


@dataclass(frozen=True, slots=True)
class Marks:
    """What a viewer did with a clip. may_repost: the clip is public, and somebody else's."""

    is_saved: bool
    is_reposted: bool
    may_repost: bool
    reposts: int


def marks(clip: Clip, viewer: Viewer) -> Marks:
    """Return what a viewer did with a clip. Queries: 1."""
    own = viewer.pk if isinstance(viewer, Person) else None
    open_ones = Repost.may_be_given(own)
    found = (
        Clip.objects.filter(pk=clip.pk)
        .annotate(
            is_saved=HasRow(Save, clip="pk", person=own),
            is_reposted=HasRow(Repost, clip="pk", person=own),
            may_repost=Exists(open_ones.filter(pk=OuterRef("pk"))),
            reposts_count=counts.rows_of(Repost.objects),
        )
        .values_list("is_saved", "is_reposted", "may_repost", "reposts_count")
        .get()
    )
    return Marks(*found)


def choices(clip: Clip, viewer: Person) -> Sequence[Collection]:
    """Return a person's collections; ``holds`` tells of each whether the clip is in it."""
    here = HasRow(Save, collection="pk", clip=clip)
    return list(Collection.objects.owned_by(viewer).annotate(holds=here))
