"""What people type about a product or an order. A form validates and never saves."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from vitrine.catalog import pictures
from vitrine.kernel.fields import LinesField
from vitrine.orders.models import Review
from vitrine.orders.reviewing import Draft

STARS = [
    ("5", gettext_lazy("5, very good")),
    ("4", gettext_lazy("4, good")),
    ("3", gettext_lazy("3, all right")),
    ("2", gettext_lazy("2, not good")),
    ("1", gettext_lazy("1, bad")),
]


class ReviewForm(forms.Form):
    """Stars, words and pictures. The pictures come as several files of one field."""

    stars = forms.ChoiceField(
        choices=STARS,
        widget=forms.RadioSelect,
        label=gettext_lazy("Stars"),
        error_messages={"required": gettext_lazy("Choose from one to five stars.")},
    )
    text = LinesField(
        max_length=2000,
        required=False,
        label=gettext_lazy("What you think of it"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("Up to 2,000 characters. What would have helped you to decide?"),
    )

    @classmethod
    def of(cls, review: Review | None) -> "ReviewForm":
        """Return the form with what was written before."""
        if review is None:
            return cls()
        return cls(initial={"stars": str(review.stars), "text": review.text})

    def draft(self, files: "list[UploadedFile[bytes]]", dropped: list[str]) -> Draft:
        """Return what was typed, with the pictures; of each one byte more than allowed at most."""
        said: dict[str, Any] = self.cleaned_data
        sent = [file.read(pictures.MAX_BYTES + 1) for file in files if file.size]
        return Draft(int(said["stars"]), said["text"], sent, dropped)


class QuestionForm(forms.Form):
    """A question on a product, or an answer to one."""

    text = LinesField(
        max_length=500,
        label=gettext_lazy("Your question"),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("At most 500 characters; this has %(show_value)s."),
        },
    )


class MessageForm(forms.Form):
    """A message about an order."""

    text = LinesField(
        max_length=1000,
        label=gettext_lazy("Your message"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={
            "required": gettext_lazy("Write something first."),
            "max_length": gettext_lazy("At most 1,000 characters; this has %(show_value)s."),
        },
    )
