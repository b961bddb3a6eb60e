"""What staff type to take back what an ad was billed for."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads.models import Ad
from vitrine.kernel.fields import LineField, MomentField
from vitrine.sovereignty.cell import this_cell


def _moment(label: Any) -> MomentField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return MomentField(label=label, widget=widget)


class RecallForm(forms.Form):
    """Which ad, from when until when, and why."""

    ad = LineField(
        max_length=40,
        label=gettext_lazy("Ad"),
        help_text=gettext_lazy("Its id, which the list above fills in."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    billed_from = _moment(gettext_lazy("Billed from"))
    billed_until = _moment(gettext_lazy("Billed until"))
    why = LineField(
        max_length=200,
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The advertiser reads it in their figures."),
        error_messages={"required": gettext_lazy("Say why, in a sentence.")},
    )

    def clean_ad(self) -> Ad:
        """Find the ad."""
        names = "group__campaign__advertiser"
        known = Ad.objects.select_related(names).filter(public_id=self.cleaned_data["ad"])
        found = known.first()
        if found is None:
            raise forms.ValidationError(gettext("No ad here has that id."))
        return found

    def clean_billed_from(self) -> datetime:
        """Read it in the time of the cell."""
        return self._there("billed_from")

    def clean_billed_until(self) -> datetime:
        """Read it in the time of the cell."""
        return self._there("billed_until")

    def clean(self) -> dict[str, Any]:
        """Want an end after the beginning."""
        said: dict[str, Any] = super().clean() or {}
        since, until = said.get("billed_from"), said.get("billed_until")
        if since and until and until <= since:
            self.add_error("billed_until", gettext("Choose an end after the beginning."))
        return said

    def _there(self, name: str) -> datetime:
        typed: datetime = self.cleaned_data[name]
        return typed.replace(tzinfo=ZoneInfo(this_cell().time_zone))
