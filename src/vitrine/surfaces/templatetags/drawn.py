"""A part of a page that is drawn once for each set of values: ``{% load drawn %}``.

``{% drawn here=here unread=unread %}…{% enddrawn %}`` knows these values, the language of the page
and nothing else, so that what one visitor's page is made of is never shown to another.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 256
"""Drawings of one part that are kept."""

register = template.Library()


class Drawn(template.Node):
    """What was drawn, by language and values; none is ever wrong, so that the oldest just goes."""

    def __init__(self, nodes: NodeList, given: Mapping[str, FilterExpression]) -> None:
        self.nodelist, self.given = nodes, given
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Draw it, or return it as it was drawn before. The values have to be hashable."""
        values = {name: one.resolve(context, True) for name, one in self.given.items()}
        key = (get_language(), *values.values())
        kept = self.kept.get(key)
        if kept is None:
            kept = self.nodelist.render(context.new(values))
            while len(self.kept) >= MOST:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[key] = kept
        return kept


@register.tag
def drawn(parser: Parser, token: Token) -> Drawn:
    """Read the names and values, and the part up to ``enddrawn``."""
    tag, *said = token.split_contents()
    given = token_kwargs(said, parser)
    if said:
        raise template.TemplateSyntaxError(f"{tag} takes name=value alone, not {said[0]!r}.")
    nodes = parser.parse(("enddrawn",))
    parser.delete_first_token()
    return Drawn(nodes, given)
