"""What advertisers type of what a campaign may cost, and of how long it runs."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import terms
from vitrine.ads.campaigning import Begins
from vitrine.ads.models import Campaign
from vitrine.kernel.fields import DayField, LineField
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.promote import zones
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
        first = cleaned.get("first_on") or self.today
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


class StartForm(MoneyForm):
    """What a campaign may cost, from which day on, and by whose clocks. at: now."""

    first_on = day(gettext_lazy("First day"), help_text=gettext_lazy("Empty: at once."))
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"))

    at: datetime

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["zone"]
        chosen.choices = zones.choices()

    def clean(self) -> dict[str, Any]:
        """Judge its days by the clocks of its own zone."""
        self.clock = self.cleaned_data.get("zone") or self.clock or this_cell().time_zone
        self.today = self.at.astimezone(ZoneInfo(self.clock)).date()
        first = self.cleaned_data.get("first_on")
        if first is not None and first < self.today:
            self.add_error("first_on", gettext("This day is over."))
        return super().clean()

    @property
    def starts_at(self) -> datetime:
        """Return when it begins. The form is valid."""
        first: date | None = self.cleaned_data["first_on"]
        midnight = datetime.combine(first, time(), ZoneInfo(self.clock)) if first else self.at
        return max(midnight, self.at)


class ChangeForm(StartForm):
    """What may be changed of a campaign that exists; when it begins until it has begun."""

    name = LineField(max_length=80, label=gettext_lazy("Name"))
    target_percent = TargetField(required=True)
    field_order = ("name", "daily_minor", "budget_minor", "first_on", "last_on", "zone")

    def __init__(self, typed: Any = None, *, of: Campaign, at: datetime) -> None:
        self.of, self.clock, self.at = of, of.zone, at
        last = of.ends_at.astimezone(of.time_zone) - timedelta(seconds=1) if of.ends_at else None
        known = {
            "name": of.name,
            "daily_minor": amount(of.daily_minor),
            "budget_minor": amount(of.budget_minor),
            "first_on": of.starts_at.astimezone(of.time_zone).date(),
            "last_on": last.date() if last else None,
            "zone": of.zone,
            "target_percent": of.target_percent,
        }
        super().__init__(typed, initial=known, auto_id="campaign-%s")
        if of.target_percent is None:
            del self.fields["target_percent"]
        if of.starts_at <= at:
            del self.fields["first_on"]
            del self.fields["zone"]

    @property
    def starts_at(self) -> datetime:
        """Return when it begins: the same where neither its day nor its zone is another."""
        return super().starts_at if self._has_other("first_on", "zone") else self.of.starts_at

    @property
    def ends_at(self) -> datetime | None:
        """Return the first moment that is out of it: the same, to the second, on the same day."""
        return super().ends_at if self._has_other("last_on", "zone") else self.of.ends_at

    @property
    def said(self) -> dict[str, Any]:
        """Return what was typed, as ``campaigning.change`` has it. The form is valid."""
        names = ("name", "daily_minor", "budget_minor", "target_percent")
        said = {name: self.cleaned_data[name] for name in names if name in self.fields}
        if self._has_other("first_on", "zone"):
            said["begins"] = Begins(self.starts_at, self.clock)
        return {**said, "ends_at": self.ends_at}

    def _has_other(self, *names: str) -> bool:
        return not set(names).isdisjoint(self.changed_data)
