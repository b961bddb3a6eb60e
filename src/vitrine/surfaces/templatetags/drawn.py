"""A part of a page that is drawn once for each set of values: ``{% load drawn %}``.

``{% drawn here=here unread=unread %}…{% enddrawn %}`` knows these values, the language of the page
and nothing else, so that what one visitor's page is made of is never shown to another.

``{% drawn few=few with price=price %}…{% enddrawn %}`` is drawn once for each ``few``, around a gap
where it says ``{{ price }}``: that is filled in for each page, and may only be shown.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.base import (
    FilterExpression,
    NodeList,
    Parser,
    Token,
    render_value_in_context,
    token_kwargs,
)
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 256
"""Drawings of one part that are kept."""
_PAGE = "language_of_page"
_MARK = "\0"

register = template.Library()


def page(request: HttpRequest) -> dict[str, str | None]:
    """Tell the parts of a page its language: asking dozens of times is a twentieth of a page."""
    return {_PAGE: get_language()}


class Gap(SafeString):
    """Where something is filled in later. was_asked: something was to hang on it, and cannot.

    It is remembered because ``{% if %}`` takes whatever is raised in it for a no.
    """

    was_asked = False

    def __bool__(self) -> bool:
        self.was_asked = True
        return False

    def __eq__(self, other: object) -> bool:
        self.was_asked = True
        return False

    __hash__ = SafeString.__hash__


class Drawn(template.Node):
    """What was drawn, by language and values; none is ever wrong, so that the oldest just goes."""

    def __init__(
        self,
        nodes: NodeList,
        given: Mapping[str, FilterExpression],
        filled: Mapping[str, FilterExpression],
    ) -> None:
        self.nodelist, self.given, self.filled = nodes, given, filled
        self.kept: dict[tuple[Any, ...], str] = {}

    def render(self, context: Context) -> SafeString:
        """Draw it, or take it as it was drawn before, and fill it in. The values are hashable."""
        values = {name: one.resolve(context, True) for name, one in self.given.items()}
        key = (context.get(_PAGE) or get_language(), *values.values())
        kept = self.kept.get(key)
        if kept is None:
            kept = self._drawn(context, values)
            while len(self.kept) >= MOST:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[key] = kept
        if not self.filled:
            return SafeString(kept)
        return SafeString(
            kept
            % {
                name: render_value_in_context(one.resolve(context), context)
                for name, one in self.filled.items()
            }
        )

    def _drawn(self, context: Context, values: dict[str, Any]) -> str:
        """Return the part as a text, a format where something is filled in."""
        gaps = {name: Gap(f"{_MARK}{name}{_MARK}") for name in self.filled}
        known = {_PAGE: context.get(_PAGE), **values, **gaps}
        drawn = str(self.nodelist.render(context.new(known)))
        if not gaps:
            return drawn
        drawn = drawn.replace("%", "%%")
        for name, gap in gaps.items():
            drawn = drawn.replace(str(gap), f"%({name})s")
        if _MARK in drawn or any(gap.was_asked for gap in gaps.values()):
            raise TypeError(f"What is filled in is only shown: {', '.join(gaps)}.")
        return drawn


@register.tag
def drawn(parser: Parser, token: Token) -> Drawn:
    """Read the names and values, and the part up to ``enddrawn``."""
    tag, *said = token.split_contents()
    given = token_kwargs(said, parser)
    filled: Mapping[str, FilterExpression] = {}
    if said[:1] == ["with"]:
        del said[0]
        filled = token_kwargs(said, parser)
    if said:
        raise template.TemplateSyntaxError(f"{tag} takes name=value alone, not {said[0]!r}.")
    nodes = parser.parse(("enddrawn",))
    parser.delete_first_token()
    return Drawn(nodes, given, filled)
