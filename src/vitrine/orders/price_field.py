"""A form field for an amount of money."""

from typing import Any

from django import forms

from vitrine.kernel import money
from vitrine.sovereignty.cell import this_cell


class PriceField(forms.CharField):
    """An amount in the cell's currency. Cleans to minor units; never rounds."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 20, "widget": widget, **kwargs})

    def clean(self, value: Any) -> Any:
        """Return minor units, or None when nothing was typed and nothing had to be."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return money.parse_minor(text, currency=this_cell().currency)
        except money.BadAmount as bad:
            raise forms.ValidationError(str(bad)) from None
