"""What a shop says. A form validates and never saves."""

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.kernel.fields import LinesField

REQUIRED = gettext_lazy("Write something first.")
TOO_LONG = gettext_lazy("At most 1,000 characters; this has %(show_value)s.")


class ReplyForm(forms.Form):
    """The shop's answer to a review."""

    text = LinesField(
        max_length=1000, error_messages={"required": REQUIRED, "max_length": TOO_LONG}
    )


class MessageForm(forms.Form):
    """A message to the buyer of an order."""

    text = LinesField(
        max_length=1000,
        label=gettext_lazy("Your message"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": REQUIRED, "max_length": TOO_LONG},
    )
