"""What is typed about stock: why a figure changes, what goes where, what was counted."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.feeds.cells import MAX_STOCK
from vitrine.catalog.models import ADJUSTMENTS, Location, Merchant, MovementReason
from vitrine.kernel.fields import DayField, LineField
from vitrine.surfaces.market.counting import KEY


class KeyedForm(forms.Form):
    """A form with a key of its own, so that sending it twice does one thing."""

    key = forms.RegexField(KEY, widget=forms.HiddenInput)


class AdjustmentForm(forms.Form):
    """Why figures change."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[(each.value, each.label) for each in ADJUSTMENTS],
        initial=MovementReason.COUNTED,
    )
    note = LineField(label=gettext_lazy("Note"), max_length=200, required=False)


class ThingForm(KeyedForm):
    """One thing by its barcode or SKU, and how many."""

    words = LineField(
        label=gettext_lazy("Barcode or SKU"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"), min_value=0, max_value=MAX_STOCK, initial=1
    )


class TransferForm(KeyedForm):
    """From where to where, and by when."""

    origin = forms.ChoiceField(label=gettext_lazy("From"))
    destination = forms.ChoiceField(label=gettext_lazy("To"))
    expected_on = DayField(
        label=gettext_lazy("Expected on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    note = LineField(label=gettext_lazy("Note"), max_length=200, required=False)

    def __init__(self, typed: Any = None, *, merchant: Merchant, **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        places = Location.objects.open().filter(merchant=merchant).order_by("pk")
        self.places = {place.public_id: place for place in places}
        choices = [(place.public_id, place.name) for place in self.places.values()]
        for name, usual in (("origin", choices[:1]), ("destination", choices[1:2])):
            self.fields[name] = forms.ChoiceField(
                label=self.fields[name].label,
                choices=choices,
                initial=usual[0][0] if usual else None,
            )

    def clean_origin(self) -> Location:
        """Return the place."""
        return self.places[self.cleaned_data["origin"]]

    def clean_destination(self) -> Location:
        """Return the place, which is another one."""
        place = self.places[self.cleaned_data["destination"]]
        if place == self.cleaned_data.get("origin"):
            raise forms.ValidationError(gettext("Choose another place than where it comes from."))
        return place
