"""The jobs of safety: what is recognised, and the statement of reasons."""

from functools import cache

from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.kills.jobs import Job, kills, posting, with_files
from tests.safety import judged
from tests.videos.test_fingerprints import SILENCE, film
from vitrine.safety.models import Case, Decision, Origin
from vitrine.safety.policy import Measure
from vitrine.videos import fingerprints
from vitrine.videos.models import BannedPrint, Cause, Clip, Fingerprint, Takedown


@cache
def _print() -> fingerprints.Print:
    return fingerprints.fingerprint(film(1), SILENCE)


def _clips_of_one_film() -> list[Clip]:
    """Make two clips, of two creators, that look the same."""
    clips = [with_files(make.clip()) for _ in range(2)]
    for clip in clips:
        Fingerprint.keep(clip, _print(), at=make.NOON)
    return clips


@kills("safety.compare")
def compare() -> Job:
    _, copy = _clips_of_one_film()

    def is_done() -> None:
        case = Case.objects.get(clip=copy)
        assert (case.reason, case.origin, case.closed_at) == ("copied", Origin.MATCHED, None)
        assert Clip.objects.published().filter(pk=copy.pk).exists()

    return Job({"clip_id": copy.pk}, is_done)


@kills("safety.recognise")
def recognise() -> Job:
    banned, copy = _clips_of_one_film()
    BannedPrint.ban(banned, reason="violence", at=make.NOON)
    Takedown.objects.create(clip=copy, cause=Cause.MATCHED, at=make.NOON)

    def is_done() -> None:
        decision = Decision.objects.get(case__clip=copy)
        assert (decision.by, decision.measure) == (None, Measure.REMOVE)
        assert Takedown.objects.get(clip=copy).cause == Cause.DECIDED
        assert BannedPrint.objects.filter(clip=copy).count() == 1
        told = ProcrastinateJob.objects.filter(
            task_name="safety.tell_author", args__decision_id=decision.pk
        )
        assert told.count() == 1

    arguments = {"clip_id": copy.pk, "banned_id": BannedPrint.objects.get(clip=banned).pk}
    return Job(arguments, is_done)


@kills("safety.tell_author")
def tell_author() -> Job:
    decision = judged.decided(with_files(make.clip()), Measure.REMOVE)
    return posting({"decision_id": decision.pk}, decision.get_absolute_url())
