"""Where addresses lead, remembered: looking through all of them is a twentieth of a request."""

from django.urls import ResolverMatch, URLResolver

MOST = 1000


def remember(resolver: URLResolver) -> None:
    """Let a resolver remember those addresses in which nothing varies."""
    look_up = resolver.resolve
    known: dict[str, ResolverMatch] = {}

    def resolve(path: str) -> ResolverMatch:
        match = known.get(path)
        if match is None:
            match = look_up(path)
            if not match.args and not match.kwargs and len(known) < MOST:
                known[path] = match
        return match

    resolver.resolve = resolve  # type: ignore[method-assign]
