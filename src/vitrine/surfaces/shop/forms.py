"""What a buyer types. The form validates and never saves."""

from collections.abc import Sequence
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from vitrine.orders.checkout import Means, Recipient
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import Method, Provider
from vitrine.surfaces.shop.place import PlaceForm


class PurchaseForm(PlaceForm):
    """Who, where and how to pay: at most eight fields, filled in for a returning buyer.

    kept: cards that the provider keeps for this buyer.
    collects: everything is collected in a store, so that no address is asked for.
    is_update: only a choice changed; the browser keeps its own fields, with what was typed since.
    """

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    card = forms.ChoiceField(label=gettext_lazy("Pay with"))
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    shown_total = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    shown_asked = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    field_order = ("email", "name", "line1", "postcode", "city", "region", "phone", "card")

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
        self._choices("card", [(one.token, gettext(one.label)) for one in self.methods])
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        for field in self.fields.values() if is_update else ():
            field.widget.attrs["hx-preserve"] = "true"
        for name in ("line1", "city", "region", "postcode") if collects else ():
            if name in self.fields:
                self.fields[name].required = False

    @classmethod
    def pressed(cls, data: QueryDict, *, provider: Provider) -> "PurchaseForm":
        """Return a form that is read and never drawn: it shares its fields with all others."""
        form = copy(_blank(cls, provider.name))
        form.data = data
        vars(form)["_bound_fields_cache"] = {}
        return form

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
            phone=got["phone"],
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


@cache
def _blank(form: type[PurchaseForm], provider: str) -> PurchaseForm:
    return form(data={}, provider=providers.named(provider))
