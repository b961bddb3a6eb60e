"""Why For you showed a clip to a viewer, as it was logged: nothing is made up afterwards."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from vitrine.accounts.models import Person, Viewer
from vitrine.feed import weights
from vitrine.feed.causes import Why
from vitrine.feed.models import Habit, Slate, Watch
from vitrine.videos.models import Clip, Like


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a clip was shown, in a sentence. cause: which of the viewer's clips caused it."""

    words: str
    cause: Clip | None = None


def explained(clip: Clip, key: str | None, viewer: Viewer) -> Explained:
    """Say why a clip was shown. Queries: 0 to a stranger, 1, 2 without a log, or 4 with a cause."""
    if key is None:
        return Explained(gettext(_BY_ITSELF))
    slates = Slate.objects.filter(viewer=key, clips__contains=[clip.pk])
    slate = slates.order_by("-served_at").first()
    if slate is None or not slate.whys:
        return Explained(gettext(_unlogged(clip, key, viewer)))
    place = slate.clips.index(clip.pk)
    why = Why(slate.whys[place])
    if why not in _WORDS_OF_GONE:
        percent = round(100 * weights.RULES.chance)
        return Explained(gettext(_WORDS[why]).format(handle=clip.creator.handle, percent=percent))
    cause = (
        Clip.objects.visible_to(viewer)
        .filter(pk=slate.causes[place])
        .select_related("creator")
        .first()
    )
    if cause is None:
        return Explained(gettext(_WORDS_OF_GONE[why]))
    title = cause.title or gettext("Untitled")
    said = gettext(_did(cause, key, viewer)).format(title=title)
    words = gettext(_WORDS[why]).format(handle=clip.creator.handle)
    return Explained(f"{said} {words}", cause)


def _unlogged(clip: Clip, key: str, viewer: Viewer) -> str:
    if not Watch.objects.filter(viewer=key, clip=clip).exists():
        return _BY_ITSELF
    habit = Habit.of(viewer) if isinstance(viewer, Person) else Habit()
    return _PLAIN if habit.unprofiled_at or habit.paused_at else _NOT_KEPT


def _did(cause: Clip, key: str, viewer: Viewer) -> str:
    """Say what the viewer did with the clip that caused it. Queries: 1 or 2."""
    if isinstance(viewer, Person) and Like.objects.filter(clip=cause, person=viewer).exists():
        return _LIKED
    watch = Watch.objects.filter(viewer=key, clip=cause).first()
    return _TO_THE_END if watch and watch.completed_at else _WATCHED


_LIKED = gettext_noop("You liked “{title}”:")
_TO_THE_END = gettext_noop("You watched “{title}” to the end:")
_WATCHED = gettext_noop("You watched “{title}”:")
_WORDS = {
    Why.FOLLOWED: gettext_noop("You follow @{handle}."),
    Why.WATCHED_WITH: gettext_noop("people who watched it also watched the clip you see now."),
    Why.ALIKE: gettext_noop(
        "the clip you see now is like it: the same people watch both, or they are of the same "
        "creator, hashtags, sound, language or kind of product."
    ),
    Why.MET: gettext_noop("the clip you see now is by @{handle}, too."),
    Why.FRESH: gettext_noop("It is new. Nothing that you watched spoke more for it."),
    Why.POPULAR: gettext_noop(
        "It is popular here: others stayed with it. Nothing that you watched spoke more for it."
    ),
    Why.TRIED: gettext_noop("It is new and few have seen it: it is being tried."),
    Why.CHANCE: gettext_noop("By chance: {percent} in 100 places are drawn by lot."),
}
_WORDS_OF_GONE = {
    Why.WATCHED_WITH: gettext_noop(
        "People who watched a clip that you watched also watched this one. That clip is gone."
    ),
    Why.ALIKE: gettext_noop("It is like a clip that you watched. That clip is gone."),
    Why.MET: gettext_noop("You watched a clip by its creator. That clip is gone."),
}
_PLAIN = gettext_noop(
    "You are shown what everybody is, by how new it is and how it is received: you switched off "
    "profiling, or paused your history."
)
_NOT_KEPT = gettext_noop(
    "No reason is kept for this one: nothing that you watched went into it, or it was forgotten "
    "with what you watched."
)
_BY_ITSELF = gettext_noop("For you did not show you this clip: you came to it another way.")
