"""What was asked of the list of orders: its form, and the address that says it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.models import Location, Merchant
from vitrine.kernel.fields import DayField, LineField
from vitrine.sovereignty.cell import this_cell

SHOWS = (
    "waiting",
    "ship",
    "late",
    "prepare",
    "counter",
    "returns",
    "disputed",
    "done",
    "ended",
    "all",
)


class Way(models.TextChoices):
    """How an order is handed over."""

    SHIP = "ship", gettext_lazy("Sent")
    COLLECT = "collect", gettext_lazy("Collected in a store")


class Sort(models.TextChoices):
    """What comes first."""

    NEWEST = "newest", gettext_lazy("The newest")
    OLDEST = "oldest", gettext_lazy("The oldest")
    TOTAL = "total", gettext_lazy("The largest total")


@dataclass(frozen=True)
class Asked:
    """What was asked for. since, until: days of the cell, both included."""

    show: str = "waiting"
    way: str = ""
    place: Location | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""
    sort: str = Sort.NEWEST

    @property
    def since_at(self) -> datetime | None:
        """Return the instant at which the first day begins."""
        return _begins(self.since) if self.since else None

    @property
    def until_at(self) -> datetime | None:
        """Return the instant at which the day after the last begins."""
        return _begins(self.until + timedelta(days=1)) if self.until else None

    @property
    def is_narrowed(self) -> bool:
        """Tell whether more than the state was chosen."""
        return self.query(show="") != ""

    @property
    def is_folded_open(self) -> bool:
        """Tell whether something was chosen that is folded away where there is no room."""
        folded = (self.way, self.place, self.since, self.until)
        return any(folded) or self.sort != Sort.NEWEST

    def query(self, **changed: str) -> str:
        """Return the address's question, with its mark; only what is not as usual is in it."""
        said: Mapping[str, Any] = {
            "show": "" if self.show == "waiting" else self.show,
            "way": self.way,
            "place": self.place.public_id if self.place else "",
            "since": self.since or "",
            "until": self.until or "",
            "q": self.words,
            "sort": "" if self.sort == Sort.NEWEST else self.sort,
            **changed,
        }
        told = urlencode({name: value for name, value in said.items() if value})
        return f"?{told}" if told else ""

    @property
    def same(self) -> str:
        """Return the question that asks for the same again."""
        return self.query()


class OrderFilterForm(forms.Form):
    """The ways to narrow the list, beside its states."""

    q = LineField(max_length=100, required=False, label=gettext_lazy("Number, product or SKU"))
    way = forms.ChoiceField(required=False, label=gettext_lazy("How"))
    place = forms.ModelChoiceField(
        Location.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=gettext_lazy("Any place"),
        label=gettext_lazy("Place"),
    )
    since = DayField(
        required=False,
        label=gettext_lazy("Ordered from"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = DayField(
        required=False, label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(
        choices=Sort.choices, required=False, label=gettext_lazy("What comes first")
    )

    def __init__(self, asked: Any, *, merchant: Merchant) -> None:
        super().__init__(asked)
        fields: Any = self.fields
        fields["way"].choices = [("", gettext("Any way")), *Way.choices]
        fields["place"].queryset = Location.objects.filter(merchant=merchant).order_by("name")

    def clean(self) -> dict[str, Any]:
        """Keep the days in order."""
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day must not be before the first."))
        return said

    def asked(self) -> Asked:
        """Return what was asked for; what makes no sense is left aside, and said beside its field.

        Queries: 1 where a place is asked for.
        """
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        if "q" in said:
            said["words"] = said.pop("q")
        show = self.data.get("show", "")
        return Asked(show=show if show in SHOWS else "waiting", **said)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(this_cell().time_zone))
