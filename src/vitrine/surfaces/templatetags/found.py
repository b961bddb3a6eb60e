"""What was searched for, marked in a text: ``{% load found %}``."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString

from vitrine.search import text

register = template.Library()


@register.filter
def found(given: str, words: Sequence[str]) -> SafeString:
    """Mark the words that were found: ``{{ clip.title|found:words }}``."""
    return text.marked(given, words)
