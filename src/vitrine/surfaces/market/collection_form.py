"""What is typed about goods that are shown together."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.models import Category, Collection, Merchant
from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders.price_field import PriceField
from vitrine.safety import filtering


class CollectionForm(forms.Form):
    """A title, and a rule where goods are not chosen by hand."""

    title = LineField(max_length=120, label=gettext_lazy("Title"))
    about = LineField(max_length=300, required=False, label=gettext_lazy("A sentence about it"))
    is_ruled = forms.BooleanField(
        required=False,
        label=gettext_lazy("Everything that fits a rule, instead of what you choose"),
    )
    category = forms.ModelChoiceField(
        Category.objects.all(),
        required=False,
        to_field_name="key",
        label=gettext_lazy("Category"),
        empty_label=gettext_lazy("Any"),
    )
    brand = LineField(max_length=80, required=False, label=gettext_lazy("Brand"))
    price_from_minor = PriceField(required=False, label=gettext_lazy("Price from"))
    price_until_minor = PriceField(required=False, label=gettext_lazy("Price to"))

    def __init__(
        self, typed: Any = None, *, merchant: Merchant, collection: Collection | None = None
    ) -> None:
        self.collection = collection or Collection(merchant=merchant)
        super().__init__(typed, initial=_said(self.collection))

    def clean_title(self) -> str:
        """Keep titles apart within a shop, and words that are refused out."""
        title = str(self.cleaned_data["title"])
        others = self.collection.merchant.collections.exclude(pk=self.collection.pk)
        if others.filter(title__iexact=title).exists():
            raise forms.ValidationError(gettext("Another collection has this title."))
        if objection := filtering.objection(title, holds_too=True):
            raise forms.ValidationError(objection)
        return title

    def clean_about(self) -> str:
        """Keep words that are refused out."""
        about = str(self.cleaned_data["about"])
        if objection := filtering.objection(about, holds_too=True):
            raise forms.ValidationError(objection)
        return about

    def clean(self) -> dict[str, Any]:
        """Ask a rule for something to go by, and a range of prices for its ends in their order."""
        said = self.cleaned_data
        from_minor, until_minor = said.get("price_from_minor"), said.get("price_until_minor")
        if from_minor is not None and until_minor is not None and until_minor < from_minor:
            wrong = gettext("Nothing costs that: “Price to” is below “Price from”.")
            self.add_error("price_until_minor", wrong)
        rule = ("category", "brand", "price_from_minor", "price_until_minor")
        if said.get("is_ruled") and all(said.get(name) in (None, "") for name in rule):
            self.add_error("is_ruled", gettext("Say by which category, brand or price."))
        return said

    def filled(self) -> Collection:
        """Return the collection as it was typed, unsaved. Only after is_valid."""
        for name, value in self.cleaned_data.items():
            setattr(self.collection, name, value)
        self.collection.slug = slugify(self.collection.title)[:80] or "collection"
        return self.collection


def _said(collection: Collection) -> dict[str, object]:
    from_minor, until_minor = collection.price_from_minor, collection.price_until_minor
    currency = collection.merchant.currency
    return {
        "title": collection.title,
        "about": collection.about,
        "is_ruled": collection.is_ruled,
        "category": collection.category.key if collection.category else "",
        "brand": collection.brand,
        "price_from_minor": plain(from_minor, currency),
        "price_until_minor": plain(until_minor, currency),
    }


def plain(minor: int | None, currency: str) -> str:
    """Write an amount as it is typed; nothing for none."""
    return "" if minor is None else money.plain_decimal(minor, currency)
