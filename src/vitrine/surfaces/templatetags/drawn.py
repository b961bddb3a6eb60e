"""A part of a page that is drawn once for each set of values: ``{% load drawn %}``.

``{% drawn here=here unread=unread %}…{% enddrawn %}`` knows these values, the language of the page
and nothing else, so that what one visitor's page is made of is never shown to another.

``{% drawn few=few with price=price %}…{% enddrawn %}`` is drawn once for each ``few``, around a gap
where it says ``{{ price }}``: that is filled in for each page, and may only be shown. The mark of a
form is such a gap in every part: ``{% csrf_token %}`` may stand there.

``{% live %}…{% endlive %}`` in a part is drawn for each page, and knows what the page knows.
"""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from django.template.loader_tags import BlockNode
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MOST = 256
"""Drawings of one part that are kept."""
_PAGE = "language_of_page"
_LIVE = "live_of_part"
_FORM = "csrf_token"
_MARK = "\0"

Reading = Callable[[Context], Any]

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


@dataclass(frozen=True)
class Kept:
    """A part as it was drawn. text: a format where something is filled in.

    filled: what is shown in gaps; live: what is drawn for each page.
    """

    text: str
    filled: tuple[tuple[str, Reading], ...] = ()
    live: tuple[tuple[str, NodeList], ...] = ()
    has_form: bool = False

    def shown(self, context: Context) -> str:
        """Return it with what differs from page to page."""
        if not (self.filled or self.live or self.has_form):
            return self.text
        said = {name: _said(read(context), context) for name, read in self.filled}
        for name, nodes in self.live:
            said[name] = nodes.render(context)
        if self.has_form:
            said[_FORM] = escape(str(context.get(_FORM, "")))
        return self.text % said


class Drawn(template.Node):
    """What was drawn, by language and values; none is ever wrong, so that the oldest just goes."""

    def __init__(
        self,
        nodes: NodeList,
        given: Mapping[str, FilterExpression],
        filled: Mapping[str, FilterExpression],
    ) -> None:
        self.nodelist, self.given, self.filled = nodes, given, filled
        self.kept: dict[tuple[Any, ...], Kept] = {}

    def get_nodes_by_type(self, nodetype: type[template.Node]) -> list[template.Node]:
        """Return what is in it of a kind; no block is, for which each page looks everywhere."""
        if nodetype is BlockNode:
            return []
        found: list[template.Node] = super().get_nodes_by_type(nodetype)
        return found

    def render(self, context: Context) -> SafeString:
        """Draw it, or take it as it was drawn before, and fill it in. The values are hashable."""
        values = [one.resolve(context, True) for one in self.given.values()]
        key = (context.get(_PAGE) or get_language(), *values)
        kept = self.kept.get(key)
        if kept is None:
            kept = self._drawn(context, dict(zip(self.given, values, strict=True)))
            while len(self.kept) >= MOST:
                self.kept.pop(next(iter(self.kept)), None)
            self.kept[key] = kept
        return SafeString(kept.shown(context))

    def _drawn(self, context: Context, values: dict[str, Any]) -> Kept:
        gaps = {name: Gap(_marked(name)) for name in self.filled}
        live: dict[str, NodeList] = {}
        form = _marked(_FORM)
        known = {_PAGE: context.get(_PAGE), _LIVE: live, _FORM: form, **values, **gaps}
        drawn = str(self.nodelist.render(context.new(known)))
        if any(gap.was_asked for gap in gaps.values()):
            raise TypeError(f"What is filled in is only shown: {', '.join(gaps)}.")
        if _MARK not in drawn:
            return Kept(drawn)
        shown = {name: _read(one) for name, one in self.filled.items() if _marked(name) in drawn}
        has_form = form in drawn
        drawn = drawn.replace("%", "%%")
        for name in (*shown, *live, _FORM):
            drawn = drawn.replace(_marked(name), f"%({name})s")
        if _MARK in drawn:
            raise TypeError(f"What is filled in is only shown: {', '.join(gaps)}.")
        return Kept(drawn, tuple(shown.items()), tuple(live.items()), has_form)


class Live(template.Node):
    """What is drawn for each page, in a part that is not."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodelist = nodes

    def render(self, context: Context) -> SafeString:
        """Leave a gap in the part that is being drawn; draw it where none is."""
        live = context.get(_LIVE)
        if live is None:
            return self.nodelist.render(context)
        name = f"live {len(live)}"
        live[name] = self.nodelist
        return _marked(name)


def _marked(name: str) -> SafeString:
    return SafeString(f"{_MARK}{name}{_MARK}")


def _read(one: FilterExpression) -> Reading:
    """Return what reads a value as templates do; where it is just an attribute, the short way.

    Django asks of each step whether it is a key, an attribute, a place or something to be called:
    that was half of drawing a clip. Whatever is not plainly a key of a dict or an attribute is left
    to it.
    """
    lookups = getattr(one.var, "lookups", None)
    if one.filters or not lookups or one.var.translate:
        return one.resolve
    root, *steps = lookups

    def read(context: Context) -> Any:
        try:
            value = context[root]
            for step in steps:
                if type(value) is dict:
                    value = value[step]
                elif hasattr(type(value), "__getitem__") or callable(value):
                    return one.resolve(context)
                else:
                    value = getattr(value, step)
        except (KeyError, AttributeError):
            return one.resolve(context)
        return one.resolve(context) if callable(value) else value

    return read


def _said(value: Any, context: Context) -> str:
    """Return a value as ``{{ value }}`` shows it: texts and numbers need not be looked at twice."""
    if type(value) is str:
        return html.escape(value)
    return str(value) if type(value) is int else render_value_in_context(value, context)


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
    if nodes.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError(
            f"A block would be the same in all pages with this {tag}."
        )
    return Drawn(nodes, given, filled)


@register.tag
def live(parser: Parser, token: Token) -> Live:
    """Read the part up to ``endlive``."""
    nodes = parser.parse(("endlive",))
    parser.delete_first_token()
    return Live(nodes)
