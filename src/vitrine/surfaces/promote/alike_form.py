"""What advertisers type of whom people are to be like."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.ads.models import AdGroup, Dealing
from vitrine.ads.models.lookalike import MOST_ALIKE_PERCENT

USUAL_PERCENT = 3


class AlikeForm(forms.Form):
    """Those who deal with the advertiser's shop, and how many others are most like them."""

    alike = forms.MultipleChoiceField(
        required=False,
        choices=Dealing.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("People like those who"),
        help_text=gettext_lazy(
            "They watch what those watch who did one of these in your shop. At least 100 people "
            "must have, and nobody learns who they are, or who is like them."
        ),
    )
    alike_percent = forms.TypedChoiceField(
        required=False,
        choices=[(n, f"{n} %") for n in range(1, MOST_ALIKE_PERCENT + 1)],
        coerce=int,
        empty_value=None,
        initial=USUAL_PERCENT,
        label=gettext_lazy("So many of all viewers"),
        help_text=gettext_lazy("Of those who are most like them. The fewer, the more alike."),
    )

    def leave_out_alike(self) -> None:
        """Ask for none of it: there is no shop."""
        del self.fields["alike"]
        del self.fields["alike_percent"]

    @property
    def alike_typed(self) -> dict[str, Any]:
        """Return what was typed, as ``campaigning.Audience`` has it. The form is valid."""
        alike = tuple(self.cleaned_data.get("alike", ()))
        percent = self.cleaned_data.get("alike_percent") or USUAL_PERCENT
        return {"alike": alike, "alike_percent": percent if alike else 0}


def alike_as_typed(of: AdGroup) -> dict[str, Any]:
    """Return what somebody would type to have people who are like those of a group."""
    return {"alike": of.alike, "alike_percent": of.alike_percent or USUAL_PERCENT}
