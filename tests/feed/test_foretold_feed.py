"""For you, once it is foretold what a viewer will do with a clip."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from math import ceil

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.ads import making
from tests.feed import telling
from tests.feed.learned import watch_all
from vitrine.ads import bidding, blending, hiding, holding, load, planning, standing
from vitrine.ads.models import AdGroup, Campaign, Showing
from vitrine.feed import history, serving, signs, valuing, weights
from vitrine.feed.learning import log, rebuilding, served
from vitrine.feed.models import Habit, Slate, Watch
from vitrine.feed.signs import FORM, SIGNS, WIDTH
from vitrine.feed.weighing import OURS
from vitrine.videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NOBODY = AnonymousUser()
OLD = make.NOON - timedelta(days=20)


def a_cell_that_shows(*, viewers: int = 12) -> tuple[set[int], set[int]]:
    """Have viewers be shown good clips, which they watch, and bad ones, which they leave."""
    good, bad = ([make.clip(published_at=OLD) for _ in range(8)] for _ in range(2))
    for n in range(3):
        watch_all(good, to=f"v_first{n}", ms=8_000, at=OLD)
        for clip in bad:
            telling.watch(clip, 600, to=f"v_first{n}", at=OLD)
    rebuilding.rebuild()
    ones, others = {clip.pk for clip in good}, {clip.pk for clip in bad}
    for n in range(viewers):
        for one in serving.next_clips(f"v_{n}", NOBODY, size=16, at=make.NOON):
            clip = Clip.objects.get(pk=one.clip)
            telling.watch(clip, 9_000 if one.clip in ones else 500, to=f"v_{n}")
    return ones, others


@pytest.fixture
def learns_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hundred showings be enough."""
    monkeypatch.setattr(weights, "LEARNT_FROM", 100)


def test_signs_are_logged_with_a_page_and_read_with_what_came_of_it() -> None:
    ones, _ = a_cell_that_shows(viewers=2)

    found = log.read().showings

    assert len(found.served_s) == 32
    assert found.signs.shape == (32, len(SIGNS))
    slate = Slate.objects.order_by("pk").first()
    assert slate is not None
    assert len(slate.signs) == len(slate.clips) * WIDTH
    stayed = [9_000 if clip in ones else 500 for clip in slate.clips]
    assert found.watched_ms[:16].tolist() == stayed
    received = found.signs[:16, SIGNS.index("received")]
    assert min(received[np.array(stayed) > 500]) > max(received[np.array(stayed) == 500])


def test_too_few_showings_leave_the_declared_weights_in_place() -> None:
    a_cell_that_shows(viewers=2)

    rebuilding.rebuild()

    learnt = served.learnt()
    assert learnt is not None
    assert learnt.tables.foretelling.shape == (0, len(SIGNS) + 1)
    assert len(serving.next_clips("v_new", NOBODY, size=4, at=make.NOON)) == 4


@pytest.mark.usefixtures("learns_soon")
def test_what_was_learnt_ranks_what_will_be_watched_before_what_will_not() -> None:
    ones, others = a_cell_that_shows()

    rebuilding.rebuild()

    learnt = served.learnt()
    assert learnt is not None
    lines = learnt.tables.foretelling
    assert lines.shape == (len(weights.VALUE), len(SIGNS) + 1)
    assert lines[0, SIGNS.index("received")] > 0
    shown = [one.clip for one in serving.next_clips("v_new", NOBODY, size=16, at=make.NOON)]
    slate = Slate.objects.get(viewer="v_new")
    worths = dict(zip(slate.clips, slate.worths, strict=True))
    assert min(worths[clip] for clip in ones) > max(worths[clip] for clip in others)
    assert len(set(shown[:8]) & ones) >= 5


@pytest.fixture
def no_ads_known() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    for module in (bidding, holding, standing):
        module.forget()
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


