"""What is typed to issue a gift card or to give store credit. The forms validate and never save."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel import ids
from vitrine.kernel.fields import DayField, LineField
from vitrine.orders import card_terms
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import local_day, locale, this_cell

MOST_MINOR = 1_000_000
"""What one card or one grant may be worth at most: ten thousand whole units."""


class AmountForm(forms.Form):
    """How much. key: one effect for each press."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    amount_minor = PriceField(label=gettext_lazy("Amount"))

    def clean_amount_minor(self) -> int:
        """Take something, and no more than a card may be worth."""
        amount: int = self.cleaned_data["amount_minor"]
        if amount <= 0:
            raise forms.ValidationError(gettext("Write an amount above zero."))
        if amount > MOST_MINOR:
            raise forms.ValidationError(gettext("That is more than one card or credit may be."))
        return amount


class IssueForm(AmountForm):
    """A gift card. last_on: only where the law lets cards end."""

    note = LineField(
        max_length=120,
        required=False,
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("For you alone: whom it is for, or why."),
    )
    last_on = DayField(
        required=False,
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, typed: Any = None, *, at: datetime) -> None:
        super().__init__(typed, auto_id="card-%s", initial={"key": ids.new()})
        self.first = card_terms.first_end(this_cell().country, on=local_day(at))
        if self.first is None:
            del self.fields["last_on"]
            return
        said = gettext("Leave it empty and it never ends. By law not before {day}.")
        day = format_date(self.first, locale=locale())
        self.fields["last_on"].help_text = said.format(day=day)

    def clean_last_on(self) -> date | None:
        """Keep a day that the law allows."""
        day: date | None = self.cleaned_data["last_on"]
        if day is not None and self.first is not None and day < self.first:
            said = gettext("By law a card issued today is good until {day} at least.")
            raise forms.ValidationError(said.format(day=format_date(self.first, locale=locale())))
        return day


class GrantForm(AmountForm):
    """Store credit for somebody, who reads the reason."""

    reason = LineField(max_length=200, label=gettext_lazy("Reason, which they read"))

    def __init__(self, typed: Any = None) -> None:
        super().__init__(typed, auto_id="grant-%s", initial={"key": ids.new()})


class GrantToForm(GrantForm):
    """Store credit for whom a handle names."""

    handle = LineField(max_length=40, label=gettext_lazy("Handle"))
    field_order = ("handle", "amount_minor", "reason")
    person: Person

    def clean_handle(self) -> str:
        """Find whom it is for."""
        handle = str(self.cleaned_data["handle"]).removeprefix("@")
        found = Person.objects.filter(handle__iexact=handle, is_active=True).first()
        if found is None:
            raise forms.ValidationError(gettext("Nobody here has this handle."))
        self.person = found
        return handle
