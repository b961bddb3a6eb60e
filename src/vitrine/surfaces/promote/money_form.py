"""What advertisers type of what a campaign may cost, and of how long it runs."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import terms
from vitrine.ads.models import Campaign
from vitrine.kernel.fields import DayField, LineField
from vitrine.orders.price_field import PriceField
from vitrine.surfaces.promote.forms import amount, enough
from vitrine.surfaces.promote.objective_form import TargetField


def day(label: Any, **kwargs: Any) -> DayField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return DayField(label=label, required=False, widget=widget, **kwargs)


class MoneyForm(forms.Form):
    """What a campaign may cost, and how long it runs. spent_minor: what it cost until now."""

    daily_minor = PriceField(
        required=False,
        label=gettext_lazy("At most a day"),
        help_text=gettext_lazy("Each day begins at midnight in the time zone of the campaign."),
    )
    budget_minor = PriceField(
        required=False,
        label=gettext_lazy("At most in all"),
        help_text=gettext_lazy("One of the two is enough. Neither is ever overspent."),
    )
    last_on = day(gettext_lazy("Last day"), help_text=gettext_lazy("Empty: until you end it."))

    clock = ""
    today: date
    begins_on: date
    """Its first day, where none is typed."""

    def clean_daily_minor(self) -> int | None:
        """Keep what is enough to tell anybody anything."""
        typed: int | None = self.cleaned_data["daily_minor"]
        return None if typed is None else enough(typed, terms.LEAST_DAILY_MINOR)

    def clean_budget_minor(self) -> int | None:
        """Keep what is enough to tell anybody anything."""
        typed: int | None = self.cleaned_data["budget_minor"]
        return None if typed is None else enough(typed, terms.LEAST_BUDGET_MINOR)

    def clean(self) -> dict[str, Any]:
        """Ask for one budget at least, and for days to come in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        daily, whole = cleaned.get("daily_minor"), cleaned.get("budget_minor")
        if daily is None and whole is None and not self.errors:
            self.add_error("budget_minor", gettext("Say what it may cost: a day, or in all."))
        if daily is not None and whole is not None and daily > whole:
            self.add_error("daily_minor", gettext("A day cannot cost more than all days."))
        last = cleaned.get("last_on")
        first = cleaned.get("first_on") or self.begins_on
        if last is not None and last < self.today:
            self.add_error("last_on", gettext("This day is over."))
        elif last is not None and last < first:
            self.add_error("last_on", gettext("It ends before it begins."))
        return cleaned

    @property
    def ends_at(self) -> datetime | None:
        """Return the first moment that is out of it. The form is valid."""
        last: date | None = self.cleaned_data["last_on"]
        zone = ZoneInfo(self.clock)
        return datetime.combine(last + timedelta(days=1), time(), zone) if last else None


class ChangeForm(MoneyForm):
    """What may be changed of a campaign that exists."""

    name = LineField(max_length=80, label=gettext_lazy("Name"))
    target_percent = TargetField(required=True)
    field_order = ("name", "daily_minor", "budget_minor", "last_on")

    def __init__(self, typed: Any = None, *, of: Campaign, at: datetime) -> None:
        self.of, self.clock = of, of.zone
        self.today = at.astimezone(of.time_zone).date()
        self.begins_on = max(of.starts_at.astimezone(of.time_zone).date(), self.today)
        last = of.ends_at.astimezone(of.time_zone) - timedelta(seconds=1) if of.ends_at else None
        known = {
            "name": of.name,
            "daily_minor": amount(of.daily_minor),
            "budget_minor": amount(of.budget_minor),
            "last_on": last.date() if last else None,
            "target_percent": of.target_percent,
        }
        super().__init__(typed, initial=known, auto_id="campaign-%s")
        if of.target_percent is None:
            del self.fields["target_percent"]

    @property
    def ends_at(self) -> datetime | None:
        """Return the first moment that is out of it: the same, to the second, on the same day."""
        return super().ends_at if "last_on" in self.changed_data else self.of.ends_at
