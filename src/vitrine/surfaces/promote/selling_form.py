"""What advertisers type of clips beside which their ads stand, by what is sold on them."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads.models import AdGroup
from vitrine.catalog.models import Category, Product
from vitrine.surfaces.promote import naming
from vitrine.surfaces.promote.naming import NAMED, NamedField


class SellingForm(forms.Form):
    """Categories, or a product of the shop; one that is sold on a clip is enough."""

    beside_categories = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Only beside clips that sell"),
        help_text=gettext_lazy(
            "In the feed. None chosen: beside whatever clips. Nothing about viewers is used for it."
        ),
    )
    beside_product = NamedField(
        named="beside-named",
        required=False,
        label=gettext_lazy("Or clips with this product of yours"),
        help_text=gettext_lazy("Its name, or its address."),
    )

    def offer_what_is_sold(self, merchant: int | None) -> None:
        """Offer the categories, and a shop its products. Queries: 1 or 2."""
        self._own = Product.objects.filter(merchant=merchant).order_by("title", "pk")
        top = Category.objects.filter(parent=None)
        chosen: Any = self.fields["beside_categories"]
        chosen.choices = [(one.key, gettext(one.name)) for one in top]
        if merchant is None:
            del self.fields["beside_product"]
        else:
            self.beside_named = naming.names_of(self._own.on_sale()[:NAMED])

    def clean_beside_product(self) -> Product | None:
        """Find the product."""
        typed = self.cleaned_data["beside_product"]
        if not typed:
            return None
        some = naming.found(self._own, typed)
        if not some:
            raise forms.ValidationError(gettext("You sell nothing of that name."))
        return naming.one_of(some)

    @property
    def beside_typed(self) -> tuple[str, ...]:
        """Return what was typed, as ``campaigning.Audience`` has it. The form is valid."""
        product = self.cleaned_data.get("beside_product")
        chosen = self.cleaned_data.get("beside_categories", ())
        return (*chosen, *([product.public_id] if product else ()))


def selling_as_typed(of: AdGroup) -> dict[str, Any]:
    """Return what somebody would type to stand beside the same clips. Queries: 0 or 1."""
    own = Product.objects.filter(public_id__in=of.beside) if of.beside else ()
    return {
        "beside_categories": of.beside,
        "beside_product": next((one.get_absolute_url() for one in own), ""),
    }
