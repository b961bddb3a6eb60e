"""Where addresses lead, remembered: looking through all of them is a twentieth of a request."""

from collections.abc import Iterator

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

MOST = 1000


def remember(resolver: URLResolver) -> None:
    """Let a resolver remember those addresses in which nothing varies.

    The others are looked up among the patterns that share their first part, in the same order.
    """
    look_up = resolver.resolve
    known: dict[str, ResolverMatch] = {}
    below = {head: _narrowed(resolver, head).resolve for head in set(_heads(resolver))}

    def resolve(path: str) -> ResolverMatch:
        match = known.get(path)
        if match is None:
            head, is_part, _ = path[1:].partition("/")
            match = below.get(head, look_up)(path) if is_part else look_up(path)
            if not match.args and not match.kwargs and len(known) < MOST:
                known[path] = match
        return match

    resolver.resolve = resolve  # type: ignore[method-assign]


def _heads(resolver: URLResolver) -> Iterator[str]:
    """Yield the first parts with which addresses of a resolver begin for certain."""
    for one in resolver.url_patterns:
        literal = _literal(one)
        if literal == "" and isinstance(one, URLResolver):
            yield from _heads(one)
        elif literal and "/" in literal:
            yield literal.partition("/")[0]


def _narrowed(resolver: URLResolver, head: str) -> URLResolver:
    """Return a resolver with only those patterns that may match an address with this first part."""
    kept: list[URLPattern | URLResolver] = []
    for one in resolver.url_patterns:
        literal = _literal(one)
        if literal == "" and isinstance(one, URLResolver):
            kept.append(_narrowed(one, head))
        elif literal is None or f"{head}/".startswith(literal) or literal.startswith(f"{head}/"):
            kept.append(one)
    return URLResolver(
        resolver.pattern, kept, resolver.default_kwargs, resolver.app_name, resolver.namespace
    )


def _literal(one: URLPattern | URLResolver) -> str | None:
    """Return what an address has to begin with to match; None where only trying can tell."""
    if not isinstance(one.pattern, RoutePattern):
        return None
    return str(one.pattern).partition("<")[0]
