"""Icons of the library lucide, each drawn once: ``{% load icons %}``."""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags import lucide as library

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> SafeString:
    """Draw an icon. The library parses and writes its XML anew each time; a page has dozens."""
    return SafeString(library.lucide(name, size=size, **attributes))
