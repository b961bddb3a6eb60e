"""Whose watches speak for others: what is learnt of them, in tables and in news."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from tests import make
from tests.feed import telling
from tests.feed.learned import learn, watch_all
from vitrine.feed import serving
from vitrine.feed.learning import rebuilding, served
from vitrine.feed.learning.tables import Learnt, places
from vitrine.feed.weights import CROWD, KNOWN_BY_CREATORS, KNOWN_FEWEST
from vitrine.videos.models import Clip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
YESTERDAY = make.NOON - timedelta(days=1)


def regulars(size: int, *, clips: list[Clip], at: datetime = YESTERDAY) -> list[str]:
    """Have accounts stay with clips; return their names."""
    names = [f"v_regular{n}" for n in range(size)]
    for name in names:
        watch_all(clips, to=name, at=at)
    return names


def mapped() -> Learnt:
    """Return what a web process finds."""
    found = served.learnt()
    assert found is not None
    return found


def tally(clip: Clip) -> tuple[int, int]:
    """Return how often a clip was shown and stayed with: tables and news."""
    of, key = mapped(), np.array([clip.pk], np.int64)
    (line,), (place,) = of.tables.lines(key), places(key, of.news.clips)
    found = np.zeros(2, np.int64)
    if line >= 0:
        found += of.tables.shown[line], of.tables.stays[line]
    if place >= 0:
        found += of.news.shown[place], of.news.stays[place]
    return int(found[0]), int(found[1])


def test_a_crowd_lifts_no_clip_and_as_many_who_were_there_yesterday_do() -> None:
    several = [make.clip() for _ in range(KNOWN_BY_CREATORS)]
    lifted, loved = make.clip(), make.clip()
    names = regulars(KNOWN_FEWEST, clips=several)
    rebuilding.rebuild()

    for number, name in enumerate(names):
        watch_all([several[0], lifted], to=f"v_crowd{number}")
        watch_all([loved], to=name)
    learn()
    in_news = tally(lifted), tally(loved)
    rebuilding.rebuild()

    assert in_news == ((0, 0), (KNOWN_FEWEST, KNOWN_FEWEST))
    assert (tally(lifted), tally(loved)) == ((1, 1), (KNOWN_FEWEST, KNOWN_FEWEST))
    most = KNOWN_FEWEST + KNOWN_FEWEST * CROWD + 1
    assert tally(several[0]) == (most, most)


def test_news_of_accounts_that_are_known_come_to_what_the_next_tables_are() -> None:
    several = [make.clip() for _ in range(KNOWN_BY_CREATORS)]
    new = [make.clip() for _ in range(3)]
    names = regulars(KNOWN_FEWEST, clips=several)
    rebuilding.rebuild()
    for name in names[:4]:
        watch_all(new, to=name)

    learn()
    bit_by_bit = [tally(clip) for clip in new]
    pairs = dict(zip(mapped().news.pair_from.tolist(), mapped().news.pair_counts, strict=False))
    rebuilding.rebuild()

    assert pairs
    assert bit_by_bit == [tally(clip) for clip in new] == [(4, 4)] * 3


def test_news_know_an_account_by_its_creators_and_not_by_its_clips() -> None:
    several, maker = [make.clip() for _ in range(KNOWN_BY_CREATORS)], make.person()
    of_one, clip = [make.clip(maker) for _ in range(KNOWN_BY_CREATORS)], make.clip()
    regulars(KNOWN_FEWEST, clips=several)
    watch_all(of_one, to="v_narrow", at=YESTERDAY)
    watch_all(several, to="v_broad", at=YESTERDAY)
    rebuilding.rebuild()

    telling.watch(clip, to="v_narrow")
    learn()
    narrow = tally(clip)
    telling.watch(clip, to="v_broad")
    learn()

    assert (narrow, tally(clip)) == ((0, 0), (1, 1))


def test_a_page_learns_from_its_own_viewer_however_little_they_are_known() -> None:
    old = make.NOON - timedelta(days=20)
    kinds = [[make.clip(published_at=old) for _ in range(10)] for _ in range(2)]
    for number, clips in enumerate(kinds):
        for viewer in range(KNOWN_FEWEST // 2):
            watch_all(clips, to=f"v_{number}_{viewer}", at=YESTERDAY)
    rebuilding.rebuild()

    watch_all(kinds[1][:3], to="v_today")
    learn()
    page = serving.next_clips("v_today", AnonymousUser(), size=6, at=make.NOON)

    own = {clip.pk for clip in kinds[1]}
    assert sum(one.clip in own for one in page) >= 4
    assert tally(kinds[1][0]) == (KNOWN_FEWEST // 2, KNOWN_FEWEST // 2)
