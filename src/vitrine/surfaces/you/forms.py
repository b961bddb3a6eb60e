"""What a person sets for themselves. A form validates and never saves."""

from django import forms
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from vitrine.accounts.encrypting import Keys
from vitrine.accounts.models import NoticeRules, Often
from vitrine.accounts.telling import Kind
from vitrine.feed.models import Habit
from vitrine.feed.models.habit import LEAST_MINUTES, MOST_MINUTES


class PlaceForm(forms.Form):
    """Where a clip goes: a place up or down in its collection, or into another."""

    to = forms.ChoiceField(choices=[("up", "up"), ("down", "down")], required=False)
    into = forms.CharField(max_length=40, required=False)

    def clean(self) -> dict[str, str]:
        """Want one of the two."""
        said = super().clean() or {}
        if bool(said.get("to")) == bool(said.get("into")):
            raise forms.ValidationError(gettext("One of the two."))
        return said


class ChannelsForm(forms.Form):
    """Where a person wants to hear what, and how often the digest comes."""

    told = forms.MultipleChoiceField(
        choices=Kind.choices, required=False, label=gettext_lazy("In the app")
    )
    pushed = forms.MultipleChoiceField(
        choices=Kind.choices, required=False, label=gettext_lazy("Push")
    )
    mailed = forms.MultipleChoiceField(
        choices=Kind.choices, required=False, label=gettext_lazy("In the digest")
    )
    digest = forms.ChoiceField(
        choices=Often.choices, widget=forms.RadioSelect, label=gettext_lazy("E-mail digest")
    )

    @classmethod
    def of(cls, rules: NoticeRules) -> "ChannelsForm":
        """Return the form as the rules stand."""
        told = [kind for kind in Kind.values if kind not in rules.silent]
        kept = {name: getattr(rules, name) for name in ("pushed", "mailed", "digest")}
        return cls(initial={"told": told, **kept})

    def grid(self) -> list[tuple[str, str, dict[str, bool]]]:
        """Return a row for each kind: its value, its label, and which channels are on."""
        on = {name: set(self[name].value() or ()) for name in ("told", "pushed", "mailed")}
        return [
            (kind.value, str(kind.label), {name: kind.value in on[name] for name in on})
            for kind in Kind
        ]


def _minutes(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        label=gettext_lazy(label),
        help_text=gettext_lazy(help_text),
        error_messages={
            "invalid": gettext_lazy("Write whole minutes, such as 40."),
            "min_value": gettext_lazy("At least %(limit_value)s minutes, or nothing for no limit."),
            "max_value": gettext_lazy("A day has 1440 minutes."),
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "step": "5"}),
    )


class ScreenTimeForm(forms.Form):
    """How long a day a person wants to watch, and when to suggest a break, in minutes."""

    minutes = _minutes(
        gettext_noop("Minutes a day, at most"),
        gettext_noop("The feeds stop there, and you may go on."),
    )
    break_minutes = _minutes(
        gettext_noop("Suggest a break every … minutes"), gettext_noop("A card between two clips.")
    )

    @classmethod
    def of(cls, habit: Habit) -> "ScreenTimeForm":
        """Return the form as the wishes stand."""
        minutes = {"minutes": habit.limit_minutes, "break_minutes": habit.break_minutes}
        return cls(initial=minutes)


class SubscriptionForm(forms.Form):
    """A browser's push address and keys, as its maker's service gave them."""

    endpoint = forms.CharField(max_length=500)
    public_key = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean(self) -> dict[str, str]:
        """Want keys that something can be encrypted for."""
        said = super().clean() or {}
        try:
            Keys.read(said.get("public_key", ""), said.get("auth", ""))
        except ValueError:
            raise forms.ValidationError(gettext("These are no keys of a browser.")) from None
        return said
