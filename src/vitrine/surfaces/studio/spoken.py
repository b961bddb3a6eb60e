"""The reads for what is said in a clip: its captions, and how more of them can be had."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from vitrine.surfaces.studio.forms import CaptionForm, NewCaptionsForm, languages
from vitrine.videos import describing, hearing
from vitrine.videos.models import Caption, Clip


@dataclass(frozen=True)
class NamedCaption:
    """A clip's captions in one language, by its name.

    origin: the handle from whose clip they were taken over, until somebody has checked them.
    """

    language: str
    name: str
    url: str
    is_heard: bool
    origin: str

    @property
    def mark(self) -> str:
        """Say who wrote them, where that was not the clip's creator; empty where it was."""
        if self.is_heard:
            return gettext("Made automatically, not yet checked")
        if self.origin:
            said = gettext("Taken over from @{handle}, not yet checked")
            return said.format(handle=self.origin)
        return ""


@dataclass(frozen=True)
class Card:
    """The captions of a clip. lacking: why none can be made by machine; trouble: why none were."""

    clip: Clip
    captions: Sequence[NamedCaption]
    file_form: CaptionForm
    new_form: NewCaptionsForm
    lacking: str
    trouble: str
    is_hearing: bool

    @property
    def is_early(self) -> bool:
        """Tell whether nothing is known of the clip yet: not even whether it has sound."""
        return not self.clip.duration_ms and not self.clip.speechless_at


def card(clip: Clip, *, at: datetime, file_form: CaptionForm | None = None) -> Card:
    """Return what the captions card shows. clip: with its hearing. Queries: 1."""
    asked = getattr(clip, "hearing", None)
    is_hearing = asked is not None and asked.is_under_way(at=at)
    trouble = asked.why if asked else ""
    if asked and asked.ended_at is None and not is_hearing:
        trouble = gettext("It was never finished: the machine stopped meanwhile. Try again.")
    return Card(
        clip,
        captions(clip),
        file_form or CaptionForm(initial={"language": clip.language}),
        NewCaptionsForm(initial={"language": clip.language}),
        lacking=hearing.missing() or _unhearable(clip),
        trouble=trouble,
        is_hearing=is_hearing,
    )


def _unhearable(clip: Clip) -> str:
    if clip.has_sound:
        return ""
    if clip.duration_ms:
        return gettext("This clip has no sound.")
    return gettext("As soon as the file has arrived.")


def captions(clip: Clip) -> list[NamedCaption]:
    """Return a clip's captions, without their text. Queries: 1."""
    deep = "clip__remix__origin__creator"
    written = clip.captions.defer("webvtt").select_related(deep).order_by("language")
    return [
        NamedCaption(
            caption.language,
            language_name(caption.language),
            caption.url,
            caption.heard_at is not None,
            caption.clip.remix.origin.creator.handle if caption.carried_at else "",
        )
        for caption in written
    ]


def language_name(code: str) -> str:
    """Return what a language is called; one that is not offered by its code."""
    return dict(languages()).get(code, code)


def suggestion(clip: Clip) -> str:
    """Return a line that could describe a clip that has none. Queries: 1, or 0 with a line."""
    if clip.description:
        return ""
    own_first = sorted(
        Caption.objects.filter(clip=clip).values_list("language", "webvtt"),
        key=lambda caption: (caption[0] != clip.language, caption[0]),
    )
    return describing.suggestion(clip.title, [webvtt for _, webvtt in own_first])
