"""What a creator types. A form validates and never saves."""

from babel import Locale
from django import forms

from vitrine.kernel.fields import LineField
from vitrine.safety import filtering
from vitrine.sovereignty.cell import this_cell
from vitrine.videos import comment_rules
from vitrine.videos.models import Audience, Clip, CommentRules, Holding, Visibility

SPOKEN = ("de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "tl", "vi", "zh", "zxx")
"""Languages offered besides the cell's own. zxx: nobody speaks."""

MAX_CAPTION_BYTES = 256 * 1024


def languages() -> list[tuple[str, str]]:
    """Return codes and names of the languages a clip may be in, the cell's own first."""
    cell = this_cell()
    locale = Locale.parse(cell.locale)
    others = sorted(set(SPOKEN) - set(cell.languages) - {"zxx"}, key=lambda c: _name(c, locale))
    named = [(code, _name(code, locale)) for code in (*cell.languages, *others)]
    return [*named, ("zxx", "No spoken words")]


def _name(code: str, locale: Locale) -> str:
    return Locale.parse(code, sep="-").get_display_name(locale) or code


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
        label="One line that says what happens",
        help_text="Read aloud, before the clip plays, to people who cannot see it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    language = forms.ChoiceField(choices=languages, label="Language spoken")
    visibility = forms.ChoiceField(
        choices=Visibility.choices, widget=forms.RadioSelect, label="Who may see it"
    )
    comments_open = forms.BooleanField(required=False, label="People may comment")
    is_mature = forms.BooleanField(
        required=False,
        label="For adults",
        help_text="It is not shown to people under 18, nor to guests.",
    )

    @classmethod
    def of(cls, clip: Clip) -> "DetailsForm":
        """Return the form as it stands in the clip."""
        return cls(initial={name: getattr(clip, name) for name in cls.base_fields})

    def may_stand(self) -> bool:
        """Tell whether the cell's list of words lets these stand; say at which field if not."""
        for name in ("title", "description"):
            if objection := filtering.objection(self.cleaned_data[name]):
                self.add_error(name, objection)
        return not self.errors

    def rewords(self, clip: Clip) -> bool:
        """Tell whether other words are said about the clip than before."""
        before = {"title": clip.title, "description": clip.description}
        return any(self.cleaned_data[name] != words for name, words in before.items())


class CommentRulesForm(forms.Form):
    """Who may comment on a creator's clips, and what waits for them."""

    audience = forms.ChoiceField(
        choices=Audience.choices, widget=forms.RadioSelect, label="Who may comment on your clips"
    )
    holding = forms.ChoiceField(
        choices=Holding.choices, widget=forms.RadioSelect, label="Which comments wait for you"
    )
    words = forms.CharField(
        required=False,
        label="Words to hold",
        help_text="Words or phrases, parted by commas or on lines of their own. "
        "Capitals and accents do not matter.",
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


class CaptionForm(forms.Form):
    """A WebVTT file in one language."""

    language = forms.ChoiceField(choices=lambda: languages()[:-1], label="Language of the captions")
    file = forms.FileField(
        label="WebVTT file",
        help_text="A .vtt file, up to 256 KB.",
        widget=forms.FileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

    def clean_file(self) -> str:
        """Return the file's text. It must be WebVTT in UTF-8."""
        file = self.cleaned_data["file"]
        if file.size > MAX_CAPTION_BYTES:
            raise forms.ValidationError("This file is larger than 256 KB.")
        try:
            text: str = file.read().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "This file is not text in UTF-8. Export it again."
            ) from None
        if "\0" in text:
            raise forms.ValidationError("This file is not text in UTF-8. Export it again.")
        first = text.split("\n", 1)[0]
        if first != "WEBVTT" and not first.startswith(("WEBVTT ", "WEBVTT\t")):
            raise forms.ValidationError(
                "This is not a WebVTT file: its first line must be WEBVTT. "
                "Subtitles in SRT can be exported as WebVTT."
            )
        if " --> " not in text:
            raise forms.ValidationError("This file has no captions in it.")
        return text
