"""What follows when a film is recognised: an automatic decision, or a case for a moderator."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import languages
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision, Origin
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.videos import fingerprinting
from vitrine.videos.models import BannedPrint, Clip

SAME = gettext_noop("It looks and sounds like a film that was removed here.")


@transaction.atomic
def refuse(clip: Clip, banned: BannedPrint, *, at: datetime) -> None:
    """Decide, without a person, that a copy of a banned film stays hidden; again is no error."""
    if Decision.objects.filter(case__clip=clip, by=None, measure=Measure.REMOVE).exists():
        return
    case = Case.open_on(Thing.of(clip), reason=banned.reason, at=at, origin=Origin.MATCHED)
    with languages.of(clip.creator):
        same = gettext(SAME)
    judging.decide(case, by=None, reason=banned.reason, measure=Measure.REMOVE, words=same, at=at)


def compare(clip: Clip, *, at: datetime) -> None:
    """Let a moderator see a clip that is like another creator's. Nothing is hidden meanwhile."""
    original = fingerprinting.original_of(clip)
    if original is not None:
        Case.open_on(Thing.of(clip), reason="copied", at=at, origin=Origin.MATCHED)
