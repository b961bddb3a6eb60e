"""When a draft goes out, or why it did not, in words for its creator."""

from dataclasses import dataclass

from django.utils.translation import gettext

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
        sentence = gettext(
            "It should have gone out {when}, and could not: {trouble} "
            "It is tried again every minute for a day; then it stays a draft."
        )
        trouble = gettext(clip.schedule_trouble)
        return Outing(sentence.format(when=when, trouble=trouble), is_late=True)
    sentence = gettext("Goes out {when}.")
    if local_time.is_twice(clip.scheduled_at):
        sentence = gettext(
            "Goes out {when}. The clocks go back that night and show this time twice: it goes out "
            "the first time."
        )
    return Outing(sentence.format(when=when))
