"""What a buyer sends back: how many of each line, why, and what is wanted instead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Variant
from vitrine.kernel import ids
from vitrine.kernel.fields import LinesField
from vitrine.orders.models import OrderLine, ReturnCredit, ReturnReason
from vitrine.orders.returning import Wish

MONEY = ("", gettext_lazy("Money back"))


class ReturnForm(forms.Form):
    """A number and a choice for each line that can still be sent back. key: one return a press."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        choices=[("", gettext_lazy("Choose a reason")), *ReturnReason.choices],
        label=gettext_lazy("Why"),
        error_messages={"required": gettext_lazy("Choose why you send it back.")},
    )
    credit = forms.ChoiceField(
        choices=[("", gettext_lazy("Back to how I paid")), *ReturnCredit.choices],
        required=False,
        label=gettext_lazy("How you want the money"),
    )
    words = LinesField(
        max_length=500,
        required=False,
        label=gettext_lazy("What the shop should know"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("Up to 500 characters."),
    )

    def __init__(
        self,
        data: Any,
        *,
        lines: list[tuple[OrderLine, int, list[Variant]]],
        has_account: bool,
    ) -> None:
        super().__init__(data, initial={"key": ids.new()})
        if not has_account:
            del self.fields["credit"]
        self.lines = lines
        self.choices: dict[str, Variant] = {}
        for line, left, choices in lines:
            self.choices |= {one.public_id: one for one in choices}
            self.fields[f"units-{line.pk}"] = forms.IntegerField(
                min_value=0,
                max_value=left,
                initial=left if len(lines) == 1 else 0,
                required=False,
                label=gettext_lazy("How many"),
            )
            offered = [(one.public_id, " / ".join(one.option_values)) for one in choices]
            if offered:
                self.fields[f"instead-{line.pk}"] = forms.ChoiceField(
                    choices=[MONEY, *offered], required=False, label=gettext_lazy("I want")
                )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return each line with its fields, for the page."""
        return [
            {
                "line": line,
                "left": left,
                "units": self[f"units-{line.pk}"],
                "instead": self[f"instead-{line.pk}"] if choices else None,
            }
            for line, left, choices in self.lines
        ]

    def wish(self) -> Wish:
        """Return what was asked for. The form is valid."""
        said = self.cleaned_data
        return Wish(
            {line.pk: said[f"units-{line.pk}"] or 0 for line, _, _ in self.lines},
            ReturnReason(said["reason"]),
            said["words"],
            {
                line.pk: self.choices[wanted]
                for line, _, _ in self.lines
                if (wanted := said.get(f"instead-{line.pk}")) and said[f"units-{line.pk}"]
            },
            said.get("credit", ""),
        )
