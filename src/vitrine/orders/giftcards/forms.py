"""What a shop types to sell gift cards. The form validates and never saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders.models import CardOffer
from vitrine.orders.price_field import PriceField
from vitrine.orders.purse_forms import MOST_MINOR
from vitrine.sovereignty.cell import this_cell

MOST_AMOUNTS = 8


class OfferForm(forms.Form):
    """Amounts to choose between, limits for an amount that the buyer writes, or both."""

    amounts = LineField(
        max_length=120,
        required=False,
        label=gettext_lazy("Amounts to choose between"),
        help_text=gettext_lazy("With spaces between them, as 25 50 100."),
    )
    least_minor = PriceField(label=gettext_lazy("Own amount from"), required=False)
    most_minor = PriceField(label=gettext_lazy("Own amount up to"), required=False)

    def __init__(self, typed: Any = None, *, offer: CardOffer | None = None) -> None:
        super().__init__(typed, auto_id="sell-%s", initial=_shown(offer) if offer else None)

    def clean_amounts(self) -> list[int]:
        """Read each amount; keep them in order, each once."""
        words = str(self.cleaned_data["amounts"]).replace(";", " ").split()
        if len(words) > MOST_AMOUNTS:
            raise forms.ValidationError(
                gettext("Choose {most} amounts at most.").format(most=MOST_AMOUNTS)
            )
        return sorted({self._amount(word) for word in words})

    def clean(self) -> dict[str, Any]:
        """Want something to be sold, and limits that come in two and in order."""
        said = {**(super().clean() or {})}
        least, most = said.get("least_minor"), said.get("most_minor")
        for name in ("least_minor", "most_minor"):
            if said.get(name) is not None and not 0 < said[name] <= MOST_MINOR:
                self.add_error(name, gettext("Write an amount that a card may be worth."))
        if (least is None) != (most is None):
            missing = "least_minor" if least is None else "most_minor"
            self.add_error(missing, gettext("Write both limits, or neither."))
        elif least is not None and most is not None and least > most:
            self.add_error("most_minor", gettext("This is less than the amount it begins with."))
        if not self.errors and not said.get("amounts") and least is None:
            raise forms.ValidationError(gettext("Write amounts, or limits for an own amount."))
        return said

    def _amount(self, word: str) -> int:
        try:
            amount = money.parse_minor(word, currency=this_cell().currency)
        except money.BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None
        if not 0 < amount <= MOST_MINOR:
            raise forms.ValidationError(gettext("Write an amount that a card may be worth."))
        return amount


def _shown(offer: CardOffer) -> dict[str, str]:
    """Return what stands in the fields of what is offered."""

    def plain(minor: int | None) -> str:
        return "" if minor is None else money.plain_decimal(minor, this_cell().currency)

    return {
        "amounts": " ".join(plain(each) for each in offer.amounts_minor),
        "least_minor": plain(offer.least_minor),
        "most_minor": plain(offer.most_minor),
    }
