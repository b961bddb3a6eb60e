"""What a new clip is to be made with, as the page of a new clip shows it."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.videos.models import Clip, NotOpenToRemixing, RemixKind, Rendition

NAMES = {RemixKind.SOUND: "own_sound__public_id"}


@dataclass(frozen=True)
class Making:
    """Another's clip, of which one is to be made.

    film: a rendition to look at meanwhile. may_sell: products may be put on what is made.
    """

    kind: RemixKind
    of: str
    origin: Clip
    film: Rendition | None
    may_sell: bool

    @property
    def title(self) -> str:
        """Say what the new clip will be."""
        if self.kind == RemixKind.SOUND:
            sound = self.origin.own_sound.name
            return gettext("New clip with “{sound}”").format(sound=sound)
        said = {
            RemixKind.DUET: gettext("New duet with @{handle}"),
            RemixKind.STITCH: gettext("New stitch of @{handle}"),
        }[self.kind]
        return said.format(handle=self.origin.creator.handle)

    @property
    def longest_stitch_seconds(self) -> float:
        """Return how long a part may be."""
        return min(5.0, self.origin.duration_ms / 1000)

    @property
    def seconds(self) -> float:
        """Return how long the other's clip is."""
        return self.origin.duration_ms / 1000


def asked_for(query: QueryDict, by: Person) -> Making | None:
    """Return what ``?duet=``, ``?stitch=`` or ``?sound=`` asks for; None without. Queries: 0 or 2.

    Raises: NotOpenToRemixing.
    """
    kind = next((kind for kind in RemixKind if kind in query), None)
    if kind is None:
        return None
    of = str(query.get(kind, ""))
    open_ones = Clip.objects.open_to(by, kind).select_related("creator", "own_sound")
    origin = open_ones.filter(**{NAMES.get(kind, "public_id"): of}).first()
    if origin is None:
        raise NotOpenToRemixing(
            gettext(
                "No clip can be made with this: it is gone, or its creator has not opened it to "
                "you."
            )
        )
    film = None if kind == RemixKind.SOUND else origin.renditions.order_by("width").first()
    return Making(kind, of, origin, film, origin.commercial_use or origin.creator_id == by.pk)
