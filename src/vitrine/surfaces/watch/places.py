"""A clip in a feed: why it is shown, and what the viewer has to do with it."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from vitrine.ads.serving import Shown
from vitrine.feed.ranking import Reason


@dataclass(frozen=True, slots=True)
class Place:
    """A clip in a feed, and what the viewer has to do with it. ad: what of it was paid for."""

    clip: int
    reason: str
    is_liked: bool
    is_saved: bool
    is_followed: bool
    ad: Shown | None = None


def reason(why: Reason) -> str:
    """Say in a few words why a clip is shown, in the language of the page."""
    return gettext(_WHY[why])


_WHY = {
    Reason.FOLLOWED: gettext_noop("Because you follow"),
    Reason.FRESH: gettext_noop("New in the case"),
    Reason.POPULAR: gettext_noop("Popular right now"),
    Reason.EXPLORING: gettext_noop("Looking for its audience"),
    Reason.ALIKE: gettext_noop("Like what you watched"),
}
