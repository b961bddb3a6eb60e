"""What the buyer of a gift card types. The form validates and never saves."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.kernel import ids, money
from vitrine.kernel.fields import DayField, LineField, LinesField
from vitrine.orders.checkout import Means
from vitrine.orders.giftcards.buying import Gift
from vitrine.orders.models import CardOffer
from vitrine.orders.payment.provider import Method, Provider
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import local_day, locale, this_cell

OTHER = "other"
ME, SOMEBODY = "me", "somebody"
LATEST = timedelta(days=365)
SENT_AT = time(8)
"""When on its day a code is sent, in the cell's time."""


class BuyCardForm(forms.Form):
    """How much, for whom, and how to pay. Only what the chosen way asks for has to be filled in."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    amount = forms.ChoiceField(label=gettext_lazy("Amount"), widget=forms.RadioSelect)
    own_minor = PriceField(label=gettext_lazy("Own amount"), required=False)
    whom = forms.ChoiceField(
        label=gettext_lazy("Who gets the code"),
        choices=[
            (SOMEBODY, gettext_lazy("Somebody else, by e-mail")),
            (ME, gettext_lazy("I do, to give it myself")),
        ],
        initial=SOMEBODY,
        widget=forms.RadioSelect,
    )
    to_email = forms.EmailField(
        max_length=254, required=False, label=gettext_lazy("Their e-mail address")
    )
    from_name = LineField(
        max_length=80, required=False, label=gettext_lazy("Your name, which they read")
    )
    message = LinesField(
        max_length=500,
        required=False,
        label=gettext_lazy("Message"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    send_on = DayField(
        required=False,
        label=gettext_lazy("Day to send it"),
        help_text=gettext_lazy("Leave it empty to send it at once."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The receipt goes there."),
    )
    card = forms.ChoiceField(label=gettext_lazy("Pay with"))

    def __init__(
        self,
        typed: Any = None,
        *,
        offer: CardOffer,
        buyer: Person | None,
        provider: Provider,
        kept: Sequence[Method],
        at: datetime,
    ) -> None:
        first = str(offer.amounts_minor[0]) if offer.amounts_minor else OTHER
        initial = {"key": ids.new(), "amount": first, "email": buyer.email if buyer else ""}
        super().__init__(typed, auto_id="gift-%s", initial=initial)
        self.offer, self.provider, self.today = offer, provider, local_day(at)
        self.methods = [*kept, *provider.methods()]
        self._choices("card", [(one.token, gettext(one.label)) for one in self.methods])
        amounts = [(str(each), _said(each)) for each in offer.amounts_minor]
        if offer.least_minor is None:
            del self.fields["own_minor"]
        else:
            amounts.append((OTHER, gettext("Another amount")))
            self.fields["own_minor"].help_text = gettext("From {least} to {most}.").format(
                least=_said(offer.least_minor), most=_said(offer.most_minor or 0)
            )
        self._choices("amount", amounts)
        for name in ("email", "to_email"):
            self.fields[name].widget.attrs["autocomplete"] = "email" if name == "email" else "off"
        days = {"min": self.today.isoformat(), "max": (self.today + LATEST).isoformat()}
        self.fields["send_on"].widget.attrs.update(days)

    def clean_send_on(self) -> date | None:
        """Keep a day that has not passed and is not far off."""
        day: date | None = self.cleaned_data["send_on"]
        if day is not None and not self.today <= day <= self.today + LATEST:
            raise forms.ValidationError(gettext("Choose a day from today on, within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        """Want what the chosen amount and the chosen recipient need."""
        said = {**(super().clean() or {})}
        if said.get("amount") == OTHER and "own_minor" not in self.errors:
            own = said.get("own_minor")
            if own is None or not self.offer.has(own):
                self.add_error("own_minor", gettext("Write an amount within the limits."))
        if said.get("whom") == SOMEBODY and "to_email" not in self.errors:
            if not said.get("to_email"):
                self.add_error("to_email", gettext("Write the address that the code goes to."))
            if not said.get("from_name"):
                self.add_error(
                    "from_name", gettext("Write your name, so that they know who gives it.")
                )
        return said

    @property
    def amount_minor(self) -> int:
        """Return how much. The form is valid."""
        chosen = self.cleaned_data["amount"]
        return int(self.cleaned_data["own_minor"] if chosen == OTHER else chosen)

    def gift(self) -> Gift:
        """Return whom it is for. The form is valid."""
        said = self.cleaned_data
        if said["whom"] == ME:
            return Gift(to_email=said["email"].lower())
        return Gift(said["to_email"].lower(), said["from_name"], said["message"], self._send_at())

    def means(self) -> Means:
        """Return how it is paid. The form is valid."""
        token = self.cleaned_data["card"]
        labels = {one.token: one.label for one in self.methods}
        return Means(self.provider.name, token, labels[token])

    def _send_at(self) -> datetime | None:
        day: date | None = self.cleaned_data["send_on"]
        if day is None or day <= self.today:
            return None
        return datetime.combine(day, SENT_AT, ZoneInfo(this_cell().time_zone))

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy)
        field.choices = choices


class LetterForm(forms.Form):
    """Where a card's code goes instead."""

    to_email = forms.EmailField(max_length=254, label=gettext_lazy("E-mail address"))

    def __init__(self, typed: Any = None, *, to_email: str = "") -> None:
        super().__init__(typed, auto_id="letter-%s", initial={"to_email": to_email})


def _said(minor: int) -> str:
    return money.format_minor(minor, this_cell().currency, locale=locale())
