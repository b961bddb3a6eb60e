"""What a payee types about their money: where it is paid, and how often."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders.models import Schedule
from vitrine.orders.payouts import bank_details
from vitrine.sovereignty.cell import this_cell


class BankForm(forms.Form):
    """A bank account of this country. After ``is_valid``, routing and number are digits."""

    holder = LineField(
        max_length=60,
        label=gettext_lazy("Whose account it is"),
        help_text=gettext_lazy("As the bank writes it."),
    )
    routing = forms.CharField(max_length=20)
    number = forms.CharField(max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = bank_details.WORDS[this_cell().country]
        for name, label, said in (
            ("routing", words.routing, words.routing_help),
            ("number", words.number, words.number_help),
        ):
            field = self.fields[name]
            field.label, field.help_text = gettext(label), gettext(said) if said else ""
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        if not words.routing:
            del self.fields["routing"]

    def clean(self) -> dict[str, Any]:
        """Read the numbers as banks of this country do."""
        said = super().clean() or {}
        typed = {name: said.get(name, "") for name in ("routing", "number")}
        if any(name in self.errors for name in typed):
            return said
        try:
            said["routing"], said["number"] = bank_details.read(this_cell().country, **typed)
        except bank_details.BadDetails as bad:
            self.add_error(bad.field, str(bad))
        return said


class TermsForm(forms.Form):
    """How often a payee is paid, and from how much on."""

    schedule = forms.ChoiceField(choices=Schedule.choices, label=gettext_lazy("How often"))
    minimum = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        label=gettext_lazy("From how much on"),
        help_text=gettext_lazy("Less waits for the next time."),
    )

    def clean_minimum(self) -> int:
        """Return cents, one at least: nothing cannot be paid."""
        try:
            minimum = money.parse_minor(self.cleaned_data["minimum"], currency=this_cell().currency)
        except money.BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None
        if minimum < 1:
            raise forms.ValidationError(gettext("It must be more than nothing."))
        return minimum
