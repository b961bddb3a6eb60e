"""The reads about what is made of what: a sound's page, the remixes of a clip, what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext, gettext_noop

from vitrine.kernel import paging
from vitrine.surfaces.watch.page import GRID
from vitrine.videos.models import Clip, ClipQuerySet, RemixKind, Sound, Viewer

ICONS = {RemixKind.SOUND: "music", RemixKind.DUET: "columns-2", RemixKind.STITCH: "scissors"}
LABELS = {
    RemixKind.SOUND: gettext_noop("Use the sound"),
    RemixKind.DUET: gettext_noop("Duet"),
    RemixKind.STITCH: gettext_noop("Stitch"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a viewer may make of a clip. url: where the upload of it begins."""

    label: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class SoundPage:
    """A sound as a viewer may meet it. is_heard False: only who uses it can be seen."""

    sound: Sound
    is_heard: bool
    is_open: bool
    count: int
    clips: paging.Page[Clip]

    @property
    def name(self) -> str:
        """Return its name; whose it is stays unsaid where its clip may not be seen."""
        return self.sound.name if self.is_heard else gettext("A sound that is not open to you")


def offers(clip: Clip, viewer: Viewer) -> Sequence[Offer]:
    """Return what a viewer may make of a clip; a visitor may once signed in. Queries: 1 or 2."""
    open_for = {
        kind.value: Exists(Clip.objects.open_to(viewer, kind).filter(pk=OuterRef("pk")))
        for kind in RemixKind
    }
    row: dict[str, Any] = Clip.objects.filter(pk=clip.pk).values(**open_for).get()  # type: ignore[assignment]
    sound = Sound.objects.filter(origin=clip).exclude(key="").first() if row["sound"] else None
    names = {
        RemixKind.DUET: clip.public_id,
        RemixKind.STITCH: clip.public_id,
        RemixKind.SOUND: sound.public_id if sound else "",
    }
    return [
        Offer(gettext(LABELS[kind]), ICONS[kind], f"/studio/upload/?{kind.value}={name}")
        for kind, name in names.items()
        if name and row[kind.value]
    ]


def remixes(clip: Clip, viewer: Viewer, *, cursor: str | None) -> paging.Page[Clip]:
    """Return what others made of a clip, as the viewer may see it, newest first. Queries: 1."""
    made = Clip.objects.listed_for(viewer).filter(remix__origin=clip)
    return _newest(made.select_related("creator", "remix"), cursor)


def count_of(clip: Clip, viewer: Viewer) -> int:
    """Return how many remixes of a clip a viewer may see. Queries: 1."""
    return Clip.objects.listed_for(viewer).filter(remix__origin=clip).count()


def sound_page(sound_id: str, viewer: Viewer, *, cursor: str | None) -> SoundPage | None:
    """Return a sound's page; None where the viewer may see neither it nor any clip with it.

    Queries: 5.
    """
    sound = Sound.objects.select_related("origin__creator").filter(public_id=sound_id).first()
    if sound is None:
        return None
    is_heard = Sound.objects.heard_by(viewer).filter(pk=sound.pk).exists()
    listed = sound.clips().listed_for(viewer)
    count = listed.count()
    if not is_heard and not count:
        return None
    open_ones = Clip.objects.open_to(viewer, RemixKind.SOUND)
    return SoundPage(
        sound,
        is_heard,
        is_heard and open_ones.filter(pk=sound.origin_id).exists(),
        count,
        _newest(listed.select_related("creator"), cursor),
    )


def _newest(clips: ClipQuerySet, cursor: str | None) -> paging.Page[Clip]:
    return paging.newest_first(clips, by="published_at", cursor=cursor, size=GRID)
