"""What viewers type."""

from django import forms
from django.utils.translation import gettext_lazy

from vitrine.kernel.fields import LinesField
from vitrine.videos.mentions import LONGEST_HASHTAG


class CommentForm(forms.Form):
    """A comment under a clip, or an answer to one. Length is told, and nothing is cut."""

    text = LinesField(
        max_length=500,
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("At most 500 characters; this has %(show_value)s."),
        },
    )


class DisinterestForm(forms.Form):
    """What of a clip somebody does not want: itself, or all of its creator, a topic, its sound."""

    WHAT = ("clip", "creator", "topic", "sound")

    what = forms.ChoiceField(choices=[(each, each) for each in WHAT], required=False)
    topic = forms.CharField(max_length=LONGEST_HASHTAG, required=False)


class RoomForm(forms.Form):
    """The room that another site has for a clip, in CSS pixels."""

    maxwidth = forms.IntegerField(min_value=1, max_value=10_000, required=False)
    maxheight = forms.IntegerField(min_value=1, max_value=10_000, required=False)
