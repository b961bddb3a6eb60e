"""What follows when a film is recognised."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.safety import judged
from tests.videos.test_fingerprints import SILENCE, film
from vitrine.accounts.models import Suspension
from vitrine.safety import appealing, judging, tasks
from vitrine.safety.models import Case, Decision, Origin, Strike
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing
from vitrine.videos import fingerprinting, fingerprints
from vitrine.videos.fingerprinting import Taken
from vitrine.videos.fingerprints import Query
from vitrine.videos.models import BannedPrint, Clip, Fingerprint, Takedown

pytestmark = pytest.mark.django_db


def prepared(clip: Clip, seed: int) -> None:
    """Look a film up and keep its fingerprint, as the encode job does; run the job that follows."""
    shown = film(seed)
    query = Query.of(shown, SILENCE)
    banned = [
        row
        for row in BannedPrint.objects.in_force()
        if fingerprints.likeness(query, row.print).is_copy
    ]
    kept = fingerprints.fingerprint(shown, SILENCE)
    fingerprinting.keep(clip, Taken(kept, banned[0] if banned else None), at=make.NOON)
    job = ProcrastinateJob.objects.latest("pk")
    if job.task_name == "safety.compare":
        tasks.compare(**job.args)
    else:
        tasks.recognise(**job.args)


def banned_film(seed: int = 1) -> Clip:
    """Remove a clip for what it shows, by a moderator."""
    clip = make.clip()
    prepared(clip, seed)
    judged.decided(clip, Measure.REMOVE, reason="violence")
    return clip


def test_a_copy_of_a_removed_film_is_hidden_before_anybody_sees_it_and_a_row_says_so() -> None:
    banned_film()
    copy = make.clip()

    prepared(copy, 1)

    decision = Decision.objects.get(case__clip=copy)
    assert not Clip.objects.published().filter(pk=copy.pk).exists()
    assert (decision.by, decision.measure, decision.reason) == (None, "remove", "violence")
    assert not Strike.objects.filter(person=copy.creator).exists()
    assert not Suspension.objects.filter(person=copy.creator).exists()
    job = ProcrastinateJob.objects.filter(task_name="safety.recognise").get()
    tasks.recognise(**job.args)
    assert Decision.objects.filter(case__clip=copy).count() == 1


def test_another_film_is_not_touched() -> None:
    banned_film()
    other = make.clip()

    prepared(other, 2)

    assert Clip.objects.published().get() == other
    assert not Case.objects.filter(clip=other).exists()


def test_an_automatic_decision_can_be_appealed_and_is_undone_by_a_person() -> None:
    banned_film()
    copy = make.clip()
    prepared(copy, 1)
    decision = Decision.objects.get(case__clip=copy)

    appealing.appeal(decision, by=copy.creator, text="This is the news.", at=make.NOON)
    judging.decide(
        Case.objects.get(appeal__decision=decision), by=judged.moderator(), reason="violence",
        measure=Measure.NONE, words="", at=make.NOON,
    )  # fmt: skip

    assert Clip.objects.published().get() == copy


def test_a_ban_ends_with_the_decision_that_it_rests_on() -> None:
    first = banned_film()
    decision = Decision.objects.get(case__clip=first)
    appealing.appeal(decision, by=first.creator, text="This is the news.", at=make.NOON)
    judging.decide(
        Case.objects.get(appeal__decision=decision), by=judged.moderator(), reason="violence",
        measure=Measure.NONE, words="", at=make.NOON,
    )  # fmt: skip
    later = make.clip()

    prepared(later, 1)

    assert not BannedPrint.objects.in_force().exists()
    assert not Takedown.objects.exists()


def test_a_ban_outlives_its_clip() -> None:
    clip = banned_film()

    Clip.objects.filter(pk=clip.pk).delete()

    assert not Fingerprint.objects.exists()
    assert BannedPrint.objects.in_force().count() == 1


def test_another_creators_film_is_shown_to_a_moderator_and_stays() -> None:
    original, copy = make.clip(), make.clip()
    prepared(original, 3)

    prepared(copy, 3)

    case = Case.objects.get()
    assert (case.clip, case.reason, case.harm) == (copy, "copied", 1)
    assert Clip.objects.published().count() == 2


def test_a_film_that_waited_as_a_copy_is_decided_once_it_is_banned() -> None:
    clip = make.clip()
    Case.open_on(Thing.of(clip), reason="copied", at=make.NOON, origin=Origin.MATCHED)
    banned_film()

    prepared(clip, 1)

    decision = Decision.objects.get(case__clip=clip)
    assert (decision.by, decision.measure) == (None, "remove")
    assert not Clip.objects.published().filter(pk=clip.pk).exists()


def test_ones_own_film_sent_twice_is_nobodys_business() -> None:
    original = make.clip()
    prepared(original, 3)

    prepared(make.clip(original.creator), 3)

    assert not Case.objects.exists()


def test_spam_is_taken_down_and_not_banned() -> None:
    clip = make.clip()
    prepared(clip, 1)

    judged.decided(clip, Measure.REMOVE, reason="spam")

    assert not BannedPrint.objects.exists()
