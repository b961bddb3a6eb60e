"""A clip in a feed: why it is shown, and what the viewer has to do with it."""

from dataclasses import dataclass

from vitrine.feed.ranking import Reason


@dataclass(frozen=True, slots=True)
class Place:
    """A clip in a feed, and what the viewer has to do with it."""

    clip: int
    reason: str
    is_liked: bool
    is_saved: bool
    is_followed: bool


def reason(why: Reason) -> str:
    """Say in a few words why a clip is shown."""
    return {
        Reason.FOLLOWED: "Because you follow",
        Reason.FRESH: "New in the case",
        Reason.POPULAR: "Popular right now",
        Reason.EXPLORING: "Looking for its audience",
    }[why]
