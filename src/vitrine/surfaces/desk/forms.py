"""What reporters, moderators and authors type. A form validates and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import reviewing
from vitrine.catalog import verdicts
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel.fields import LinesField
from vitrine.safety import policy, standing
from vitrine.safety.models import Effect
from vitrine.safety.models.decision import MEASURES
from vitrine.safety.policy import Kind, Measure
from vitrine.videos import comment_rules


class ReportForm(forms.Form):
    """What should not be here, and why."""

    reason = forms.ChoiceField(
        choices=policy.CODES,
        widget=forms.RadioSelect,
        label=gettext_lazy("What is wrong with it"),
        error_messages={"required": gettext_lazy("Choose what is wrong with it.")},
    )
    note = LinesField(
        max_length=1000,
        required=False,
        label=gettext_lazy("Anything we should know"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Where in it, or what it is about. Up to 1,000 characters."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where the reason alone says nothing."""
        said = super().clean() or {}
        is_vague = said.get("reason") == "other"
        if is_vague and len(said.get("note") or "") < policy.NEEDED_WORDS and "note" in said:
            self.add_error("note", gettext("Say in a sentence what it is, so that we can find it."))
        return said


class DecisionForm(forms.Form):
    """By which rule, and what is done."""

    reason = forms.ChoiceField(
        choices=policy.CODES, widget=forms.RadioSelect, label=gettext_lazy("Rule")
    )
    measure = forms.ChoiceField(
        choices=MEASURES,
        widget=forms.RadioSelect,
        label=gettext_lazy("Measure"),
        error_messages={"required": gettext_lazy("Choose what is done: one key of n, w, m, r, s.")},
    )
    words = LinesField(
        max_length=1000,
        required=False,
        label=gettext_lazy("To its author, in your words"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("They read the rule anyway. Name nobody who reported it."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        """Refuse a measure that the rule does not know."""
        said = super().clean() or {}
        reason, measure = said.get("reason"), said.get("measure")
        if reason and measure and measure not in policy.measures(reason, self.kind):
            title, rule = Measure(measure).act.title, policy.REASONS[reason].title
            said_no = gettext("“{title}” cannot be done for “{rule}” here.")
            self.add_error("measure", said_no.format(title=title, rule=rule))
        return said


class VerdictForm(forms.Form):
    """What is decided on an application, and why. measure, reason: the names that keys go by."""

    reason = forms.ChoiceField(
        choices=verdicts.CODES, widget=forms.RadioSelect, label=gettext_lazy("Why")
    )
    measure = forms.ChoiceField(
        choices=verdicts.OUTCOMES,
        widget=forms.RadioSelect,
        label=gettext_lazy("Verdict"),
        error_messages={"required": gettext_lazy("Choose what is done: one key of a, r, f.")},
    )
    words = LinesField(
        max_length=1000,
        required=False,
        label=gettext_lazy("To the applicant, in your words"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse an outcome that the reason cannot have, and silence where words are needed."""
        said = super().clean() or {}
        reason, outcome = verdicts.REASONS.get(said.get("reason", "")), said.get("measure")
        if reason and outcome and Outcome(outcome) not in reason.allowed:
            said_no = gettext("“{title}” cannot be decided for “{reason}”.")
            title = Outcome(outcome).heading
            self.add_error("measure", said_no.format(title=title, reason=reason.title))
        is_silent = len(said.get("words") or "") < verdicts.NEEDED_WORDS
        if reason and reason.code == "other" and is_silent and "words" in said:
            self.add_error("words", gettext("Say in a sentence what it is."))
        return said


class AdVerdictForm(forms.Form):
    """What is decided on an ad, and why. measure, reason: the names that keys go by.

    version: the digest of what was looked at; instead_of: the verdict that was on it.
    """

    reason = forms.ChoiceField(
        choices=[(reviewing.FITS, ""), *((code, "") for code in reviewing.GROUNDS)],
        label=gettext_lazy("Why"),
    )
    measure = forms.ChoiceField(
        choices=[("approve", ""), ("refuse", "")],
        label=gettext_lazy("Verdict"),
        error_messages={"required": gettext_lazy("Choose what is done: one key of a, f.")},
    )
    words = LinesField(
        max_length=300,
        required=False,
        label=gettext_lazy("To the advertiser, in your words"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    version = forms.CharField(max_length=64, widget=forms.HiddenInput)
    instead_of = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse a verdict that does not go with its reason."""
        said = super().clean() or {}
        fits = said.get("reason") == reviewing.FITS
        if {"reason", "measure"} <= said.keys() and fits != (said["measure"] == "approve"):
            self.add_error("measure", gettext("Approve what fits, and refuse what does not."))
        return said


class StandingForm(forms.Form):
    """What is decided about an account without a report."""

    reason = forms.ChoiceField(
        choices=[("", gettext_lazy("Choose…")), *policy.CODES], label=gettext_lazy("Rule")
    )
    measure = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=gettext_lazy("Measure"),
        error_messages={"required": gettext_lazy("Choose what is done.")},
    )
    words = LinesField(
        max_length=1000,
        label=gettext_lazy("To its owners, in your words"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("What you saw, and what would have to change."),
        error_messages={"required": gettext_lazy("Say to the owners why.")},
    )

    def __init__(self, typed: Any = None, *, kind: Kind, is_suspended: bool) -> None:
        super().__init__(typed)
        measure: Any = self.fields["measure"]
        offered = standing.measures(kind, is_suspended=is_suspended)
        measure.choices = [(one.value, one.act.title) for one in offered]


class WordsForm(forms.Form):
    """Words for the cell's list."""

    words = forms.CharField(
        label=gettext_lazy("Words or phrases"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy(
            "Parted by commas or on lines of their own. Capitals and accents do not matter."
        ),
    )
    effect = forms.ChoiceField(
        choices=Effect.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Texts with one of them shall"),
    )

    def clean_words(self) -> list[str]:
        """Return the words, each once."""
        words = comment_rules.words(self.cleaned_data["words"])
        objection = comment_rules.objection(words)
        if objection:
            raise forms.ValidationError(objection)
        return words


class AppealForm(forms.Form):
    """Why a decision is wrong."""

    text = LinesField(
        max_length=2000,
        label=gettext_lazy("Why the decision is wrong"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("From 20 up to 2,000 characters. Another moderator reads it."),
        error_messages={"required": gettext_lazy("Say why you think the decision is wrong.")},
    )

    def clean_text(self) -> str:
        """Return the text, long enough to be answered."""
        text: str = self.cleaned_data["text"]
        if len(text) < policy.NEEDED_WORDS:
            raise forms.ValidationError(gettext("Say a little more: at least 20 characters."))
        return text
