"""What a buyer types. The form validates and never saves."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.fields import LineField, LongSelect
from vitrine.orders import regions
from vitrine.orders.checkout import Means, Recipient
from vitrine.orders.payment.provider import Method, Provider
from vitrine.sovereignty.cell import this_cell


class PurchaseForm(forms.Form):
    """Who, where and how to pay: at most seven fields, filled in for a returning buyer.

    kept: cards that the provider keeps for this buyer.
    collects: everything is collected in a store, so that no address is asked for.
    is_update: only a choice changed; the browser keeps its own fields, with what was typed since.
    """

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = LineField(label=gettext_lazy("Full name"), max_length=80)
    line1 = LineField(label=gettext_lazy("Street and number"), max_length=120)
    city = LineField(label=gettext_lazy("Town or city"), max_length=80)
    region = forms.ChoiceField(widget=LongSelect)
    postcode = LineField(label=gettext_lazy("Postcode"), max_length=10)
    card = forms.ChoiceField(label=gettext_lazy("Pay with"))
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown_total = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    field_order = ("email", "name", "line1", "postcode", "city", "region", "card")

    def __init__(
        self,
        *,
        provider: Provider,
        kept: Sequence[Method] = (),
        collects: bool = False,
        is_update: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(auto_id="buy-%s", **kwargs)
        self.provider = provider
        self.methods = [*kept, *provider.methods()]
        self.country = this_cell().country
        names = regions.NAMES[self.country]
        self._choices("card", [(one.token, gettext(one.label)) for one in self.methods])
        self._choices("region", list(names.items()))
        self.fields["region"].label = regions.word(self.country)
        for name, token in AUTOFILL.items():
            self.fields[name].widget.attrs["autocomplete"] = token
        for field in self.fields.values() if is_update else ():
            field.widget.attrs["hx-preserve"] = "true"
        self.fields["postcode"].widget.attrs["placeholder"] = regions.example_postcode(self.country)
        if not names:
            del self.fields["region"]
        for name in ("line1", "city", "region", "postcode") if collects else ():
            if name in self.fields:
                self.fields[name].required = False

    def clean_postcode(self) -> str:
        """Check the postcode's form, where one is asked for."""
        text = str(self.cleaned_data["postcode"]).strip().upper()
        if text and not regions.is_postcode(text, self.country):
            example = regions.example_postcode(self.country)
            said = gettext("A postcode here looks like {example}.")
            raise forms.ValidationError(said.format(example=example))
        return text

    def recipient(self) -> Recipient:
        """Return who gets it and where. The form is valid."""
        got = self.cleaned_data
        return Recipient(
            email=got["email"].lower(),
            name=got["name"],
            line1=got["line1"],
            city=got["city"],
            region=got.get("region", ""),
            postcode=got["postcode"],
        )

    def means(self) -> Means:
        """Return how it is paid. The form is valid."""
        token = self.cleaned_data["card"]
        labels = {one.token: one.label for one in self.methods}
        return Means(self.provider.name, token, labels[token])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy)
        field.choices = choices


AUTOFILL = {
    "email": "email",
    "name": "name",
    "line1": "address-line1",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
}
