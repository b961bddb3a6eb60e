"""What advertisers type of what counts as sold by a campaign, and how it is known."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, ngettext

from vitrine.ads import crediting, holdout
from vitrine.ads.campaigning import Plan
from vitrine.ads.models import Advertiser


class UsualField(forms.TypedChoiceField):
    """One of some numbers. Where nothing is said, it is the usual one."""

    def __init__(self, usual: int, **kwargs: Any) -> None:
        super().__init__(coerce=int, required=False, initial=usual, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return a number. Raises: ValidationError for another than those."""
        return self.initial if value in self.empty_values else super().clean(value)


class CreditForm(forms.Form):
    """For how long a click or a view counts, and how many are kept from seeing it to compare."""

    click_days = UsualField(
        crediting.USUAL_CLICK_DAYS,
        label=gettext_lazy("A click counts for what is bought within"),
    )
    view_days = UsualField(
        crediting.USUAL_VIEW_DAYS,
        label=gettext_lazy("A view of two seconds counts for"),
        help_text=gettext_lazy("Not of what is to sell: there clicks alone count."),
    )
    holdout_percent = UsualField(
        holdout.USUAL_PERCENT,
        label=gettext_lazy("Kept from seeing it, to compare with"),
        help_text=gettext_lazy(
            "What they buy shows what you would have sold anyway. They cost you nothing. These "
            "three stay as they are now."
        ),
    )

    def __init__(self, typed: Any = None, *, advertiser: Advertiser) -> None:
        super().__init__(typed, auto_id="credit-%s")
        self._choose("click_days", [(days, days_said(days)) for days in crediting.CLICK_DAYS])
        self._choose("view_days", [(days, days_said(days)) for days in crediting.VIEW_DAYS])
        shares = [(percent, _share(percent)) for percent in holdout.PERCENTS]
        self._choose("holdout_percent", shares)
        if advertiser.merchant_id is None:
            del self.fields["holdout_percent"]

    def added_to(self, plan: Plan) -> Plan:
        """Return a plan with what was typed. The form is valid."""
        typed = replace(plan, **self.cleaned_data)
        return replace(typed, view_days=0) if plan.objective.sells else typed

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


def days_said(days: int) -> str:
    """Say how long a window is."""
    if not days:
        return gettext("Not at all")
    return ngettext("{days} day", "{days} days", days).format(days=days)


def _share(percent: int) -> str:
    return (
        gettext("{percent} of 100 people").format(percent=percent) if percent else gettext("Nobody")
    )
