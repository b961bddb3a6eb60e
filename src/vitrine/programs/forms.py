"""What is typed of a token. A form validates and never saves."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.kernel.fields import LineField
from vitrine.programs.scopes import LABELS, Scope

LASTS = {
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "365": gettext_lazy("A year"),
    "": gettext_lazy("Until it is revoked"),
}


class TokenForm(forms.Form):
    """A token: what it is called, what it is good for, and for how long."""

    name = LineField(
        max_length=60,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Which program uses it, e.g. “Warehouse”."),
    )
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("It may"),
        error_messages={"required": gettext_lazy("Choose what it may do.")},
    )
    days = forms.ChoiceField(
        choices=list(LASTS.items()), initial="90", required=False, label=gettext_lazy("It lasts")
    )

    def __init__(self, typed: Any = None, *, scopes: Collection[Scope] = tuple(Scope)) -> None:
        super().__init__(typed)
        offered: Any = self.fields["scopes"]
        offered.choices = [(scope.value, LABELS[scope]) for scope in scopes]
        if len(scopes) == 1:
            offered.initial = [scope.value for scope in scopes]

    @property
    def lasts(self) -> timedelta | None:
        """Return how long it lasts; None: until it is revoked."""
        days = self.cleaned_data["days"]
        return timedelta(days=int(days)) if days else None
