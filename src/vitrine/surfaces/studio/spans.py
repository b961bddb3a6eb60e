"""From which day until which: the form above analytics."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy, ngettext

from vitrine.surfaces.studio.analytics import Span


@dataclass(frozen=True)
class Preset:
    """Days that are one tap away."""

    label: str
    query: str
    is_chosen: bool


class SpanForm(forms.Form):
    """Days from one to another, at most a year; today is the last one there is."""

    USUAL: ClassVar[int] = 28
    MOST: ClassVar[int] = 366
    PRESETS: ClassVar = (7, 28, 90, 365)

    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, asked: QueryDict | None, *, today: date) -> None:
        self.today = today
        first = today - timedelta(days=self.USUAL - 1)
        super().__init__(asked, initial={"since": first.isoformat(), "until": today.isoformat()})

    def clean(self) -> dict[str, Any]:
        """Keep the days in order, in the past and within a year."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until:
            if since > until:
                self.add_error("until", gettext("The last day must not be before the first."))
            elif until > self.today:
                self.add_error("until", gettext("The last day must not be after today."))
            elif (until - since).days >= self.MOST:
                self.add_error("since", gettext("Choose at most a year at a time."))
        return cleaned

    def presets(self, span: Span) -> list[Preset]:
        """Return the spans that end today, one tap each."""
        made = []
        for days in self.PRESETS:
            since = self.today - timedelta(days=days - 1)
            query = f"?since={since}&until={self.today}"
            is_chosen = (span.since, span.until) == (since, self.today)
            label = ngettext("{number} day", "{number} days", days).format(number=days)
            if days == self.PRESETS[-1]:
                label = gettext("A year")
            made.append(Preset(label, query, is_chosen))
        return made
