"""Places for the new: whose they are, and by what chances."""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from tests.feed import telling
from tests.feed.learned import learn, watch_all
from vitrine.feed import retrieval, unseen, weights
from vitrine.feed.learning import served
from vitrine.feed.learning.tables import NOTHING, Learnt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NOBODY = AnonymousUser()
KEY = "v_visitor"
OLD = make.NOON - timedelta(days=20)


def known_and_freshest() -> tuple[Learnt, Sequence[unseen.Unseen]]:
    learnt = served.learnt()
    assert learnt is not None
    return learnt, unseen.standing(KEY, NOBODY, tables=NOTHING, at=make.NOON).freshest


def test_chances_of_new_clips_add_up_and_go_by_what_is_known() -> None:
    clips = [make.clip(published_at=make.NOON) for _ in range(3)]
    watch_all(clips[:1], to="v_a", ms=9_000)
    for n in range(30):
        telling.watch(clips[1], 500, to=f"v_{n}")
    learn()
    learnt, rows = known_and_freshest()

    judged = retrieval.judged(learnt, rows, at_s=make.NOON.timestamp())
    wins = retrieval.wins(judged, np.arange(3), dice=np.random.default_rng(1))

    by_clip = dict(zip(judged.clips.tolist(), wins.tolist(), strict=True))
    assert sum(wins) == pytest.approx(1)
    assert by_clip[clips[1].pk] < 0.1 < by_clip[clips[2].pk]
    assert weights.HARDLY_SHOWN > 30


def test_places_for_the_new_are_for_clips_of_the_last_day_alone() -> None:
    young, _ = make.clip(published_at=make.NOON), make.clip(published_at=OLD)
    seen = make.clip(published_at=OLD)
    watch_all([seen], to="v_a")
    learn()
    learnt, rows = known_and_freshest()

    judged = retrieval.judged(learnt, rows, at_s=make.NOON.timestamp())
    wins = retrieval.wins(judged, np.arange(3), dice=np.random.default_rng(1))

    assert wins[judged.at(np.array([young.pk]))[0]] == 1
    assert sum(wins) == 1

    next_day = retrieval.judged(learnt, rows, at_s=make.NOON.timestamp() + 25 * 3600)
    assert not retrieval.wins(next_day, np.arange(3), dice=np.random.default_rng(1)).any()
