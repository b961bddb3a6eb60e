"""Form fields for what people read: text is cleaned first, and its length judged as it is kept."""

from typing import Any

from django import forms

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
