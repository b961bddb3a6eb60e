"""Where a viewer met a clip. No models: tokens, models and pages all use it."""

from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_noop


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
    SOUND = "sound"
    AD = "ad"

    @property
    def label(self) -> str:
        """Say it to a creator, in the language of the page."""
        return gettext(LABELS[self])


LABELS = {
    Source.FOR_YOU: gettext_noop("For you"),
    Source.FOLLOWING: gettext_noop("Following"),
    Source.PROFILE: gettext_noop("Your profile"),
    Source.LINK: gettext_noop("A link"),
    Source.SEARCH: gettext_noop("Search"),
    Source.TAG: gettext_noop("A tag page"),
    Source.EMBED: gettext_noop("Another site"),
    Source.RELATED: gettext_noop("More to watch"),
    Source.SOUND: gettext_noop("A sound’s page"),
    Source.AD: gettext_noop("An ad"),
}
IN_ORDER = tuple(Source)

_PREFIXES = (
    ("/@", Source.PROFILE),
    ("/search", Source.SEARCH),
    ("/tags/", Source.TAG),
    ("/t/", Source.TAG),
    ("/sounds/", Source.SOUND),
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
