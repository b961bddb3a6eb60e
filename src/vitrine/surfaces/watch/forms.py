"""What viewers type."""

from django import forms

from vitrine.kernel import text

MOST_CHARACTERS = 500


class CommentForm(forms.Form):
    """A comment under a clip, or an answer to one. Length is told, and never cut."""

    text = forms.CharField(
        label="Add a comment",
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "id": "comment-text"}),
        error_messages={"required": "Write something first."},
    )

    def clean_text(self) -> str:
        """Return the text as it is kept."""
        said = text.lines(self.cleaned_data["text"])
        if not said:
            raise forms.ValidationError("Write something first.")
        if len(said) > MOST_CHARACTERS:
            raise forms.ValidationError(text.too_long(said, MOST_CHARACTERS))
        return said
