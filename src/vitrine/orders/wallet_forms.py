"""What is typed to pay into a wallet, and to have some of it back. They validate and never save."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.kernel.fields import LineField
from vitrine.orders import regions
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import paying_in
from vitrine.orders.deposits.giving_back import Returning
from vitrine.orders.deposits.paying_in import LEAST_MINOR, MOST_MINOR, DepositAttempt
from vitrine.orders.models import Wallet
from vitrine.orders.payment.provider import Method, Provider
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import this_cell


class DepositForm(forms.Form):
    """How much, whom the invoice names and where they are, and how to pay."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    amount_minor = PriceField(label=gettext_lazy("Amount"))
    payer_name = LineField(
        max_length=160, required=False, label=gettext_lazy("Name on the invoice")
    )
    region = forms.ChoiceField()
    method = forms.ChoiceField(label=gettext_lazy("Pay with"))

    def __init__(
        self,
        typed: Any = None,
        *,
        provider: Provider,
        kept: Sequence[Method],
        last_name: str = "",
        last_region: str = "",
    ) -> None:
        country = this_cell().country
        names = regions.NAMES[country]
        initial = {
            "key": ids.new(),
            "payer_name": last_name,
            "region": last_region or regions.USUAL[country],
        }
        super().__init__(typed, auto_id="deposit-%s", initial=initial)
        self.provider, self.methods = provider, [*kept, *provider.methods()]
        self._choices("method", [(one.token, gettext(one.label)) for one in self.methods])
        if names:
            self._choices("region", list(names.items()))
            self.fields["region"].label = regions.word(country)
            self.fields["region"].help_text = gettext("Its taxes are added, where it has any.")
        else:
            del self.fields["region"]
        self.fields["amount_minor"].help_text = paying_in.limits()

    def clean_amount_minor(self) -> int:
        """Take what a deposit may be."""
        amount: int = self.cleaned_data["amount_minor"]
        if not LEAST_MINOR <= amount <= MOST_MINOR:
            raise forms.ValidationError(gettext("Write an amount within the limits."))
        return amount

    def attempt(self, wallet: Wallet, by: Person) -> DepositAttempt:
        """Return what was pressed. The form is valid."""
        said = self.cleaned_data
        labels = {one.token: one.label for one in self.methods}
        return DepositAttempt(
            key=said["key"],
            wallet=wallet,
            by=by,
            amount_minor=said["amount_minor"],
            payer_name=said["payer_name"],
            region=said.get("region", ""),
            means=Means(self.provider.name, said["method"], labels[said["method"]]),
        )

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy)
        field.choices = choices


class GiveBackForm(forms.Form):
    """How much goes back. most_minor: what is neither held nor spent."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    amount_minor = PriceField(label=gettext_lazy("Amount"))

    def __init__(self, typed: Any = None, *, most_minor: int) -> None:
        super().__init__(typed, auto_id="back-%s", initial={"key": ids.new()})
        self.most_minor = most_minor

    def clean_amount_minor(self) -> int:
        """Take something, and no more than is free."""
        amount: int = self.cleaned_data["amount_minor"]
        if not 0 < amount <= self.most_minor:
            raise forms.ValidationError(
                gettext("Write an amount above zero, and no more than is free.")
            )
        return amount

    def asked(self, wallet: Wallet, by: Person) -> Returning:
        """Return what was pressed. The form is valid."""
        said = self.cleaned_data
        return Returning(said["key"], wallet, said["amount_minor"], by)
