"""What members of a shop type. A form validates and never saves."""

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog import pictures
from vitrine.catalog.models import Location, LocationKind, Merchant, Role
from vitrine.kernel.fields import LineField, LinesField
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell

MAX_FEED_BYTES = 200 * 1024 * 1024
MOST_RETURNS_DAYS = 3_650
MAX_ZIP_BYTES = 500 * 1024 * 1024


ROUTINGS = [
    ("parcels nearest priority", gettext_lazy("in as few parts as possible, then from nearby")),
    ("parcels priority nearest", gettext_lazy("in as few parts as possible, then by turn")),
    ("nearest priority parcels", gettext_lazy("from the nearest place first")),
    ("priority nearest parcels", gettext_lazy("by turn first")),
]
"""Rules of ``orders/routing.py`` in their order."""


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A warehouse or a store, and where it is."""

    class Meta:
        model = Location
        fields = ("kind", "name", "street", "city", "region", "postcode", "opening_hours")
        field_classes: ClassVar = dict.fromkeys(
            ("name", "street", "city", "postcode", "opening_hours"), LineField
        )
        labels = {
            "name": gettext_lazy("What you call it"),
            "street": gettext_lazy("Street and number"),
            "city": gettext_lazy("City"),
            "postcode": gettext_lazy("Postcode"),
            "opening_hours": gettext_lazy("Opening hours"),
        }
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            "opening_hours": gettext_lazy("For people who collect, e.g. “Mon–Sat 9:00–18:00”.")
        }

    def __init__(self, *args: Any, merchant: Merchant | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant = merchant
        country = this_cell().country
        named = regions.NAMES[country]
        if named:
            self.fields["region"] = forms.ChoiceField(
                label=regions.word(country), choices=[("", gettext("Choose…")), *named.items()]
            )
        else:
            del self.fields["region"]
        self.fields["kind"] = forms.ChoiceField(
            label=gettext("Kind"),
            help_text=gettext("Buyers can collect at a store."),
            choices=LocationKind.choices,
            widget=forms.RadioSelect,
            initial=LocationKind.WAREHOUSE,
        )
        for name, token in (
            ("street", "address-line1"),
            ("city", "address-level2"),
            ("region", "address-level1"),
            ("postcode", "postal-code"),
        ):
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = token

    def clean_name(self) -> str:
        """Keep names apart within the shop."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = Location.objects.filter(merchant=self.merchant, name__iexact=name)
        if self.merchant and others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(gettext("You have a place of that name already."))
        return name

    def clean_postcode(self) -> str:
        """Keep what looks like a postcode of this country."""
        country = this_cell().country
        typed = str(self.cleaned_data["postcode"]).strip().upper()
        if not regions.is_postcode(typed, country):
            said = gettext("Write it like {example}.")
            raise forms.ValidationError(said.format(example=regions.example_postcode(country)))
        return typed


