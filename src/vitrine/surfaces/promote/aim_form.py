"""What advertisers type of whom a group is for, beyond age and interest."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.orders import regions
from vitrine.sovereignty.cell import this_cell


class AimForm(forms.Form):
    """Where people are."""

    regions = LineField(
        max_length=400,
        required=False,
        help_text=gettext_lazy(
            "Names or codes, with commas between, of where people have things sent. Who never "
            "said where is not shown the ad. Empty: everywhere."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

    @property
    def aimed(self) -> dict[str, Any]:
        """Return what was typed, as ``campaigning.Audience`` has it. The form is valid."""
        return {"regions": tuple(self.cleaned_data.get("regions", ()))}


def aimed_as_typed(of: Any) -> dict[str, Any]:
    """Return what somebody would type to aim as a group does."""
    named = regions.NAMES[this_cell().country]
    return {"regions": ", ".join(named.get(code, code) for code in of.regions)}
