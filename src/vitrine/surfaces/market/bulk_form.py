"""What is typed to change many products at once."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.bulk import ROUNDINGS, Change
from vitrine.catalog.models import Category, Collection, Merchant
from vitrine.catalog.rounding import Rounding
from vitrine.kernel.fields import MomentField
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import this_cell

PRICING = (
    ("", gettext_lazy("Leave prices alone")),
    ("price", gettext_lazy("Change the price")),
    ("sale", gettext_lazy("Put on a sale")),
    ("end", gettext_lazy("End the sale")),
)
WAYS = (("-", gettext_lazy("Lower")), ("+", gettext_lazy("Raise")))
SHOWN = (
    ("", gettext_lazy("As they are")),
    ("publish", gettext_lazy("Put on sale")),
    ("withdraw", gettext_lazy("Take off sale")),
)
MOST_PERCENT = Decimal(1_000)


class BulkForm(forms.Form):
    """One change for many products. Validates, and says what it means as a ``Change``."""

    pricing = forms.ChoiceField(choices=PRICING, required=False, label=gettext_lazy("Prices"))
    way = forms.ChoiceField(choices=WAYS, required=False, label=gettext_lazy("Lower or raise"))
    percent = forms.DecimalField(
        required=False,
        min_value=0,
        max_value=MOST_PERCENT,
        decimal_places=2,
        label=gettext_lazy("By per cent"),
    )
    amount_minor = PriceField(required=False, label=gettext_lazy("And by an amount"))
    rounding = forms.ChoiceField(
        choices=[(key.value, label) for key, label in ROUNDINGS.items()],
        required=False,
        label=gettext_lazy("Rounded"),
    )
    since = MomentField(
        required=False,
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Empty: at once."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = MomentField(
        required=False,
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("For a sale. Empty: until you end it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(),
        required=False,
        to_field_name="key",
        label=gettext_lazy("Category"),
        empty_label=gettext_lazy("As they are"),
    )
    collection = forms.ModelChoiceField(
        Collection.objects.none(),
        required=False,
        to_field_name="public_id",
        label=gettext_lazy("Put into the collection"),
        empty_label=gettext_lazy("As they are"),
    )
    shown = forms.ChoiceField(choices=SHOWN, required=False, label=gettext_lazy("On sale"))

    def __init__(self, typed: Any = None, *, merchant: Merchant) -> None:
        super().__init__(typed)
        fields: Any = self.fields
        fields["collection"].queryset = merchant.collections.filter(is_ruled=False).order_by(
            "title"
        )

    def clean_since(self) -> datetime | None:
        """Read it in the time of the cell."""
        return _here(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        """Read it in the time of the cell."""
        return _here(self.cleaned_data["until"])

    def clean(self) -> dict[str, Any]:
        """Ask for by how much, and for an end after the beginning."""
        said = self.cleaned_data
        pricing = said.get("pricing")
        has_some = bool(said.get("percent") or said.get("amount_minor"))
        if pricing in ("price", "sale") and not has_some:
            self.add_error("percent", gettext("Say by how much."))
        if pricing == "sale" and said.get("way") == "+":
            self.add_error("way", gettext("A sale lowers the price."))
        since, until = said.get("since"), said.get("until")
        if since and until and until <= since:
            self.add_error("until", gettext("This must be after the beginning."))
        if not any(said.get(name) for name in ("pricing", "category", "collection", "shown")):
            raise forms.ValidationError(gettext("Choose what is to change."))
        return said

    def change(self) -> Change:
        """Return what is to change. Only after is_valid."""
        said = self.cleaned_data
        sign = 1 if said["way"] == "+" else -1
        return Change(
            price=said["pricing"] == "price",
            sale=said["pricing"] == "sale",
            ends_sale=said["pricing"] == "end",
            percent=sign * (said["percent"] or Decimal(0)),
            amount_minor=sign * (said["amount_minor"] or 0),
            to=Rounding(said["rounding"] or Rounding.EXACT),
            since=said["since"],
            until=said["until"],
            category=said["category"],
            collection=said["collection"],
            publish=said["shown"] == "publish",
            withdraw=said["shown"] == "withdraw",
        )


def _here(typed: datetime | None) -> datetime | None:
    if typed is None:
        return None
    return typed.replace(tzinfo=ZoneInfo(this_cell().time_zone))
