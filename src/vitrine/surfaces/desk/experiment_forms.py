"""The form of an experiment: what is tried on whom, and until when."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, gettext_lazy

from vitrine.feed import weighing
from vitrine.feed.experiments.declaring import AS_IT_IS, Tried
from vitrine.feed.models.experiment import LONGEST, LONGEST_ARM, LONGEST_NAME
from vitrine.kernel.fields import DayField, LineField, LinesField
from vitrine.sovereignty.cell import local_day, this_cell

MOST_TRIED = 3
MOST_SHARED = 99
"""Percent of viewers in the arms that are tried: some have to have the feed as it is."""
PARTS = ("arm", "share", "changes")
"""Of an arm in the form."""
_LINE = re.compile(r"([\w.]+)\s*[=:]\s*(-?\d{1,6}(?:[.,]\d{1,6})?)")


class ExperimentForm(forms.Form):
    """A name, from when for how long, and up to three arms beside the feed as it is."""

    name = LineField(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What you want to know, in a few words."),
    )
    begins_on = DayField(
        required=False,
        label=gettext_lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Leave empty to begin at once."),
    )
    days = forms.IntegerField(
        min_value=1, max_value=LONGEST.days, initial=14, label=gettext_lazy("Days")
    )

    def __init__(self, typed: Any = None, *, at: datetime) -> None:
        super().__init__(typed, auto_id="experiment-%s")
        self.at = at
        for place in range(1, MOST_TRIED + 1):
            self.fields |= _arm(place)
        self.tried: list[Tried] = []

    @property
    def arms(self) -> Iterator[tuple[int, list[BoundField], bool]]:
        """Yield each arm's place, its fields, and whether there is anything in it to look at."""
        for place in range(1, MOST_TRIED + 1):
            fields = [self[f"{name}_{place}"] for name in PARTS]
            yield place, fields, any(field.value() or field.errors for field in fields)

    def clean_begins_on(self) -> date | None:
        """Keep a day that is still to come, or begins now."""
        day: date | None = self.cleaned_data["begins_on"]
        if day is not None and day < local_day(self.at):
            raise forms.ValidationError(gettext("This day is over."))
        return day

    def clean(self) -> dict[str, Any]:
        """Read the arms, and see that they can be tried beside each other."""
        said: dict[str, Any] = super().clean() or {}
        for place in range(1, MOST_TRIED + 1):
            fields = [f"{name}_{place}" for name in PARTS]
            values = [said.get(field) for field in fields]
            if any(values) or any(field in self.errors for field in fields):
                self._read(fields, *values)
        return said

    def _read(self, fields: list[str], name: Any, share: Any, text: Any) -> None:
        """Read an arm, and see that it can be tried beside those before it."""
        for field, value in zip(fields, (name, share, text), strict=True):
            if not value and field not in self.errors:
                self.add_error(field, gettext("This is needed."))
        others = {AS_IT_IS, gettext(AS_IT_IS), *(arm.name for arm in self.tried)}
        if name and name.casefold() in {other.casefold() for other in others}:
            self.add_error(fields[0], gettext("Another arm is called this."))
        if share and share + sum(arm.share for arm in self.tried) > MOST_SHARED:
            self.add_error(fields[1], gettext("Leave at least 1 percent for the feed as it is."))
        self.tried.append(Tried(name or "", share or 0, self._changes(fields[2], text or "")))
        kinds = {weighing.BOUNDS[weight].layer for each in self.tried for weight in each.changes}
        if len(kinds) > 1:
            told = gettext(
                "These weights are of two kinds: what speaks for a clip, and how a page is put "
                "together. Try them in two experiments."
            )
            self.add_error(fields[2], told)

    def _changes(self, field: str, text: str) -> dict[str, float]:
        """Read weights, one a line. What is wrong is said of its line."""
        found: dict[str, float] = {}
        faults: list[str] = []
        for line, written in enumerate(text.splitlines(), start=1):
            said = _LINE.fullmatch(written.strip())
            name, value = (said[1], float(said[2].replace(",", "."))) if said else ("", 0.0)
            wrong = _objection(name, value, found) if written.strip() else ""
            if wrong:
                bound = weighing.BOUNDS.get(name)
                least, most = (f"{bound.least:g}", f"{bound.most:g}") if bound else ("", "")
                faults.append(wrong.format(line=line, name=name, least=least, most=most))
            elif said:
                found[name] = value
        if faults:
            self.add_error(field, " ".join(faults))
        return found

    def terms(self) -> dict[str, Any]:
        """Return what ``declaring.declare`` takes. The form is valid."""
        said = self.cleaned_data
        day = said["begins_on"]
        begins_at = self.at
        if day is not None and day > local_day(self.at):
            begins_at = datetime.combine(day, time(), ZoneInfo(this_cell().time_zone))
        return {
            "name": said["name"],
            "tried": self.tried,
            "begins_at": begins_at,
            "ends_at": begins_at + timedelta(days=said["days"]),
        }


def _objection(name: str, value: float, found: dict[str, float]) -> str:
    """Say what is wrong with a weight, or "". name: "" where the line is none."""
    if not name:
        return gettext("Line {line}: write a weight and its number, like FRESH = 1.5.")
    if name not in weighing.BOUNDS:
        return gettext("Line {line}: {name} is no weight that can be tried.")
    if name in found:
        return gettext("Line {line}: {name} stands there twice.")
    if value == weighing.declared(name):
        return gettext("Line {line}: {name} has this value already.")
    if not weighing.BOUNDS[name].least <= value <= weighing.BOUNDS[name].most:
        return gettext("Line {line}: {name} goes from {least} to {most}.")
    return ""


def _arm(place: int) -> dict[str, forms.Field]:
    is_needed = place == 1
    return {
        f"arm_{place}": LineField(
            max_length=LONGEST_ARM, required=is_needed, label=gettext_lazy("Name of the arm")
        ),
        f"share_{place}": forms.IntegerField(
            min_value=1,
            max_value=MOST_SHARED,
            required=is_needed,
            label=gettext_lazy("Percent of viewers"),
        ),
        f"changes_{place}": LinesField(
            max_length=600,
            required=is_needed,
            label=gettext_lazy("Weights"),
            widget=forms.Textarea(
                attrs={"rows": 3, "class": "mono", "spellcheck": "false", "dir": "ltr"}
            ),
            help_text=gettext_lazy("One a line: its name, =, and its number."),
        ),
    }
