"""What a viewer does in the feed."""

from playwright.sync_api import Locator

from tests.journeys.visitor import Visitor

MOST_LOADS = 30


def play(video: Locator) -> Locator:
    """Start a video as its play button does, muted."""
    video.evaluate("(video) => { video.muted = true; return video.play(); }")
    return video


def meet(viewer: Visitor, clip: str) -> Locator:
    """Open the feed until a clip is in it, and swipe to it. Returns its article.

    A feed never repeats itself, so a clip that is out of the first clips comes with a next page.
    """
    article = viewer.page.locator(f"#clip-{clip}")
    for _ in range(MOST_LOADS):
        viewer.go("/")
        if article.count():
            article.scroll_into_view_if_needed()
            return article
    raise AssertionError(f"The clip {clip} was not in the feed.")
