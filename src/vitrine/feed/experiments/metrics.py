"""What arms are held against each other by."""

from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class Metric(StrEnum):
    """What is counted of each viewer, from their first page by an arm until the experiment ends.

    All but the last are divided by the days on which they were shown a page.
    """

    WATCHED = "watched_s"
    COMPLETED = "completed"
    LIKED = "liked"
    TAPPED = "tapped"
    ORDERED = "ordered"
    CAME = "came"

    @property
    def label(self) -> str:
        """Say it to the operator."""
        return gettext(_LABELS[self])


_LABELS = {
    Metric.WATCHED: gettext_noop("Seconds watched a day"),
    Metric.COMPLETED: gettext_noop("Clips watched to the end a day"),
    Metric.LIKED: gettext_noop("Likes a day"),
    Metric.TAPPED: gettext_noop("Taps on products a day"),
    Metric.ORDERED: gettext_noop("Orders a day"),
    Metric.CAME: gettext_noop("Days with a visit"),
}
