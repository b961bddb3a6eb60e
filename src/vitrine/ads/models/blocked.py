"""Which ads the operator's lists block: by where their goods stand in the tree, or by a word.

Source: docs/adr/0133-who-may-do-what-in-ads.md.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Concat

from vitrine.videos import comment_rules

SAID = (
    *("group__campaign__advertiser__name", "clip__title", "clip__description"),
    *("product__title", "product__brand", "product__category"),
)
"""Where the words of an ad are."""


class Folded(models.Func):
    """Text as ``kernel.text.folded`` has it, near enough for words."""

    template = (
        r"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\u0300-\u036f]', '', 'g')"
    )
    output_field = models.CharField()


def marks() -> dict[str, Any]:
    """Return what says of each ad whether it is blocked: is_blocked, and said, its words.

    Where no list is set nothing is looked up.
    """
    blocked, found = Q(), dict[str, Any]()
    for key in settings.VITRINE_AD_BLOCKED_CATEGORIES:
        at = "product__listed_in__key"
        blocked |= Q(**{at: key}) | Q(**{f"{at}__startswith": f"{key}/"})
    finder = comment_rules.finder(settings.VITRINE_AD_BLOCKED_WORDS)
    if finder is not None:
        parts = [part for field in SAID for part in (field, Value(" "))]
        found["said"] = Folded(Concat(*parts))
        blocked |= Q(said__regex=finder.pattern)
    yes, no = Value(True), Value(False)
    cases = [When(blocked, then=yes)] if blocked else []
    return {**found, "is_blocked": Case(*cases, default=no, output_field=models.BooleanField())}
