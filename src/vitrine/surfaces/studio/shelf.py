"""Which of a creator's clips the list shows: by state, by who may see them, by words."""

from django import forms
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.videos.models import (
    Clip,
    ClipQuerySet,
    EncodingState,
    Rendition,
    UploadState,
    Visibility,
)


class State(TextChoices):
    """What a creator looks for."""

    PUBLISHED = "published", gettext_lazy("Published")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    DRAFT = "draft", gettext_lazy("Drafts")
    PREPARING = "preparing", gettext_lazy("On their way")
    FAILED = "failed", gettext_lazy("Failed")


ALL = ("", gettext_lazy("All"))


class ShelfForm(forms.Form):
    """What the list is asked for. What makes no sense is left out, as if it had not been asked."""

    q = forms.CharField(
        required=False,
        max_length=150,
        label=gettext_lazy("Title or description"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        required=False, choices=[ALL, *State.choices], label=gettext_lazy("Status")
    )
    visibility = forms.ChoiceField(
        required=False, choices=[ALL, *Visibility.choices], label=gettext_lazy("Who may see it")
    )

    @classmethod
    def asked(cls, sent: QueryDict) -> "ShelfForm":
        """Return the form as it was sent, validated."""
        form = cls(sent)
        form.is_valid()
        return form

    @property
    def wanted(self) -> dict[str, str]:
        """Return what narrows the list, by its names."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """Return what narrows the list, as it stands in an address."""
        sent = QueryDict(mutable=True)
        sent.update(self.wanted)
        return sent.urlencode()

    def clips(self, creator: Person) -> ClipQuerySet:
        """Return the creator's clips that are asked for."""
        clips = Clip.objects.owned_by(creator)
        wanted = self.wanted
        for word in wanted.get("q", "").split()[:6]:
            clips = clips.filter(Q(title__icontains=word) | Q(description__icontains=word))
        if "visibility" in wanted:
            clips = clips.filter(visibility=wanted["visibility"])
        return clips.filter(_in(State(wanted["state"]))) if "state" in wanted else clips


def _in(state: State) -> Q:
    """Return which clips are in a state, as ``standing.of`` says it."""
    plays = Q(Exists(Rendition.objects.filter(clip=OuterRef("pk"))))
    is_out, is_planned = Q(published_at__isnull=False), Q(scheduled_at__isnull=False)
    over = [UploadState.CANCELLED, UploadState.REFUSED]
    never_came = Q(encoding=None) & (Q(upload=None) | Q(upload__state__in=over))
    failed = ~plays & ~is_out & (Q(encoding__state=EncodingState.FAILED) | never_came)
    return {
        State.PUBLISHED: is_out,
        State.SCHEDULED: is_planned & ~is_out,
        State.DRAFT: plays & ~is_out & ~is_planned,
        State.PREPARING: ~plays & ~is_out & ~failed,
        State.FAILED: failed,
    }[state]
