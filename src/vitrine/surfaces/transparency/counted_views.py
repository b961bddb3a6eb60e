"""What the page about views shows: the rules as the code has them, and what was not believed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vitrine.feed import counting, deliveries, impressions, pacing, plausible, rejections
from vitrine.feed.plausible import Reason

closed_through = counting.closed_through


@dataclass(frozen=True)
class Rejected:
    """Reports of the last days that were not believed for one reason."""

    reason: Reason
    reports: int


def rules() -> dict[str, Any]:
    """Return the numbers that the rules are made of. Queries: 0."""
    return {
        "enough_s": plausible.ENOUGH_MS // 1000,
        "fastest": plausible.FASTEST,
        "expires_h": int(impressions.EXPIRES_AFTER.total_seconds()) // 3600,
        "most_an_hour": pacing.MOST_AN_HOUR,
        "are_sent_here": deliveries.are_sent_here(),
        "shown_days": rejections.SHOWN.days,
    }


def rejected(*, at: datetime) -> list[Rejected]:
    """Return what was not believed in the last days, by reason. Queries: 1."""
    return [Rejected(reason, number) for reason, number in rejections.counted(at=at).items()]
