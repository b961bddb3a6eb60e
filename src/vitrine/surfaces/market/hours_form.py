"""A location's hours, how it gives out pick-ups, and whether parcels leave from it."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from babel.dates import get_day_names
from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog import opening_hours, store_hours
from vitrine.catalog.models import Location
from vitrine.catalog.opening_hours import BadHours, Spans
from vitrine.kernel.fields import LineField, LinesField
from vitrine.sovereignty.cell import locale, this_cell

DAYS = range(7)
MOST_SPECIAL_DAYS = 60


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """What the owner says of a place beyond its address. A day is written as spans."""

    special = LinesField(
        label=gettext_lazy("Other hours on single days"),
        required=False,
        max_length=3_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "A line each: the date and the hours, e.g. “2026-12-24 9:00–13:00”, or “2026-12-27 "
            "closed”. They come before the week and before public holidays."
        ),
    )

    class Meta:
        model = Location
        fields = (
            *("keeps_holidays", "time_zone", "ready_minutes", "pickup_days"),
            *("ships", "priority", "latitude", "longitude"),
        )
        labels: ClassVar = {
            "keeps_holidays": gettext_lazy("Closed on public holidays"),
            "pickup_days": gettext_lazy("Pick-ups wait for, in days"),
            "ships": gettext_lazy("Parcels may leave from here"),
            "priority": gettext_lazy("Turn when a parcel is sent"),
            "latitude": gettext_lazy("Latitude"),
            "longitude": gettext_lazy("Longitude"),
        }
        help_texts: ClassVar = {
            "pickup_days": gettext_lazy(
                "After that the order is cancelled and the buyer pays nothing. They are reminded "
                "the day before."
            ),
            "priority": gettext_lazy("1 comes first, 9 last."),
            "latitude": gettext_lazy("In degrees, to send from the nearest place."),
        }

    def __init__(self, typed: Any = None, *, instance: Location) -> None:
        super().__init__(typed, instance=instance)
        names = get_day_names("wide", locale=locale())
        weekly = instance.weekly_hours or [()] * 7
        for day in DAYS:
            self.fields[f"day_{day}"] = LineField(
                label=str(names[day]).capitalize(),
                required=False,
                max_length=100,
                initial=opening_hours.write(weekly[day]),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
        self.fields["special"].initial = _written(instance.special_days or {})
        zones = store_hours.TIME_ZONES.get(this_cell().country, ())
        self.fields["time_zone"] = forms.ChoiceField(
            label=gettext("Time zone"),
            required=False,
            choices=[("", this_cell().time_zone), *((zone, zone) for zone in zones)],
        )
        self.fields["ready_minutes"] = forms.TypedChoiceField(
            label=gettext("A pick-up is ready after"), coerce=int, choices=_waits()
        )
        self.fields["priority"].widget.attrs |= {"min": 1, "max": 9}
        self.fields["pickup_days"].widget.attrs |= {"min": 1, "max": 60}

    @property
    def days(self) -> Iterator[BoundField]:
        """The fields of the week, Monday first."""
        return (self[f"day_{day}"] for day in DAYS)

    def clean_pickup_days(self) -> int:
        """Keep within what a store can hold, and a bank keeps set aside."""
        return _within(self.cleaned_data["pickup_days"], 60)

    def clean_priority(self) -> int:
        """Keep within what the help says."""
        return _within(self.cleaned_data["priority"], 9)

    def clean_special(self) -> dict[str, Spans]:
        """Return the days by date."""
        days: dict[str, Spans] = {}
        for line in str(self.cleaned_data["special"]).splitlines():
            if line.strip():
                day, spans = _special(line)
                days[day.isoformat()] = spans
        if len(days) > MOST_SPECIAL_DAYS:
            said = gettext("At most {most} days. Take out those that are over.")
            raise forms.ValidationError(said.format(most=MOST_SPECIAL_DAYS))
        return days

    def clean(self) -> dict[str, Any]:
        """Read the week, and keep coordinates together and on earth."""
        cleaned: dict[str, Any] = super().clean() or {}
        weekly: list[Spans] = []
        for day in DAYS:
            try:
                weekly.append(opening_hours.parse(str(cleaned.get(f"day_{day}", ""))))
            except BadHours as bad:
                self.add_error(f"day_{day}", _not_hours(bad))
        self.instance.weekly_hours = weekly if any(weekly) else None
        self.instance.special_days = cleaned.get("special") or None
        both = [cleaned.get("latitude"), cleaned.get("longitude")]
        if (both[0] is None) != (both[1] is None):
            self.add_error("latitude", gettext("Write both, or neither."))
        for name, most in (("latitude", 90), ("longitude", 180)):
            if cleaned.get(name) is not None and abs(cleaned[name]) > most:
                self.add_error(name, gettext("There is no such place on earth."))
        return cleaned


def _within(number: int, most: int) -> int:
    if not 1 <= number <= most:
        said = gettext("Write a whole number from 1 to {most}.")
        raise forms.ValidationError(said.format(most=most))
    return number


def _special(line: str) -> tuple[date, Spans]:
    """Read one day of its own."""
    day, _, hours = line.strip().partition(" ")
    try:
        is_closed = hours.strip().lower() in {"closed", gettext("closed")}
        return date.fromisoformat(day), () if is_closed else opening_hours.parse(hours)
    except ValueError:  # of either
        said = gettext("This line is no day with hours: “{line}”.")
        raise forms.ValidationError(said.format(line=line.strip()[:60])) from None


def _not_hours(bad: BadHours) -> str:
    said = gettext("Write hours like 9:00–12:30, 14:00–18:00. This is not clear: “{text}”.")
    return said.format(text=str(bad)[:60])


def _written(days: dict[str, list[tuple[int, int]]]) -> str:
    return "\n".join(
        f"{day} {opening_hours.write(spans) or gettext('closed')}"
        for day, spans in sorted(days.items())
    )


def _waits() -> list[tuple[int, str]]:
    return [
        (30, gettext("30 minutes of opening time")),
        (60, gettext("1 opening hour")),
        (120, gettext("2 opening hours")),
        (240, gettext("4 opening hours")),
        (480, gettext("8 opening hours")),
        (960, gettext("16 opening hours")),
    ]
