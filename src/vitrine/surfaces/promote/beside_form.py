"""What advertisers type of clips beside which their ads do not stand."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads.models import Advertiser, Avoidance
from vitrine.ads.models.beside import MOST_WORDS
from vitrine.catalog.models import Category
from vitrine.kernel.fields import LineField


class BesideForm(forms.Form):
    """Words and categories of clips that an advertiser avoids."""

    words = LineField(
        max_length=2_000,
        required=False,
        label=gettext_lazy("Words and hashtags"),
        help_text=gettext_lazy(
            "Of a clip’s title, description or hashtags, whole and in any case; spaces between."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    categories = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Clips on which is sold"),
    )

    def __init__(self, typed: Any = None, *, of: Advertiser) -> None:
        known = Avoidance.objects.filter(advertiser=of).first() or Avoidance()
        initial = {"words": " ".join(known.words), "categories": known.categories}
        super().__init__(typed, initial=initial, auto_id="beside-%s")
        top = Category.objects.filter(parent=None)
        chosen: Any = self.fields["categories"]
        chosen.choices = [(one.pk, gettext(one.name)) for one in top]

    def clean_words(self) -> list[str]:
        """Read words, each once."""
        typed = re.split(r"[\s,;]+", self.cleaned_data["words"].casefold())
        found = list(dict.fromkeys(filter(None, (word.strip("#") for word in typed))))
        for word in found:
            if re.fullmatch(r"\w{2,40}", word) is None:
                said = gettext("“{word}” is no word: letters and digits, two at least.")
                raise forms.ValidationError(said.format(word=word[:40]))
        if len(found) > MOST_WORDS:
            raise forms.ValidationError(gettext("At most {most} words.").format(most=MOST_WORDS))
        return found

    def clean_categories(self) -> list[int]:
        """Read the keys of categories."""
        return [int(key) for key in self.cleaned_data["categories"]]
