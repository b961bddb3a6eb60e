"""QR codes for the cameras of phones: ``{% load qr %}``."""

import segno
from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def qr(text: str) -> SafeString:
    """Draw a text as an SVG without a size or a ground of its own."""
    svg = segno.make(text, error="m").svg_inline(
        border=0, omitsize=True, svgclass="qr-code", lineclass=None
    )
    return mark_safe(svg)  # noqa: S308  (numbers only: the library writes no text of ours)
