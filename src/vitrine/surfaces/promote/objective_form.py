"""What advertisers type of what a campaign is for: a target, and the bid that goes with it."""

from typing import Any

from babel.numbers import format_decimal
from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import terms
from vitrine.ads.models import Objective
from vitrine.ads.models.campaign import TARGETS_PERCENT
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import locale

SELLING_SAID = gettext_lazy(
    "You pay by the view for the first two, and by the click for the others. What is to sell bids "
    "by what is bought after clicks on its ads; that has to be learnt, so it needs some orders "
    "first, and each of its ads leads to a product of yours."
)


class TargetField(forms.IntegerField):
    """How much is to be sold for what is spent, in percent."""

    def __init__(self, **kwargs: Any) -> None:
        usual = {
            "label": gettext_lazy("Target, in percent of what is spent"),
            "help_text": gettext_lazy(
                "Of a return alone. 400: for each 100 spent, 400 is sold after clicks on its ads, "
                "without tax and delivery. It spends less where that cannot be reached."
            ),
            "widget": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }
        super().__init__(**{**usual, **kwargs})

    def validate(self, value: Any) -> None:
        """Keep what can be meant. Raises: ValidationError that says what can."""
        super().validate(value)
        least, most = TARGETS_PERCENT
        if value is not None and not least <= value <= most:
            said = gettext("Choose a target from {least} % to {most} %.")
            bounds = {"least": least, "most": format_decimal(most, locale=locale())}
            raise forms.ValidationError(said.format(**bounds))


def ask_for_target(form: forms.Form) -> None:
    """Ask for a target where a return is what a campaign is for, and keep none elsewhere."""
    cleaned = form.cleaned_data
    if cleaned.get("objective") != Objective.RETURN:
        cleaned["target_percent"] = None
        form.errors.pop("target_percent", None)  # it is not on the page then
    elif cleaned.get("target_percent") is None and "target_percent" not in form.errors:
        form.add_error("target_percent", gettext("Say how much is to be sold for what is spent."))


def bid_bounds(objective: Objective) -> tuple[int, int]:
    """Return the least and the most that may be bid, in minor units."""
    if objective is Objective.ORDERS:
        return terms.LEAST_ORDER_MINOR, terms.MOST_ORDER_MINOR
    least_micros = (
        terms.RESERVE_MICROS * terms.VIEWS_PER_BID
        if objective in (Objective.REACH, Objective.VIEWS)
        else terms.LEAST_CLICK_MICROS
    )
    return least_micros // MICROS_PER_MINOR, terms.MOST_BID_MINOR


def bid_words(objective: Objective | None) -> tuple[str, str]:
    """Return label and hint of a bid. None: it is chosen on the same page."""
    if objective is None:
        return gettext("Your bid"), gettext(
            "At most for a thousand views, or for a click; of orders, what one is worth to you. "
            "You pay what the next best would have, never more. Empty: as much as makes the "
            "budget last."
        )
    if objective is Objective.ORDERS:
        return gettext("What an order is worth to you"), gettext(
            "A click is bid for by how many of them bring an order. You pay what the next best "
            "would have for a click, never more. Empty: as many orders as the budget buys."
        )
    if objective is Objective.RETURN:
        return gettext("At most for a click"), gettext(
            "We bid what keeps to your target, and never more than this. Empty: what is usual here "
            "limits it."
        )
    hint = gettext(
        "You pay what the next best would have, never more. Empty: as much as makes the budget "
        "last."
    )
    if objective is Objective.CLICKS:
        return gettext("At most for a click"), hint
    return gettext("At most for a thousand views"), hint
