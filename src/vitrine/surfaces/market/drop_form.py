"""What is typed to sell something as a drop."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.models import Merchant, Product
from vitrine.kernel.fields import MomentField
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.market.product_name import ProductNameField

SOONEST = timedelta(minutes=1)


class DropForm(forms.Form):
    """From when on a product is sold in turn, for how long, and how many to each buyer."""

    product = ProductNameField(help_text=gettext_lazy("Its name."))
    starts_at = MomentField(
        label=gettext_lazy("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours that it lasts"), min_value=1, max_value=168, initial=24
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes to buy, once it is somebody’s turn"),
        min_value=2,
        max_value=60,
        initial=10,
    )
    most_each = forms.IntegerField(
        label=gettext_lazy("Most for each buyer"), min_value=1, max_value=99, initial=1
    )

    def __init__(self, typed: Any = None, *, merchant: Merchant, at: datetime) -> None:
        super().__init__(typed)
        self.at = at
        product: Any = self.fields["product"]
        product.among = Product.objects.on_sale().sold_by(merchant)

    def clean_starts_at(self) -> datetime:
        """Read it in the time of the cell; it lies ahead, so that people can come."""
        typed: datetime = self.cleaned_data["starts_at"]
        there = typed.replace(tzinfo=ZoneInfo(this_cell().time_zone))
        if there < self.at + SOONEST:
            raise forms.ValidationError(gettext("Choose a time that lies ahead."))
        return there

    def terms(self) -> dict[str, Any]:
        """Return what was said. Only after is_valid."""
        said = dict(self.cleaned_data)
        hours = said.pop("hours")
        return {**said, "ends_at": said["starts_at"] + timedelta(hours=hours)}
