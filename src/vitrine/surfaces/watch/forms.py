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


class RoomForm(forms.Form):
    """The room that another site has for a clip, in CSS pixels."""

    maxwidth = forms.IntegerField(min_value=1, max_value=10_000, required=False)
    maxheight = forms.IntegerField(min_value=1, max_value=10_000, required=False)
