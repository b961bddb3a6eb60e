"""One change to many clips: each succeeds or is refused by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.surfaces.studio.forms import languages
from vitrine.surfaces.studio.shelf import ShelfForm
from vitrine.videos.models import Clip, Visibility

MOST = 200
DELETION = "deletion:"

Change = Callable[[Clip, datetime], None]


class ChangeForm(forms.Form):
    """Which clips, and what is changed. sure: asked for only where it cannot be undone."""

    what = forms.ChoiceField(
        choices=lambda: choices(),
        label=gettext_lazy("With the ticked clips"),
        error_messages={"required": gettext_lazy("Choose what to do with them.")},
    )
    clips = forms.CharField(required=False)
    everything = forms.BooleanField(required=False)
    sure = forms.BooleanField(required=False)

    def __init__(
        self, typed: QueryDict | None = None, *, creator: Person, asked: ShelfForm
    ) -> None:
        self.creator, self.asked = creator, asked
        self.chosen: list[Clip] = []
        self.gone = 0
        self.ticked = set(typed.getlist("clips")) if typed else set()
        super().__init__(typed)

    @property
    def most(self) -> int:
        """Return how many clips can be changed at a time."""
        return MOST

    def clean(self) -> dict[str, Any]:
        """Fetch the clips: those ticked, or the newest of all that match."""
        cleaned = super().clean() or {}
        if cleaned.get("everything"):
            found = self.asked.clips(self.creator)
            self.chosen = list(found.order_by("-created_at", "-public_id")[:MOST])
        elif len(self.ticked) > MOST:
            raise forms.ValidationError(
                gettext("Tick at most {most} clips at a time.").format(most=MOST)
            )
        else:
            found = Clip.objects.owned_by(self.creator).filter(public_id__in=self.ticked)
            self.chosen = list(found.order_by("-created_at", "-public_id"))
            self.gone = len(self.ticked) - len(self.chosen)
        if not self.chosen:
            raise forms.ValidationError(gettext("Tick the clips to change first."))
        return cleaned


@dataclass
class Outcome:
    """What came of it. refused: clips with the reason."""

    changed: int = 0
    refused: list[tuple[Clip, str]] = field(default_factory=list)


def choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Return the changes that can be made, in groups, as a select shows them."""
    return [
        ("", gettext("Choose a change")),
        (gettext("Who may see them"), [(f"visibility:{v}", str(v.label)) for v in Visibility]),
        (
            gettext("Comments"),
            [
                ("comments:on", gettext("People may comment")),
                ("comments:off", gettext("No comments")),
            ],
        ),
        (
            gettext("Publication"),
            [
                ("publication:on", gettext("Publish")),
                ("publication:off", gettext("Take back to draft")),
            ],
        ),
        (gettext("Language spoken"), [(f"language:{code}", name) for code, name in languages()]),
        (gettext("For good"), [(DELETION, gettext("Delete"))]),
    ]


def change(clips: Sequence[Clip], what: str, *, at: datetime) -> Outcome:
    """Make one change to each clip. what: one of the choices, checked by the form."""
    act = _act(what)
    outcome = Outcome()
    for clip in clips:
        try:
            with transaction.atomic():
                act(clip, at)
        except Refusal as refused:
            outcome.refused.append((clip, refused.text))
        else:
            outcome.changed += 1
    return outcome


def _act(what: str) -> Change:
    noun, _, value = what.partition(":")
    match noun, value:
        case "publication", "on":
            return lambda clip, at: clip.publish(at=at)
        case "publication", _:
            return lambda clip, at: clip.unpublish()
        case "deletion", _:
            return lambda clip, at: clip.delete(at=at)
        case "comments", _:
            return _writing(comments_open=value == "on")
        case _:
            return _writing(**{noun: value})


def _writing(**fields: object) -> Change:
    def write(clip: Clip, at: datetime) -> None:
        Clip.objects.kept().filter(pk=clip.pk).update(**fields)

    return write
