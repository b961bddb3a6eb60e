"""Where a parcel goes: the fields of an address, and what is known of it before they are sent."""

from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.fields import LineField, LongChoiceField
from vitrine.orders import phones, postcodes, regions
from vitrine.orders.models import Address
from vitrine.sovereignty.cell import this_cell

REGION = "region"
FIELDS = ("name", "line1", "city", "region", "postcode", "phone")
AUTOFILL = {
    "name": "name",
    "line1": "address-line1",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
    "phone": "tel",
}


class PlaceForm(forms.Form):
    """An address. A postcode that does not fit its region is asked about once, not refused.

    sure: the place that was asked about, so that the next press passes.
    """

    name = LineField(label=gettext_lazy("Full name"), max_length=80)
    line1 = LineField(label=gettext_lazy("Street and number"), max_length=120)
    city = LineField(label=gettext_lazy("Town or city"), max_length=80)
    region = LongChoiceField()
    postcode = LineField(label=gettext_lazy("Postcode"), max_length=10)
    phone = LineField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    sure = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = this_cell().country
        names = regions.NAMES[self.country]
        region = self.fields["region"]
        assert isinstance(region, LongChoiceField)  # noqa: S101 (tells mypy)
        region.offer(list(names.items()))
        region.label = regions.word(self.country)
        for name, token in AUTOFILL.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["postcode"].widget.attrs["placeholder"] = regions.example_postcode(self.country)
        if not names:
            del self.fields["region"]

    def clean_postcode(self) -> str:
        """Check the postcode's form, where one is asked for."""
        text = regions.tidy_postcode(str(self.cleaned_data["postcode"]), self.country)
        if text and not regions.is_postcode(text, self.country):
            example = regions.example_postcode(self.country)
            said = gettext("A postcode here looks like {example}.")
            raise forms.ValidationError(said.format(example=example))
        return text

    def clean_phone(self) -> str:
        """Keep what is a telephone number, as E.164."""
        text = str(self.cleaned_data["phone"])
        try:
            return phones.normalise(text, self.country) if text else ""
        except phones.BadPhone as bad:
            raise forms.ValidationError(str(bad)) from None

    def clean(self) -> dict[str, Any]:
        """Ask about a postcode that does not fit its region, once."""
        cleaned: dict[str, Any] = super().clean() or {}
        region, postcode = cleaned.get("region", ""), cleaned.get("postcode", "")
        doubt = misfit(region, postcode, self.country)
        if doubt and cleaned.get("sure") != f"{region} {postcode}":
            self.add_error("postcode", doubt)
        return cleaned

    @property
    def doubt(self) -> str:
        """Return what is doubtful about the place before it is sent; nothing afterwards."""
        region, _, postcode = self.place.partition(" ")
        return "" if self.is_bound else misfit(region, postcode, self.country)

    @property
    def place(self) -> str:
        """Return what "sure" says when the place is seen as it is now."""
        names = ("region", "postcode")
        shown = [str(self[name].value() or "") for name in names if name in self.fields]
        return " ".join([shown[0], regions.tidy_postcode(shown[-1], self.country)])


def misfit(region: str, postcode: str, country: str) -> str:
    """Say that a postcode lies elsewhere; nothing where it fits, or may."""
    likely = postcodes.regions_of(postcode, country) if postcode else ()
    if not region or not likely or region in likely:
        return ""
    named = regions.NAMES[country]
    said = gettext("{postcode} is usually in {likely}. If {region} is right, press again.")
    return said.format(postcode=postcode, likely=named[likely[0]], region=named[region])


def region_of(request: HttpRequest, asked: QueryDict, address: Address | None) -> str:
    """Return where parcels would go: as asked, as kept, as last seen, or the usual."""
    country = this_cell().country
    names = regions.NAMES[country]
    for region in (
        asked.get("region", ""),
        address.region if address else "",
        request.session.get(REGION, ""),
    ):
        if region in names:
            return str(region)
    return regions.USUAL[country]


def postcode_of(asked: QueryDict, address: Address | None) -> str:
    """Return the postcode of the parcels as far as it is known: as typed, or as kept."""
    country = this_cell().country
    typed = asked.get("postcode", address.postcode if address else "")
    tidy = regions.tidy_postcode(typed, country)
    return tidy if regions.is_postcode(tidy, country) else ""
