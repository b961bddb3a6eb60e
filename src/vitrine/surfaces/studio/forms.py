"""What a creator types. A form validates and never saves."""

from datetime import datetime, timedelta
from typing import Any

from babel import Locale
from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel import pictures
from vitrine.kernel import text as clean
from vitrine.kernel.fields import LineField
from vitrine.safety import filtering
from vitrine.sovereignty.cell import locale, this_cell
from vitrine.surfaces.studio import local_time
from vitrine.videos import comment_rules
from vitrine.videos.models import Audience, Clip, CommentRules, Holding, Visibility

SPOKEN = ("de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "tl", "vi", "zh")
"""Languages offered besides the cell's own."""

MAX_CAPTION_BYTES = 256 * 1024
FURTHEST = timedelta(days=365)


def languages() -> list[tuple[str, str]]:
    """Return codes and names of the languages a clip may be in, the cell's own first."""
    cell = this_cell()
    reader = Locale.parse(locale())
    others = sorted(set(SPOKEN) - set(cell.languages), key=lambda c: _name(c, reader))
    return [(code, _name(code, reader)) for code in (*cell.languages, *others)]


def _name(code: str, reader: Locale) -> str:
    return Locale.parse(code, sep="-").get_display_name(reader) or code


class DetailsForm(forms.Form):
    """What is said about a clip, and to whom it is shown."""

    title = LineField(
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
    )
    description = LineField(
        max_length=300,
        required=False,
        label=gettext_lazy("One line that says what happens"),
        help_text=gettext_lazy(
            "Read aloud, before the clip plays, to people who cannot see it. "
            "Needed before the clip can be published."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": " "}),
    )
    language = forms.ChoiceField(choices=languages, label=gettext_lazy("Language spoken"))
    visibility = forms.ChoiceField(
        choices=Visibility.choices, widget=forms.RadioSelect, label=gettext_lazy("Who may see it")
    )
    comments_open = forms.BooleanField(required=False, label=gettext_lazy("People may comment"))
    reposts_open = forms.BooleanField(required=False, label=gettext_lazy("People may repost it"))
    paid_by = LineField(
        max_length=80,
        required=False,
        label=gettext_lazy("Paid partnership with"),
        help_text=gettext_lazy(
            "Who gave you money or anything else for this clip. Everybody reads it on the clip, "
            "and in the public list of paid posts for a year. Empty: nobody did."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_mature = forms.BooleanField(
        required=False,
        label=gettext_lazy("For adults"),
        help_text=gettext_lazy("It is not shown to people under 18, nor to guests."),
    )

    def __init__(self, *typed: Any, clip: Clip, **rest: Any) -> None:
        super().__init__(*typed, **rest)
        self.clip = clip

    @classmethod
    def of(cls, clip: Clip) -> "DetailsForm":
        """Return the form as it stands in the clip."""
        return cls(initial={name: getattr(clip, name) for name in cls.base_fields}, clip=clip)

    @classmethod
    def sent_with(cls, typed: QueryDict, clip: Clip) -> "DetailsForm | None":
        """Return the form if a request brought it along, as the Publish button does."""
        return cls(typed, clip=clip) if "visibility" in typed else None

    def clean_description(self) -> str:
        """Keep a clip that is out described. The write itself refuses, too."""
        line: str = self.cleaned_data["description"]
        if not line and self.clip.published_at and self.clip.description:
            raise forms.ValidationError(
                gettext(
                    "The clip is out, and people who cannot see it need this line. Change it, "
                    "or take the clip back to draft first."
                )
            )
        return line

    def may_stand(self) -> bool:
        """Tell whether the cell's list of words lets these stand; say at which field if not."""
        for name in ("title", "description", "paid_by"):
            if objection := filtering.objection(self.cleaned_data[name]):
                self.add_error(name, objection)
        return not self.errors

    def rewords(self, clip: Clip) -> bool:
        """Tell whether other words are said about the clip than before."""
        before = {"title": clip.title, "description": clip.description}
        return any(self.cleaned_data[name] != words for name, words in before.items())


class RemixingForm(forms.Form):
    """To whom a clip is open, for what."""

    OF_THE_CLIP = ("duets", "stitches", "sound_uses", "commercial_use")

    duets = forms.ChoiceField(
        choices=Audience.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Who may make duets with it"),
    )
    stitches = forms.ChoiceField(
        choices=Audience.choices, widget=forms.RadioSelect, label=gettext_lazy("Who may stitch it")
    )
    sound_uses = forms.ChoiceField(
        choices=Audience.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Who may use its sound"),
    )
    commercial_use = forms.BooleanField(
        required=False, label=gettext_lazy("What they make may carry products and advertising")
    )
    sound_title = LineField(
        max_length=100,
        required=False,
        label=gettext_lazy("Name of its sound"),
        help_text=gettext_lazy("Without one it is called the original sound of your clip."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @classmethod
    def of(cls, clip: Clip) -> "RemixingForm":
        """Return the form as it stands in the clip."""
        sound = getattr(clip, "own_sound", None)
        kept: dict[str, object] = {name: getattr(clip, name) for name in cls.OF_THE_CLIP}
        return cls(initial={**kept, "sound_title": sound.title if sound else ""})


class CommentRulesForm(forms.Form):
    """Who may comment on a creator's clips, and what waits for them."""

    audience = forms.ChoiceField(
        choices=Audience.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Who may comment on your clips"),
    )
    holding = forms.ChoiceField(
        choices=Holding.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Which comments wait for you"),
    )
    words = forms.CharField(
        required=False,
        label=gettext_lazy("Words to hold"),
        help_text=gettext_lazy(
            "Words or phrases, parted by commas or on lines of their own. "
            "Capitals and accents do not matter."
        ),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    @classmethod
    def of(cls, rules: CommentRules) -> "CommentRulesForm":
        """Return the form as the rules stand."""
        return cls(initial={name: getattr(rules, name) for name in cls.base_fields})

    def clean_words(self) -> list[str]:
        """Return the words, each once."""
        words = comment_rules.words(self.cleaned_data["words"])
        objection = comment_rules.objection(words)
        if objection:
            raise forms.ValidationError(objection)
        return words


class SpanForm(forms.Form):
    """From which moment of a clip until which a product is shown."""

    from_ms = forms.IntegerField(min_value=0, required=False)
    until_ms = forms.IntegerField(min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        """Keep the beginning before the end; whether both lie in the clip is the clip's to say."""
        cleaned = super().clean() or {}
        from_ms, until_ms = cleaned.get("from_ms"), cleaned.get("until_ms")
        if until_ms is not None and (from_ms or 0) >= until_ms:
            raise forms.ValidationError(gettext("The end must come after the beginning."))
        return cleaned


class CoverForm(forms.Form):
    """A moment of the clip, or a picture of one's own."""

    at_ms = forms.IntegerField(min_value=0, required=False, label=gettext_lazy("Moment"))
    picture = forms.FileField(
        required=False,
        label=gettext_lazy("A picture of your own"),
        help_text=gettext_lazy("JPEG, PNG or WebP. It is cut to the clip's shape."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_picture(self) -> "UploadedFile[bytes] | None":
        """Refuse by size before a byte is read."""
        picture: UploadedFile[bytes] | None = self.cleaned_data["picture"]
        if picture and (picture.size or 0) > pictures.MAX_BYTES:
            raise forms.ValidationError(
                gettext("The picture is larger than 20 MB; make it smaller.")
            )
        return picture

    def clean(self) -> dict[str, Any]:
        """Take the one that was chosen."""
        cleaned = super().clean() or {}
        if not self.errors and cleaned.get("at_ms") is None and not cleaned.get("picture"):
            raise forms.ValidationError(gettext("Choose a moment of the clip, or a picture."))
        return cleaned


class ScheduleForm(forms.Form):
    """When a draft goes out, as the clocks of the cell's own country show it."""

    out_at = forms.CharField(
        label=gettext_lazy("Day and time"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"required": gettext_lazy("Choose a day and a time.")},
    )

    def __init__(self, typed: QueryDict | None = None, *, now: datetime, clip: Clip) -> None:
        self.now = now
        super().__init__(typed, initial={"out_at": local_time.typed(clip.scheduled_at)})
        widget = self.fields["out_at"].widget
        widget.attrs |= {
            "min": local_time.typed(now),
            "max": local_time.typed(now + FURTHEST),
        }

    def clean_out_at(self) -> datetime:
        """Return the instant: to come, within a year, and one that the clocks will show."""
        try:
            at = local_time.instant(self.cleaned_data["out_at"])
        except local_time.NoSuchTime as skipped:
            raise forms.ValidationError(
                gettext(
                    "The clocks go forward that night, and this time is skipped. "
                    "Choose {instead} or another."
                ).format(instead=skipped.instead)
            ) from None
        except ValueError:
            raise forms.ValidationError(gettext("Choose a day and a time.")) from None
        if at <= self.now:
            raise forms.ValidationError(
                gettext("This time is past. Choose one to come, or publish now.")
            )
        if at > self.now + FURTHEST:
            raise forms.ValidationError(gettext("Choose a time within a year from now."))
        return at


class NewCaptionsForm(forms.Form):
    """Which language captions are to be written in."""

    language = forms.ChoiceField(choices=languages, label=gettext_lazy("Language to write in"))


class CaptionForm(forms.Form):
    """A WebVTT file in one language."""

    language = forms.ChoiceField(choices=languages, label=gettext_lazy("Language of the captions"))
    file = forms.FileField(
        label=gettext_lazy("WebVTT file"),
        help_text=gettext_lazy("A .vtt file, up to 256 KB."),
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def clean_file(self) -> str:
        """Return the file's text. It must be WebVTT in UTF-8."""
        file = self.cleaned_data["file"]
        if file.size > MAX_CAPTION_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 256 KB."))
        try:
            text: str = file.read().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                gettext("This file is not text in UTF-8. Export it again.")
            ) from None
        if "\0" in text:
            raise forms.ValidationError(gettext("This file is not text in UTF-8. Export it again."))
        first = text.split("\n", 1)[0]
        if first != "WEBVTT" and not first.startswith(("WEBVTT ", "WEBVTT\t")):
            raise forms.ValidationError(
                gettext(
                    "This is not a WebVTT file: its first line must be WEBVTT. "
                    "Subtitles in SRT can be exported as WebVTT."
                )
            )
        if " --> " not in text:
            raise forms.ValidationError(gettext("This file has no captions in it."))
        return f"{clean.lines(text)}\n"
