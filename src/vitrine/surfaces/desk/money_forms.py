"""What the operator's staff type about money. A form validates and never saves."""

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.orders.reconciling.forms import FORMS

MOST_BYTES = 10 * 1024 * 1024


class BounceForm(forms.Form):
    """Why a payout came back."""

    reason = LineField(max_length=200, label=gettext_lazy("Why it came back"))


class ReturnsForm(forms.Form):
    """A bank's file of what came back."""

    file = forms.FileField(
        label=gettext_lazy("File of returns"),
        help_text=gettext_lazy("As the bank sends it, or a CSV of reference, amount and reason."),
    )

    def clean_file(self) -> str:
        """Return its text."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(gettext_lazy("The file is too large."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(gettext_lazy("The file is not plain text.")) from None


class ReportForm(forms.Form):
    """A provider's report of our balance with it."""

    provider = forms.ChoiceField(
        choices=[(name, name.title()) for name in FORMS], label=gettext_lazy("Provider")
    )
    file = forms.FileField(
        label=gettext_lazy("Report"),
        help_text=gettext_lazy(
            "A CSV of its balance: at Stripe, all balance transactions with the metadata order and "
            "move."
        ),
    )


class GivenForm(forms.Form):
    """How a buyer got what their bank had sent back."""

    how = LineField(
        max_length=200,
        label=gettext_lazy("How the buyer got it"),
        error_messages={"required": gettext_lazy("Say how the buyer got it.")},
    )


class ExplanationForm(forms.Form):
    """Why the books do not bear a line out."""

    words = LineField(
        max_length=500,
        label=gettext_lazy("In your words"),
        error_messages={"required": gettext_lazy("Say in a sentence what it is.")},
    )
