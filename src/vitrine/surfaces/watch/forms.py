"""What viewers type."""

from django import forms


class CommentForm(forms.Form):
    """A comment under a clip."""

    text = forms.CharField(
        label="Add a comment",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "id": "comment-text"}),
        error_messages={
            "required": "Write something first.",
            "max_length": "At most 500 characters; this has %(show_value)s.",
        },
    )
