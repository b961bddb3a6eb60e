"""What a creator types to ask for a sample."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.orders.models import Address
from vitrine.surfaces.studio import dealing


class SampleForm(forms.Form):
    """Of what, where to, and why. places: the creator's address book, by mark."""

    note = LineField(
        max_length=300,
        required=False,
        label=gettext_lazy("What you will show with it"),
        help_text=gettext_lazy("The shop reads it, and your profile."),
    )

    def __init__(
        self, typed: Any, *, choices: list[tuple[str, str]], places: Mapping[str, Address]
    ) -> None:
        super().__init__(typed, auto_id="sample-%s")
        self.places = places
        self.fields["product"] = forms.ChoiceField(label=gettext("Product"), choices=choices)
        self.fields["place"] = forms.ChoiceField(
            label=gettext("Send it to"),
            help_text=gettext("The shop reads the address once it agreed to send one."),
            choices=[(mark, dealing.in_one_line(one)) for mark, one in places.items()],
            error_messages={"required": gettext("Choose where it goes.")},
        )
        self.order_fields(["product", "place", "note"])
