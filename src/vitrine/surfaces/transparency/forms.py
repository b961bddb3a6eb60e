"""What is looked for in the public repository, by people and programs alike."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads.models import Placement
from vitrine.ads.repository import Sought
from vitrine.kernel.fields import DayField, LineField
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell

MOST_TYPED = 100


class SoughtForm(forms.Form):
    """Words, who paid, and days of what was shown for money."""

    q = LineField(required=False, max_length=MOST_TYPED, label=gettext_lazy("Words in its names"))
    payer = LineField(required=False, max_length=MOST_TYPED, label=gettext_lazy("Who paid"))
    since = DayField(
        required=False,
        label=gettext_lazy("Shown since"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as year-month-day: 2026-11-30.")},
    )
    until = DayField(
        required=False,
        label=gettext_lazy("Shown until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the day as year-month-day: 2026-11-30.")},
    )

    def clean(self) -> dict[str, Any]:
        """Keep the days in order."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day must not be before the first."))
        return said

    @property
    def sought(self) -> Sought:
        """Return what is looked for, once it is valid."""
        said = self.cleaned_data
        return Sought(
            words=said["q"],
            payer=said["payer"],
            since=said["since"],
            until=said["until"],
            placement=said.get("placement") or None,
            region=said.get("region", ""),
        )

    @property
    def query(self) -> dict[str, str]:
        """Return it as the address says it, once it is valid."""
        written = {name: self[name].value() for name, value in self.cleaned_data.items() if value}
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in written.items()
        }


class SoughtAdsForm(SoughtForm):
    """And where ads stood, and for which region they were."""

    placement = forms.TypedChoiceField(
        required=False,
        label=gettext_lazy("Where it stood"),
        coerce=lambda told: next(one for one in Placement if one.told == told),
        empty_value=None,
        choices=[("", gettext_lazy("Anywhere")), *((one.told, one.label) for one in Placement)],
        error_messages={"invalid_choice": gettext_lazy("Choose one of: for_you, search.")},
    )
    region = forms.ChoiceField(
        required=False,
        label=gettext_lazy("For people in"),
        error_messages={"invalid_choice": gettext_lazy("%(value)s is no region of this country.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = regions.NAMES[this_cell().country]
        region: Any = self.fields["region"]
        region.choices = [("", gettext("Any region")), *named.items()]
        if not named:
            region.widget = forms.HiddenInput()
