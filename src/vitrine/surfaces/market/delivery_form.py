"""The form of one way of delivery: its price by weight or by place in rows."""

import re
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog import tariffs
from vitrine.catalog.models import DeliveryOption, Merchant
from vitrine.catalog.tariffs import Bracket, Kind, Zone
from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders import regions
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import this_cell

MAX_ROWS = 30
BLANK_ROWS = 2
HEAVIEST_G = 1_000_000
MOST_DAYS = 90


def _days(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_DAYS, **kwargs)


class WeightField(forms.CharField):
    """A weight in kilograms. Cleans to grams; never rounds."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 12, "widget": widget, **kwargs})

    def clean(self, value: Any) -> Any:
        """Return grams, or None when nothing was typed."""
        text = str(super().clean(value)).strip()
        if not text:
            return None
        if not re.fullmatch(r"\d{1,4}([.,]\d{1,3})?", text, re.ASCII):
            raise forms.ValidationError(gettext("Write kilograms like 2 or 0.5."))
        weight_g = int(Decimal(text.replace(",", ".")) * 1000)
        if not 0 < weight_g <= HEAVIEST_G:
            raise forms.ValidationError(gettext("Write a weight between 1 gram and 1,000 kg."))
        return weight_g


class DeliveryForm(forms.Form):
    """What every way of delivery says. Price and days are for those of one price."""

    name = LineField(
        max_length=60,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("E.g. “Standard” or “Express”."),
    )
    kind = forms.ChoiceField(
        choices=tariffs.CHOICES,
        widget=forms.RadioSelect,
        required=False,
        initial=Kind.FLAT.value,
        label=gettext_lazy("What the price goes by"),
    )
    price_minor = PriceField(label=gettext_lazy("Price"), required=False)
    days_from = _days(gettext_lazy("Days, at least"), required=False, initial=2)
    days_until = _days(gettext_lazy("Days, at most"), required=False, initial=5)
    free_from_minor = PriceField(
        label=gettext_lazy("Free from"),
        required=False,
        help_text=gettext_lazy("Goods of that value go without charge."),
    )

    def __init__(self, typed: Any, *, merchant: Merchant, option: DeliveryOption | None) -> None:
        super().__init__(typed, auto_id="delivery-%s", initial=_said(option))
        self.merchant, self.option = merchant, option

    def clean_name(self) -> str:
        """Keep names apart within the shop."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        others = DeliveryOption.objects.filter(merchant=self.merchant, name__iexact=name)
        if self.option is None:
            others = others.filter(withdrawn_at=None)
        else:
            others = others.exclude(pk=self.option.pk)
        if others.exists():
            raise forms.ValidationError(gettext("You offer this already."))
        return name

    def clean_kind(self) -> Kind:
        """Take what is not said for one price."""
        return Kind(self.cleaned_data["kind"] or Kind.FLAT)

    def clean(self) -> dict[str, Any]:
        """Ask for what the kind needs, and keep the days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind", Kind.FLAT)
        if kind is Kind.FLAT:
            require(self, "price_minor")
        if kind is not Kind.ZONE:
            require(self, "days_from")
            require(self, "days_until")
        in_order(self)
        return cleaned


class BracketForm(forms.Form):
    """What parcels up to a weight cost."""

    up_to_g = WeightField(label=gettext_lazy("Up to, kg"))
    price_minor = PriceField(label=gettext_lazy("Price"))


class ZoneForm(forms.Form):
    """Places of one price, and how long it takes there."""

    where = LineField(max_length=400, label=gettext_lazy("Places"))
    price_minor = PriceField(label=gettext_lazy("Price"))
    days_from = _days(gettext_lazy("Days, at least"))
    days_until = _days(gettext_lazy("Days, at most"))

    def clean_where(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return regions and beginnings of postcodes."""
        country = this_cell().country
        places, postcodes = [], []
        for word in str(self.cleaned_data["where"]).replace(",", " ").upper().split():
            beginning = word.removesuffix("*")
            if word in regions.NAMES[country]:
                places.append(word)
            elif regions.begins_a_postcode(beginning, country):
                postcodes.append(beginning)
            else:
                said = gettext("“{word}” is no code of a region and begins no postcode here.")
                raise forms.ValidationError(said.format(word=word[:20]))
        return tuple(places), tuple(postcodes)

    def clean(self) -> dict[str, Any]:
        """Keep the days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        in_order(self)
        return cleaned


def require(form: forms.Form, name: str) -> None:
    """Ask for a field that is needed after all."""
    if form.cleaned_data.get(name) is None and name not in form.errors:
        form.add_error(name, gettext("This is needed."))


def in_order(form: forms.Form) -> None:
    """Keep the days of a form in order."""
    fewest, most = form.cleaned_data.get("days_from"), form.cleaned_data.get("days_until")
    if fewest is not None and most is not None and fewest > most:
        form.add_error("days_until", gettext("At most cannot be less than at least."))


class Rows(BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind; those that nothing was typed into are not there."""

    def typed(self) -> list[dict[str, Any]]:
        """Return what was typed into the rows that were not removed."""
        return [
            form.cleaned_data
            for form in self.forms
            if form not in self.deleted_forms and form.cleaned_data
        ]


