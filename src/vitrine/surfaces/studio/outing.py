"""When a draft goes out, or why it did not, in words for its creator."""

from dataclasses import dataclass

from vitrine.surfaces.studio import local_time
from vitrine.videos.models import Clip


@dataclass(frozen=True)
class Outing:
    """What is planned for a draft. is_late: its time has come, and it was refused."""

    sentence: str
    is_late: bool = False


def of(clip: Clip) -> Outing | None:
    """Say what is planned for a clip; None where nothing is. Queries: 0."""
    if clip.scheduled_at is None or clip.published_at is not None:
        return None
    when = local_time.said(clip.scheduled_at)
    if clip.schedule_trouble:
        return Outing(
            f"It should have gone out {when}, and could not: {clip.schedule_trouble} "
            "It is tried again every minute for a day; then it stays a draft.",
            is_late=True,
        )
    twice = (
        " The clocks go back that night and show this time twice: it goes out the first time."
        if local_time.is_twice(clip.scheduled_at)
        else ""
    )
    return Outing(f"Goes out {when}.{twice}")
