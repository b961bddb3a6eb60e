"""What an owner types about programs. A form validates and never saves."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.programs.models import Event
from vitrine.programs.scopes import LABELS
from vitrine.sovereignty import outside

LASTS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("A year"),
    "": gettext_lazy("Until it is revoked"),
}


class TokenForm(forms.Form):
    """A token: what it is called, what it is good for, and for how long."""

    name = LineField(
        max_length=60,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Which program uses it, e.g. “Warehouse”."),
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, label) for scope, label in LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("It may"),
        error_messages={"required": gettext_lazy("Choose what it may do.")},
    )
    days = forms.ChoiceField(
        choices=list(LASTS.items()), initial="90", required=False, label=gettext_lazy("It lasts")
    )

    @property
    def lasts(self) -> timedelta | None:
        """Return how long it lasts; None: until it is revoked."""
        days = self.cleaned_data["days"]
        return timedelta(days=int(days)) if days else None


class EndpointForm(forms.Form):
    """An address to tell, and of what."""

    def __init__(self, typed: object = None) -> None:
        # The token's form stands on the same page: an id names one thing.
        super().__init__(typed, auto_id="endpoint-%s")  # type: ignore[arg-type]

    url = forms.CharField(
        max_length=300,
        label=gettext_lazy("Address"),
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("It is called by POST, over https, and never on our own network."),
    )
    events = forms.MultipleChoiceField(
        choices=Event.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("It hears when"),
        error_messages={"required": gettext_lazy("Choose what it hears of.")},
    )

    def clean_url(self) -> str:
        """Keep an address that can be called."""
        url = str(self.cleaned_data["url"]).strip()
        if outside.objection(url):
            raise forms.ValidationError(
                gettext("Write an address of the form https://shop.example/hook.")
            )
        return url
