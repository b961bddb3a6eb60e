"""The product editor's form: a product, and a row for each choice of it."""

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog import descriptions, editing, tax_codes
from vitrine.catalog.editing import ProductDraft, VariantDraft
from vitrine.catalog.models import (
    Attribute,
    AttributeValue,
    Category,
    Kind,
    Product,
    ValueRefused,
    Variant,
)
from vitrine.catalog.tax_codes import TaxCode
from vitrine.kernel import money
from vitrine.kernel.fields import LineField, LinesField
from vitrine.orders.price_field import PriceField
from vitrine.safety import filtering

MAX_OPTIONS = 3
MAX_VARIANTS = 100
BLANK_ROWS = 3
SEPARATOR = " / "


class ProductForm(forms.Form):
    """What is said about a product."""

    title = LineField(max_length=200, label=gettext_lazy("Title"))
    description = LinesField(
        max_length=10_000,
        required=False,
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("A blank line begins a new paragraph."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    brand = LineField(max_length=80, required=False, label=gettext_lazy("Brand"))
    category = LineField(
        max_length=200,
        required=False,
        label=gettext_lazy("Category"),
        help_text=gettext_lazy("E.g. “Home > Lamps”."),
    )
    listed_in = forms.ModelChoiceField(
        Category.objects.all(),
        required=False,
        to_field_name="key",
        empty_label=gettext_lazy("By its words"),
        label=gettext_lazy("Listed in"),
        help_text=gettext_lazy("Where buyers find it. What is said of such goods comes below."),
    )
    recommended = forms.BooleanField(
        required=False,
        label=gettext_lazy("The price before is the maker's recommended price"),
    )
    options = LineField(
        max_length=130,
        required=False,
        label=gettext_lazy("Choices differ by"),
        help_text=gettext_lazy(
            "Up to three, with commas: “Size, Colour”. Leave empty if there is one only."
        ),
    )

    tax_code = forms.ChoiceField(
        choices=tax_codes.CHOICES,
        required=False,
        label=gettext_lazy("Taxed as"),
        help_text=gettext_lazy("Some places tax food, clothing or books less, or not at all."),
    )

    def __init__(self, typed: Any = None, *, attributes: Sequence[Attribute] = (), **given: Any):
        super().__init__(typed, **given)
        self.attributes = {f"said_{each.pk}": each for each in attributes}
        for name, attribute in self.attributes.items():
            self.fields[name] = _asked(attribute)
        listed: Any = self.fields["listed_in"]
        listed.label_from_instance = lambda place: f"{'  ' * place.depth}{place.name}"

    @property
    def said(self) -> list[forms.BoundField]:
        """The fields of what is said of such goods."""
        return [self[name] for name in self.attributes]

    def clean_tax_code(self) -> str:
        """Take what is not said for ordinary goods."""
        return str(self.cleaned_data["tax_code"]) or TaxCode.GENERAL.value

    def clean(self) -> dict[str, Any]:
        """Ask the cell's list of words about what is new; a word that holds is no error here."""
        for name in ("title", "description", "brand", "category"):
            typed = self.cleaned_data.get(name, "")
            if name in self.changed_data and (objection := filtering.objection(typed)):
                self.add_error(name, objection)
        for name, attribute in self.attributes.items():
            try:
                self.cleaned_data[name] = attribute.read(str(self.cleaned_data.get(name, "")))
            except ValueRefused as refused:
                self.add_error(name, refused.text)
        return self.cleaned_data

    def values(self) -> dict[Attribute, str]:
        """Return what is said, by attribute; "" where nothing is. Only after is_valid."""
        return {each: self.cleaned_data[name] for name, each in self.attributes.items()}

    def clean_options(self) -> tuple[str, ...]:
        """Return the names of the options."""
        typed = str(self.cleaned_data["options"]).split(",")
        names = [" ".join(name.split()) for name in typed if name.strip()]
        if len(names) > MAX_OPTIONS:
            raise forms.ValidationError(gettext("At most three."))
        if any(len(name) > 40 for name in names):
            raise forms.ValidationError(gettext("A name has at most 40 letters."))
        if len({name.casefold() for name in names}) < len(names):
            raise forms.ValidationError(gettext("Name each differently."))
        return tuple(names)


def _asked(attribute: Attribute) -> forms.Field:
    """Return the field that asks for an attribute; ``Attribute.read`` judges what is typed."""
    label = f"{attribute.name} ({attribute.unit})" if attribute.unit else attribute.name
    choices = {Kind.CHOICE: attribute.choices, Kind.BOOLEAN: ["yes", "no"]}.get(
        Kind(attribute.kind)
    )
    if choices is not None:
        named = {"yes": gettext("Yes"), "no": gettext("No")}
        listed = [("", ""), *((each, named.get(each, each)) for each in choices)]
        return forms.ChoiceField(choices=listed, required=False, label=label)
    attributes = {"type": "date"} if attribute.kind == Kind.DATE else {}
    widget = forms.TextInput(attrs=attributes)
    return LineField(max_length=200, required=False, label=label, widget=widget)


class VariantForm(forms.Form):
    """One choice and its price."""

    variant_id = forms.CharField(max_length=29, required=False, widget=forms.HiddenInput)
    choice = LineField(max_length=250, required=False, label=gettext_lazy("Choice"))
    sku = LineField(max_length=100, required=False, label=gettext_lazy("SKU"))
    price_minor = PriceField(label=gettext_lazy("Price"))
    compare_at_minor = PriceField(label=gettext_lazy("Price before"), required=False)

    def clean_choice(self) -> tuple[str, ...]:
        """Return the option values."""
        typed = str(self.cleaned_data["choice"]).split(SEPARATOR)
        values = tuple(" ".join(value.split()) for value in typed)
        if any(len(value) > 80 for value in values):
            raise forms.ValidationError(gettext("A value has at most 80 letters."))
        return values if values != ("",) else ()

    def clean_compare_at_minor(self) -> int | None:
        """Keep a price before that was really higher."""
        before: int | None = self.cleaned_data["compare_at_minor"]
        price: int | None = self.cleaned_data.get("price_minor")
        if before is not None and price is not None and before <= price:
            raise forms.ValidationError(gettext("This must be above the price."))
        return before


class VariantRows(BaseFormSet):  # type: ignore[type-arg]
    """All choices of a product; rows without a price and a choice are not there."""

    def typed(self) -> list[VariantForm]:
        """Return the rows that were there or were filled in, and were not removed."""
        there = self.initial_form_count()
        return [
            form
            for number, form in enumerate(self.forms)
            if (number < there or form.has_changed()) and form not in self.deleted_forms
        ]


VariantFormSet = formset_factory(
    VariantForm,
    formset=VariantRows,
    extra=0,
    can_delete=True,
    max_num=MAX_VARIANTS,
    validate_max=True,
    absolute_max=MAX_VARIANTS + BLANK_ROWS,
)


class ProductEditor:
    """Both forms as one: what was typed, what is wrong with it, what it means."""

    def __init__(self, typed: Any = None, *, product: Product | None = None) -> None:
        self.product = product
        rows = [] if product is None else _rows(product)
        place = product.listed_in if product is not None else None
        self.form = ProductForm(
            typed,
            initial=None if product is None else _said(product),
            attributes=list(Attribute.objects.of(place)),
        )
        formset = VariantFormSet(typed, initial=rows, prefix="variants")
        self.variants = cast(VariantRows, formset)
        self.variants.extra = 0 if rows else 1

    def is_valid(self) -> bool:
        """Check all rows, then whether the choices fit the options and each other."""
        if not (self.form.is_valid() & self.variants.is_valid()):
            return False
        names = self.form.cleaned_data["options"]
        rows = self.variants.typed()
        if not rows:
            self.form.add_error(None, gettext("Write at least one price."))
        if not names and len(rows) > 1:
            self.form.add_error("options", gettext("Say what the choices differ by, like “Size”."))
        taken: set[tuple[str, ...]] = set()
        skus: set[str] = set()
        for row in rows:
            values, sku = row.cleaned_data["choice"], row.cleaned_data["sku"]
            if len(values) != len(names) or not all(values):
                row.add_error("choice", _example(names))
            elif tuple(map(str.casefold, values)) in taken:
                row.add_error("choice", gettext("Another row has this choice."))
            if sku and sku in skus:
                row.add_error("sku", gettext("Another row has this SKU."))
            taken.add(tuple(map(str.casefold, values)))
            skus.add(sku)
        return self.form.is_valid() and all(row.is_valid() for row in rows)

    def draft(self) -> ProductDraft:
        """Return what was typed. Only after is_valid."""
        said = self.form.cleaned_data
        return ProductDraft(
            title=said["title"],
            description=descriptions.from_text(said["description"]),
            brand=said["brand"],
            category=said["category"],
            option_names=said["options"],
            tax_code=said["tax_code"],
            listed_in=said["listed_in"],
            compare_is_recommended=said["recommended"],
            values=self.form.values(),
            variants=[
                VariantDraft(
                    variant_id=row.cleaned_data["variant_id"],
                    sku=row.cleaned_data["sku"],
                    option_values=row.cleaned_data["choice"],
                    price_minor=row.cleaned_data["price_minor"],
                    compare_at_minor=row.cleaned_data["compare_at_minor"],
                )
                for row in self.variants.typed()
            ],
        )

    def refuse(self, refusal: editing.SkuInUse) -> None:
        """Show a refusal of the catalogue with what was typed."""
        self.form.add_error(None, refusal.text)


def with_more_rows(typed: Any) -> Any:
    """Return what was typed with a few empty rows more."""
    more = typed.copy()
    count = more.get("variants-TOTAL_FORMS", "")
    rows = int(count) if re.fullmatch(r"[0-9]{1,4}", count) else 1
    more["variants-TOTAL_FORMS"] = str(min(rows + BLANK_ROWS, MAX_VARIANTS))
    return more


def _said(product: Product) -> dict[str, object]:
    values = AttributeValue.objects.filter(product=product)
    return {f"said_{each.attribute_id}": each.said for each in values} | {
        "listed_in": product.listed_in.key if product.listed_in else "",
        "recommended": product.compare_is_recommended,
        "title": product.title,
        "description": descriptions.as_text(product.description),
        "brand": product.brand,
        "category": product.category,
        "tax_code": product.tax_code,
        "options": ", ".join(product.option_names),
    }


def _rows(product: Product) -> list[dict[str, str]]:
    currency = product.merchant.currency
    variants = Variant.objects.filter(product=product, withdrawn_at=None)
    return [
        {
            "variant_id": each.public_id,
            "choice": SEPARATOR.join(each.option_values),
            "sku": each.sku,
            "price_minor": money.plain_decimal(each.price_minor, currency),
            "compare_at_minor": ""
            if each.compare_at_minor is None
            else money.plain_decimal(each.compare_at_minor, currency),
        }
        for each in variants.order_by("position", "pk")
    ]


def _example(names: tuple[str, ...]) -> str:
    if not names:
        return gettext("Leave this empty, or say above what the choices differ by.")
    return gettext("Write {choices}, with “ / ” between.").format(choices=SEPARATOR.join(names))
