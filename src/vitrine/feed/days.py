"""Days of a cell, for counting: a view counts on the day on which its clip was served."""

from datetime import date, datetime, timedelta

from vitrine.feed.impressions import EXPIRES_AFTER
from vitrine.sovereignty.cell import local_day

__all__ = ["first_open", "local_day"]

MARGIN = timedelta(hours=1)
"""Between the last token of a day and its closing: what was accepted is committed by then."""


def first_open(at: datetime) -> date:
    """Return the first day whose tokens may still come back."""
    return local_day(at - EXPIRES_AFTER - MARGIN)