class OpenShopForm(forms.Form):
    """A new shop: its name, and a line about it. Its first place comes from LocationForm."""

    shop_name = LineField(
        label=gettext_lazy("Name of your shop"),
        max_length=80,
        help_text=gettext_lazy("Buyers see it on every product."),
    )
    about = LinesField(
        label=gettext_lazy("What you sell"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_shop_name(self) -> str:
        """Keep it one line, and more than punctuation."""
        name = " ".join(str(self.cleaned_data["shop_name"]).split())
        if sum(character.isalnum() for character in name) < 2:
            raise forms.ValidationError(gettext("A name has at least two letters or digits."))
        return name


class ShopForm(forms.ModelForm):  # type: ignore[type-arg]
    """What buyers read about a shop."""

    class Meta:
        model = Merchant
        fields = (
            *("name", "about", "returns_days", "returns_paid_by", "returns_state"),
            *("returns_policy", "delivery_policy", "low_at", "routing", "is_tax_registered"),
            *("region", "packs_until", "packing_days"),
        )
        field_classes: ClassVar = {
            "name": LineField,
            "about": LinesField,
            "returns_policy": LineField,
            "delivery_policy": LinesField,
        }
        labels = {
            "name": gettext_lazy("Name"),
            "about": gettext_lazy("What you sell"),
            "returns_days": gettext_lazy("Days to return"),
            "returns_paid_by": gettext_lazy("Who pays the way back"),
            "returns_state": gettext_lazy("What is taken back"),
            "returns_policy": gettext_lazy("Returns, in your words"),
            "delivery_policy": gettext_lazy("Delivery, in your words"),
            "is_tax_registered": gettext_lazy("Registered for GST"),
            "low_at": gettext_lazy("Few are left from"),
            "packs_until": gettext_lazy("Packed the same day if ordered until"),
            "packing_days": gettext_lazy("Working days that packing takes"),
        }
        help_texts: ClassVar = {
            "is_tax_registered": gettext_lazy("Only registered sellers charge it."),
            "low_at": gettext_lazy("You are told once when so many or fewer can still be sold."),
            "returns_days": gettext_lazy("0 for none. Empty: your own words say it all."),
            "packs_until": gettext_lazy("Leave empty if orders are packed at any hour."),
        }
        widgets: ClassVar = {
            "about": forms.Textarea(attrs={"rows": 3}),
            "delivery_policy": forms.Textarea(attrs={"rows": 3}),
            "packs_until": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = this_cell().country
        if country == "US":  # no registration there changes what a buyer pays here
            del self.fields["is_tax_registered"]
        if named := regions.NAMES[country]:
            self.fields["region"] = forms.ChoiceField(
                label=regions.word(country),
                help_text=gettext("Where you pack: its public holidays count."),
                choices=[("", gettext("Choose…")), *named.items()],
                required=False,
            )
        else:
            del self.fields["region"]
        for name in ("returns_paid_by", "returns_state"):
            self.fields[name].required = False
        self.fields["packing_days"] = forms.IntegerField(
            label=self.fields["packing_days"].label, min_value=0, max_value=30, required=False
        )
        self.fields["routing"] = forms.ChoiceField(
            label=gettext("A parcel leaves"),
            required=False,
            choices=ROUTINGS,
            help_text=gettext("Which of your places sends it. Their turns are in their hours."),
        )

    def clean_routing(self) -> str:
        """Keep what stands where nothing is chosen."""
        return str(self.cleaned_data["routing"] or self.instance.routing)

    def clean_returns_days(self) -> int | None:
        """Keep a number of days that somebody could mean."""
        days: int | None = self.cleaned_data["returns_days"]
        if days is not None and days > MOST_RETURNS_DAYS:
            said = gettext("At most {most} days.")
            raise forms.ValidationError(said.format(most=MOST_RETURNS_DAYS))
        return days

    def clean_returns_paid_by(self) -> str:
        """Take what is not said for what was said before."""
        return str(self.cleaned_data["returns_paid_by"] or self.instance.returns_paid_by)

    def clean_returns_state(self) -> str:
        """Take what is not said for what was said before."""
        return str(self.cleaned_data["returns_state"] or self.instance.returns_state)

    def clean_packing_days(self) -> int:
        """Take what is not said for none."""
        return int(self.cleaned_data["packing_days"] or 0)


class InvitationForm(forms.Form):
    """Whom to ask to work in the shop."""

    whom = LineField(
        max_length=254,
        label=gettext_lazy("Handle or e-mail address"),
        help_text=gettext_lazy("As on their profile: @name. By mail, whoever gets it may accept."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.ORDERS)

    def clean_whom(self) -> str:
        """Return a handle that is somebody's, or an address. ``person``: who has the handle."""
        typed = str(self.cleaned_data["whom"]).lower()
        self.person: Person | None = None
        if "@" in typed[1:]:
            validate_email(typed)
            return typed
        self.person = Person.objects.filter(handle=typed.removeprefix("@"), is_active=True).first()
        if self.person is None:
            raise forms.ValidationError(gettext("Nobody here has this handle."))
        return ""


class RoleForm(forms.Form):
    """A role of somebody who works in the shop."""

    handle = forms.CharField(max_length=25)
    role = forms.ChoiceField(choices=Role.choices)


class PicturesForm(forms.Form):
    """Pictures of a product. Several come as several files of one field; the view reads them."""

    alt = LineField(
        max_length=200,
        required=False,
        label=gettext_lazy("What can be seen"),
        help_text=gettext_lazy("Read aloud to people who cannot see it."),
    )


class ImportForm(forms.Form):
    """A feed, and the pictures that it names."""

    feed = forms.FileField(
        label=gettext_lazy("Product file"),
        help_text=gettext_lazy("Shopify product CSV, or Google Merchant XML or TSV. Up to 200 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xml"}),
        error_messages={
            "required": gettext_lazy("Choose a file first."),
            "empty": gettext_lazy("This file is empty."),
        },
    )
    pictures = forms.FileField(
        label=gettext_lazy("Pictures"),
        required=False,
        help_text=gettext_lazy(
            "A zip of the pictures that the file names. Addresses are never fetched."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_feed(self) -> "UploadedFile[bytes]":
        """Keep files of a size that is worth reading."""
        file: UploadedFile[bytes] = self.cleaned_data["feed"]
        if (file.size or 0) > MAX_FEED_BYTES:
            raise forms.ValidationError(gettext("This file is larger than 200 MB. Split it."))
        return file

    def clean_pictures(self) -> "UploadedFile[bytes] | None":
        """Keep what is a zip of bearable size."""
        file: UploadedFile[bytes] | None = self.cleaned_data["pictures"]
        if file is None:
            return None
        if (file.size or 0) > MAX_ZIP_BYTES:
            raise forms.ValidationError(
                gettext("This zip is larger than 500 MB. Send it in parts.")
            )
        if file.read(2) != b"PK":
            raise forms.ValidationError(gettext("This is not a zip file."))
        file.seek(0)
        return file


def picture_files(files: "list[UploadedFile[bytes]]") -> list[bytes]:
    """Read uploaded pictures, one byte more than allowed at most: the renderer refuses those."""
    return [file.read(pictures.MAX_BYTES + 1) for file in files]