@pytest.mark.usefixtures("learns_soon", "no_ads_known")
def test_beside_ads_that_take_more_than_they_bring_all_that_is_chosen_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ad = making.ad(making.group(bid_micros=6_000))
    campaign = Campaign.objects.filter(pk=ad.group.campaign.pk)
    a_cell_that_shows()
    rebuilding.rebuild()
    monkeypatch.setattr(secrets, "randbits", lambda bits: 7)  # each page throws the same dice

    def chosen(*, bid_micros: int, hides: int = 0) -> tuple[object, int]:
        """Return all that is known of a page of clips, and how many ads stand on it."""
        for rows in (Watch, Slate):
            rows.objects.filter(viewer="v_reads").delete()
        AdGroup.objects.update(bid_micros=bid_micros)
        for n in range(hides):
            hiding.hide(ad, viewer=f"v_hides{n}", at=make.NOON)
        standing.forget()
        clips, ads = serving.next_with_ads(
            "v_reads", NOBODY, language="en", first=5, size=10, at=make.NOON
        )
        (slate,) = Slate.objects.filter(viewer="v_reads").values()
        assert slate["worths"]
        return (clips, slate | {"id": None}), len(ads)

    campaign.update(paused_at=make.NOON)
    without = chosen(bid_micros=6_000)
    campaign.update(paused_at=None)

    assert chosen(bid_micros=1) == without
    assert chosen(bid_micros=6_000) == (without[0], 1)
    assert chosen(bid_micros=6_000, hides=400) == without


@pytest.mark.usefixtures("learns_soon", "no_ads_known")
def test_an_ad_pays_for_what_it_pushes_back_once_that_is_foretold() -> None:
    a_cell_that_shows()
    making.ad()

    def paid_micros(key: str) -> int:
        asked = {"language": "en", "first": 5, "size": 4, "at": make.NOON}
        _, (ad,) = serving.next_with_ads(key, NOBODY, **asked)  # type: ignore[arg-type]
        assert ad.after in {2, 3}
        return Showing.objects.get(viewer=key).price_micros

    assert paid_micros("v_before") == 2_000  # the least, for a usual clip
    rebuilding.rebuild()
    priced = paid_micros("v_after")

    worths = blending.pushed_back(Slate.objects.get(viewer="v_after").worths)
    costs = [int(load.MICROS_A_WORTH * worths[after]) for after in (2, 3)]
    chance = 0.6
    may_be = [ceil((load.RESERVE_MICROS + load.PUT_OFF_MICROS + cost) / chance) for cost in costs]
    assert min(abs(priced - one) for one in may_be) <= 1
    assert abs(priced - 2_000) > 10


@pytest.mark.usefixtures("learns_soon")
def test_the_same_log_gives_the_same_tables() -> None:
    a_cell_that_shows()

    assert rebuilding.rebuild() == rebuilding.rebuild()


@pytest.mark.usefixtures("learns_soon")
def test_signs_of_another_form_are_not_learnt_from() -> None:
    a_cell_that_shows()
    for slate in Slate.objects.all():
        slate.signs = bytes((FORM + 1,)) + bytes(slate.signs)[1:]
        slate.save(update_fields=["signs"])

    rebuilding.rebuild()

    assert len(log.read().showings.served_s) == 0
    learnt = served.learnt()
    assert learnt is not None
    assert not len(learnt.tables.foretelling)


@pytest.mark.parametrize("forget", ["all", "unprofiled"])
def test_who_forgets_or_wants_no_profile_is_not_learnt_from(forget: str) -> None:
    a_cell_that_shows(viewers=0)
    viewer = make.person()
    for one in serving.next_clips(viewer.public_id, viewer, size=4, at=make.NOON):
        telling.watch(Clip.objects.get(pk=one.clip), to=viewer.public_id, viewer=viewer)
    assert len(log.read().showings.served_s) == 4

    if forget == "all":
        history.forget(viewer, clip=None, at=make.NOON)
    else:
        Habit.unprofile(viewer, at=make.NOON)

    assert len(log.read().showings.served_s) == 0


@given(st.lists(st.lists(st.floats(-8, 8), min_size=len(SIGNS), max_size=len(SIGNS)), max_size=5))
def test_signs_are_read_as_they_were_logged(rows: list[list[float]]) -> None:
    known = np.array(rows, np.float64).reshape(-1, len(SIGNS))

    logged = signs.packed(known)

    assert all(len(one) == WIDTH for one in logged)
    assert signs.unpacked(b"".join(logged)) == pytest.approx(known, abs=0.005)


def test_what_a_sign_speaks_for_a_clip_is_told_apart() -> None:
    lines = np.zeros((len(weights.VALUE), len(SIGNS) + 1))
    lines[0, SIGNS.index("near")] = 2
    known = np.zeros((2, len(SIGNS)))
    known[0, SIGNS.index("near")] = 1

    valued = valuing.foretold(known, np.full(2, 0.5), lines, OURS)

    assert valued.values[0] > valued.values[1]
    assert valued.near[0] > valued.near[1] == 0
    assert not valued.alike.any()
    assert not valued.popular.any()
