"""Form fields: text that people read is cleaned and judged as it is kept; long lists are quick."""

from copy import copy, deepcopy
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from vitrine.kernel import text


class LineField(forms.CharField):
    """One line in which nothing hides: names, titles, descriptions."""

    def to_python(self, value: Any) -> str:
        """Return the line as it is kept."""
        return text.line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """Text with line ends in which nothing hides."""

    def to_python(self, value: Any) -> str:
        """Return the text as it is kept."""
        return text.lines(super().to_python(value) or "")


FIRST_YEAR, LAST_YEAR = 1900, 2199


def in_this_age(on: date | None) -> None:
    """Refuse days from which no calendar can go on: at the end of 9999 "for ever" breaks off."""
    if on is not None and not FIRST_YEAR <= on.year <= LAST_YEAR:
        said = gettext("Choose a year from {first} to {last}.")
        raise forms.ValidationError(said.format(first=FIRST_YEAR, last=LAST_YEAR))


class DayField(forms.DateField):
    """A day that can be reckoned with."""

    def validate(self, value: Any) -> None:
        """Refuse what is not of this age."""
        super().validate(value)
        in_this_age(value)


class MomentField(forms.DateTimeField):
    """A day and a time that can be reckoned with."""

    def validate(self, value: Any) -> None:
        """Refuse what is not of this age."""
        super().validate(value)
        in_this_age(value)


class LongSelect(forms.Select):
    """A list of choices without groups, written at once.

    Django renders two templates for each choice: for fifty regions that was a third of a sheet.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """Return the HTML that Django's own would be."""
        told = self.get_context(name, value, attrs)["widget"]
        options = (
            (option["value"], flatatt(option["attrs"]), option["label"])
            for _, group, _ in told["optgroups"]
            for option in group
        )
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(told["attrs"]),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class LongChoiceField(forms.ChoiceField):
    """A choice from a long list without groups, which is neither copied nor looked through.

    Django copies the list for each form, and looks at each choice twice when it is set.
    """

    widget = LongSelect

    def __deepcopy__(self, memo: dict[int, Any]) -> "LongChoiceField":
        copied = copy(self)
        memo[id(self)] = copied
        copied.widget = deepcopy(self.widget, memo)
        copied.error_messages = self.error_messages.copy()
        return copied

    def offer(self, pairs: list[tuple[str, str]]) -> None:
        """Set the choices: pairs of value and label."""
        self._choices = self.widget._choices = pairs  # type: ignore[attr-defined]
