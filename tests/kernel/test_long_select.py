"""A long list of choices is written at once, and as Django would."""

from django import forms
from django.test.html import parse_html

from vitrine.kernel.fields import LongSelect

CHOICES = [("", "Choose"), ("NY", "New York"), ("QC", 'Québec & <others> "here"')]
KINDS = (LongSelect, forms.Select)
ATTRS = {"id": "buy-region", "required": True, "disabled": False, "autocomplete": "off"}


def test_a_long_list_of_choices_is_what_django_writes() -> None:
    ours, theirs = (kind(choices=CHOICES).render("region", "QC", ATTRS) for kind in KINDS)

    assert parse_html(ours) == parse_html(theirs)
    assert "<others>" not in ours
