"""An address of the address book."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.orders import regions
from vitrine.orders.models import Address
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.shop.place import FIELDS, PlaceForm


class AddressForm(PlaceForm):
    """Where somebody has things sent."""

    line2 = LineField(label=gettext_lazy("Flat, floor, company"), max_length=120, required=False)
    is_first = forms.BooleanField(required=False, label=gettext_lazy("Fill this in first"))

    field_order = ("name", "line1", "line2", "city", "postcode", "region", "phone", "is_first")

    def __init__(self, typed: Any, *, address: Address | None) -> None:
        said: dict[str, Any] = {"region": regions.USUAL[this_cell().country]}
        if address is not None:
            said = {name: getattr(address, name) for name in (*FIELDS, "line2")}
            said["is_first"] = address.first_at is not None
        super().__init__(typed, initial=said)

    def typed(self) -> dict[str, str]:
        """Return the address. The form is valid."""
        return {name: self.cleaned_data.get(name, "") for name in (*FIELDS, "line2")}
