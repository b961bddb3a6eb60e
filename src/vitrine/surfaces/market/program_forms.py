"""What an owner types about programs. A form validates and never saves."""

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.programs.models import Event
from vitrine.sovereignty import outside


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
