"""A product of the shop, chosen by its name: of many thousands no list could be shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.models import Product
from vitrine.catalog.models.product import ProductQuerySet
from vitrine.kernel.fields import LineField

NAMED = 200
"""Of how many products the names are offered while one is typed."""


class ProductNameField(LineField):
    """The name of one product. among: which there are; the form sets it.

    Names that complete what is typed are in the list "named"
    (``market/product_names.html``).
    """

    def __init__(self, **options: Any) -> None:
        shown = forms.TextInput(attrs={"list": "named", "autocomplete": "off"})
        super().__init__(max_length=200, label=gettext_lazy("Product"), widget=shown, **options)
        self.among: ProductQuerySet = Product.objects.none()

    @property
    def names(self) -> list[str]:
        """Return names that complete what is typed. Queries: 1."""
        return list(self.among.order_by("title").values_list("title", flat=True).distinct()[:NAMED])

    def clean(self, value: Any) -> Product | None:
        """Return the product of a name; nothing for no name."""
        name = super().clean(value)
        if not name:
            return None
        found = list(self.among.filter(title__iexact=name)[:2])
        if not found:
            raise forms.ValidationError(gettext("You sell nothing of that name."))
        if len(found) > 1:
            raise forms.ValidationError(
                gettext("Several products have that name. Give them names of their own first.")
            )
        return found[0]
