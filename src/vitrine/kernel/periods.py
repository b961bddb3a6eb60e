"""The form above figures: from which day until which they are shown."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy


class PeriodForm(forms.Form):
    """Days from one to another, at most a year; today is the last one there is."""

    USUAL: ClassVar[int] = 28
    MOST: ClassVar[int] = 366

    since = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, asked: QueryDict | None, *, today: date) -> None:
        self.today = today
        self.usual = (today - timedelta(days=self.USUAL - 1), today)
        first, last = self.usual
        super().__init__(asked, initial={"since": first.isoformat(), "until": last.isoformat()})

    def clean(self) -> dict[str, Any]:
        """Keep the days in order, in the past and within a year."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until:
            if since > until:
                self.add_error("until", gettext("The last day must not be before the first."))
            elif until > self.today:
                self.add_error("until", gettext("The last day must not be after today."))
            elif (until - since).days >= self.MOST:
                self.add_error("since", gettext("Choose at most a year at a time."))
        return said

    def period(self) -> tuple[date, date]:
        """Return the days; the usual ones where what was asked for makes no sense."""
        if self.is_valid():
            return self.cleaned_data["since"], self.cleaned_data["until"]
        return self.usual
