"""What people write, with its @handles and #hashtags as links: ``{% load linked %}``."""

from collections.abc import Container
from urllib.parse import quote

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from vitrine.videos import mentions
from vitrine.videos.mentions import Kind, Piece

register = template.Library()


@register.filter
def linked(given: str, named: Container[str]) -> SafeString:
    """Link a text: ``{{ comment.text|linked:talk.named }}``. named: handles that are somebody's."""
    return SafeString("".join(_html(piece, named) for piece in mentions.pieces(given)))


def _html(piece: Piece, named: Container[str]) -> str:
    shown = escape(piece.text)
    if piece.kind is Kind.HASHTAG:
        return f'<a class="in-text" href="/tags/{escape(quote(piece.name))}">{shown}</a>'
    if piece.kind is Kind.MENTION and piece.name in named:
        return f'<a class="in-text" href="/@{escape(piece.name)}">{shown}</a>'
    return shown
