"""What a shop types about commissions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Product, Stock
from vitrine.commission.models import Sample
from vitrine.commission.models.deal import MOST_BP
from vitrine.commission.sampling import Parcel
from vitrine.kernel.fields import LineField
from vitrine.surfaces.market.product_name import ProductNameField


def _percent(**kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext_lazy("Percent"),
        min_value=Decimal("0.01"),
        max_value=Decimal(MOST_BP) / 100,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
        **kwargs,
    )


class RateForm(forms.Form):
    """A share of what is paid."""

    percent = _percent()

    @property
    def rate_bp(self) -> int:
        """Return it in basis points. The form is valid."""
        return int(self.cleaned_data["percent"] * 100)


class DealForm(RateForm):
    """What is offered to whom. Empty: all that the shop sells, and any creator."""

    product = ProductNameField(
        required=False,
        help_text=gettext_lazy("Its name. Leave it empty to offer it on all that you sell."),
    )
    creator = LineField(
        max_length=40,
        required=False,
        label=gettext_lazy("Creator"),
        help_text=gettext_lazy("A handle such as @ada. Leave it empty to let any creator take it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ("product", "creator", "percent")

    def __init__(self, typed: Any = None, *, merchant: Merchant) -> None:
        super().__init__(typed, auto_id="deal-%s")
        product: Any = self.fields["product"]
        product.among = Product.objects.sold_by(merchant).kept()
        self.fields["percent"].help_text = gettext("Of what is paid for the goods, without tax.")

    def clean_creator(self) -> Person | None:
        """Find a person by handle."""
        handle = str(self.cleaned_data["creator"]).lstrip("@").lower()
        if not handle:
            return None
        found = Person.objects.filter(handle=handle, is_active=True).first()
        if found is None:
            raise forms.ValidationError(gettext("Nobody here has that handle."))
        return found


class AnswerForm(forms.Form):
    """Whether a sample is sent, and a line about it."""

    answer = LineField(max_length=300, required=False, label=gettext_lazy("A line to the creator"))
    is_agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, typed: Any = None, *, sample: Sample) -> None:
        super().__init__(typed, auto_id=f"{sample.public_id}-%s")


class ParcelForm(forms.Form):
    """Which one is sent, from where, how."""

    of = forms.ChoiceField(label=gettext_lazy("What is sent, from where"))
    carrier = LineField(max_length=40, required=False, label=gettext_lazy("Carrier"))
    tracking = LineField(max_length=80, required=False, label=gettext_lazy("Tracking number"))

    def __init__(self, typed: Any = None, *, sample: Sample) -> None:
        super().__init__(typed, auto_id=f"{sample.public_id}-%s")
        shelves = Stock.objects.filter(
            variant__product=sample.product_id, variant__withdrawn_at=None
        ).select_related("variant", "location")
        self.shelves = {
            f"{one.variant.public_id} {one.location.public_id}": one
            for one in shelves.order_by("variant", "location")
            if one.available > 0
        }
        self.fields["of"] = forms.ChoiceField(
            label=gettext("What is sent, from where"),
            choices=[(key, _shelf(one)) for key, one in self.shelves.items()],
            error_messages={"required": gettext("None is left on any shelf.")},
        )

    @property
    def parcel(self) -> Parcel:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        shelf = self.shelves[said["of"]]
        return Parcel(shelf.variant, shelf.location, said["carrier"], said["tracking"])


def _shelf(one: Stock) -> str:
    options = " / ".join(one.variant.option_values) or one.variant.sku
    said = gettext("{options}, from {place} ({count} left)")
    return said.format(options=options, place=one.location.name, count=one.available)
