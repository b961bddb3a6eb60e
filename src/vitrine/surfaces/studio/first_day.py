"""What a clip's creator is told of its first day."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from vitrine.feed import weights
from vitrine.feed.models import FairHearing, FirstDay
from vitrine.videos.models import Clip

WHY = {
    FairHearing.FAIR: gettext_noop(
        "Each new clip is to be shown to {share} viewers: it had its share."
    ),
    FairHearing.NOT_OPEN: gettext_noop(
        "Each new clip that everybody may see is to be shown to {share} viewers: not everybody may "
        "see this one."
    ),
    FairHearing.FEW_PLACES: gettext_noop(
        "Each new clip is to be shown to {share}, but there were too few viewers for all that were "
        "new: those of that day were shown to {average} on average."
    ),
    FairHearing.OUTDRAWN: gettext_noop(
        "Each new clip is to be shown to {share}. Viewers stayed less with this one than with "
        "others, which drew its places: those of that day were shown to {average} on average."
    ),
}


@dataclass(frozen=True)
class Told:
    """showings: viewers. why: a sentence."""

    showings: int
    why: str


def of(clip: Clip) -> Told | None:
    """Say what became of a clip's first day; None where it is not over. Queries: 1."""
    found = FirstDay.objects.filter(clip=clip).first()
    if found is None:
        return None
    said = gettext(WHY[FairHearing(found.hearing)])
    return Told(found.showings, said.format(share=weights.HARDLY_SHOWN, average=found.average))
