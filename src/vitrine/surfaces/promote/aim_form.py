"""What advertisers type of whom a group is for, beyond age and interest."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import dealings
from vitrine.ads.models import AdGroup, Advertiser, Dealing
from vitrine.kernel.errors import Refusal
from vitrine.kernel.fields import LineField
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.promote.alike_form import AlikeForm, alike_as_typed
from vitrine.surfaces.promote.selling_form import SellingForm, selling_as_typed


class AimForm(AlikeForm, SellingForm):
    """Where people are, and what they did in the advertiser's shop, if it has one."""

    regions = LineField(
        max_length=400,
        required=False,
        help_text=gettext_lazy(
            "Names or codes, with commas between, of where people have things sent. Who never "
            "said where is not shown the ad. Empty: everywhere."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    dealings = forms.MultipleChoiceField(
        required=False,
        choices=Dealing.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Only people who"),
        help_text=gettext_lazy(
            "One of these is enough. None chosen: whatever they did in your shop. At least 50 "
            "people must have, and nobody learns who they are."
        ),
    )
    left_out = forms.MultipleChoiceField(
        required=False,
        choices=Dealing.choices,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Not people who"),
    )

    def __init__(
        self, *args: Any, advertiser: Advertiser, of: AdGroup | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.merchant, self.of = advertiser.merchant_id, of
        self.offer_what_is_sold(self.merchant)
        if self.merchant is None:
            del self.fields["dealings"]
            del self.fields["left_out"]
            self.leave_out_alike()
        country = this_cell().country
        self.named = regions.NAMES[country]
        if not self.named:
            del self.fields["regions"]
        else:
            self.fields["regions"].label = regions.word(country)

    def clean_regions(self) -> list[str]:
        """Read names and codes of this country's regions."""
        by_name = {name.casefold(): code for code, name in self.named.items()}
        by_name |= {code.casefold(): code for code in self.named}
        found = []
        for piece in re.split(r"[,;]+", self.cleaned_data["regions"]):
            whole = " ".join(piece.split())
            for word in [whole] if whole.casefold() in by_name else whole.split():
                if word.casefold() not in by_name:
                    said = gettext("“{word}” is no {region} of this country.")
                    region = regions.word(this_cell().country).lower()
                    raise forms.ValidationError(said.format(word=word[:40], region=region))
                found.append(by_name[word.casefold()])
        return list(dict.fromkeys(found))

    def clean(self) -> dict[str, Any]:
        """Keep nobody in and out at once, and no audience of few."""
        cleaned: dict[str, Any] = super().clean() or {}
        wanted, left_out, alike = (
            cleaned.get(name, []) for name in ("dealings", "left_out", "alike")
        )
        if set(wanted) & set(left_out):
            said = gettext("The same people can’t be meant and left out: take one of the two away.")
            self.add_error("left_out", said)
            return cleaned
        of_shop = set(wanted), set(left_out), set(alike)
        if self.of is None or of_shop != self.of.audience_of_shop:
            try:
                dealings.refuse_few(self.merchant, wanted, left_out, alike)
            except dealings.TooFewAlike as refusal:
                self.add_error("alike", refusal.text)
            except dealings.SaysTooMuch as refusal:
                asked = {"dealings": wanted, "left_out": left_out, "alike": alike}
                self.add_error(next(name for name, some in asked.items() if some), refusal.text)
            except Refusal as refusal:
                self.add_error("dealings", refusal.text)
        return cleaned

    @property
    def aimed(self) -> dict[str, Any]:
        """Return what was typed, as ``campaigning.Audience`` has it. The form is valid."""
        names = ("regions", "dealings", "left_out")
        typed = {name: tuple(self.cleaned_data.get(name, ())) for name in names}
        return {**typed, **self.alike_typed, "beside": self.beside_typed}


def aimed_as_typed(of: AdGroup) -> dict[str, Any]:
    """Return what somebody would type to aim as a group does."""
    named = regions.NAMES[this_cell().country]
    return {
        "regions": ", ".join(named.get(code, code) for code in of.regions),
        "dealings": of.dealings,
        "left_out": of.left_out,
        **alike_as_typed(of),
        **selling_as_typed(of),
    }