def _rows_of(form: type[forms.Form]) -> Any:
    return formset_factory(
        form,
        formset=Rows,
        extra=BLANK_ROWS,
        can_delete=True,
        max_num=MAX_ROWS,
        validate_max=True,
        absolute_max=MAX_ROWS + BLANK_ROWS,
    )


BracketRows, ZoneRows = _rows_of(BracketForm), _rows_of(ZoneForm)


class DeliveryEditor:
    """The form and its rows as one: what was typed, what is wrong with it, what it means."""

    def __init__(
        self, typed: Any = None, *, merchant: Merchant, option: DeliveryOption | None = None
    ) -> None:
        self.option = option
        self.form = DeliveryForm(typed, merchant=merchant, option=option)
        # An older page, and a machine, send no rows at all.
        rows = None if typed is None or "zones-TOTAL_FORMS" not in typed else typed
        brackets = BracketRows(rows, initial=_brackets(option), prefix="brackets")
        self.brackets = cast(Rows, brackets)
        self.zones = cast(Rows, ZoneRows(rows, initial=_zones(option), prefix="zones"))

    def is_valid(self) -> bool:
        """Check the form, and the rows that its kind reads."""
        if not self.form.is_valid():
            return False
        rows = {Kind.WEIGHT: self.brackets, Kind.ZONE: self.zones}.get(self._kind)
        if rows is None:
            return True
        if not rows.is_bound or not rows.is_valid():
            if not rows.is_bound:
                self.form.add_error(None, gettext("Fill in at least one row."))
            return False
        if not rows.typed():
            self.form.add_error(None, gettext("Fill in at least one row."))
        weights = [row["up_to_g"] for row in rows.typed() if "up_to_g" in row]
        if len(set(weights)) < len(weights):
            self.form.add_error(None, gettext("Two rows have the same weight."))
        return self.form.is_valid()

    def offered(self) -> dict[str, Any]:
        """Return what was typed, for ``opening.offer_delivery``. Only after is_valid."""
        said = self.form.cleaned_data
        found: dict[str, Any] = {
            "name": said["name"],
            "kind": self._kind,
            "free_from_minor": said["free_from_minor"],
            "price_minor": said["price_minor"] or 0,
            "days_from": said["days_from"],
            "days_until": said["days_until"],
        }
        if self._kind is Kind.WEIGHT:
            rows = sorted(self.brackets.typed(), key=lambda row: int(row["up_to_g"]))
            found["brackets"] = [Bracket(row["up_to_g"], row["price_minor"]) for row in rows]
        if self._kind is Kind.ZONE:
            found["zones"] = [
                Zone(
                    regions=row["where"][0],
                    postcodes=row["where"][1],
                    price_minor=row["price_minor"],
                    days_from=row["days_from"],
                    days_until=row["days_until"],
                )
                for row in self.zones.typed()
            ]
        return found

    @property
    def _kind(self) -> Kind:
        return Kind(self.form.cleaned_data["kind"])


def _price(amount_minor: int | None) -> str:
    return "" if amount_minor is None else money.plain_decimal(amount_minor, this_cell().currency)


def _said(option: DeliveryOption | None) -> dict[str, Any]:
    if option is None:
        return {}
    return {
        "name": option.name,
        "kind": option.kind,
        "price_minor": _price(option.price_minor),
        "free_from_minor": _price(option.free_from_minor),
        "days_from": option.days_from,
        "days_until": option.days_until,
    }


def _brackets(option: DeliveryOption | None) -> list[dict[str, Any]]:
    return [
        {"up_to_g": tariffs.kilograms(one.up_to_g), "price_minor": _price(one.price_minor)}
        for one in (option.tariff.brackets if option else ())
    ]


def _zones(option: DeliveryOption | None) -> list[dict[str, Any]]:
    return [
        {
            "where": " ".join([*zone.regions, *(f"{beginning}*" for beginning in zone.postcodes)]),
            "price_minor": _price(zone.price_minor),
            "days_from": zone.days_from,
            "days_until": zone.days_until,
        }
        for zone in (option.tariff.zones if option else ())
    ]
