"""Where a viewer met a clip. No Django: tokens, models and pages all use it."""

from enum import StrEnum
from urllib.parse import urlsplit


class Source(StrEnum):
    """Where a clip was met. A token holds the place in this list: only ever add at the end."""

    FOR_YOU = "for_you"
    FOLLOWING = "following"
    PROFILE = "profile"
    LINK = "link"
    SEARCH = "search"
    TAG = "tag"
    EMBED = "embed"
    RELATED = "related"

    @property
    def label(self) -> str:
        """Say it to a creator."""
        return _LABELS[self]


_LABELS = {
    Source.FOR_YOU: "For you",
    Source.FOLLOWING: "Following",
    Source.PROFILE: "Your profile",
    Source.LINK: "A link",
    Source.SEARCH: "Search",
    Source.TAG: "A tag page",
    Source.EMBED: "Another site",
    Source.RELATED: "More to watch",
}
IN_ORDER = tuple(Source)

_PREFIXES = (
    ("/@", Source.PROFILE),
    ("/search", Source.SEARCH),
    ("/tags/", Source.TAG),
    ("/t/", Source.TAG),
    ("/following", Source.FOLLOWING),
    ("/v/", Source.RELATED),
)


def of_referrer(referrer: str, *, origin: str) -> Source:
    """Tell where a clip page was opened from, by the page that led to it.

    origin: ours, e.g. "https://clips.example.org". What comes from elsewhere is a link.
    """
    if not referrer.startswith(f"{origin}/"):
        return Source.LINK
    path = urlsplit(referrer).path
    if path == "/":
        return Source.FOR_YOU
    return next((source for prefix, source in _PREFIXES if path.startswith(prefix)), Source.LINK)
