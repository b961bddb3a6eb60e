"""Of a crowd that came lately a few are heard on each clip; what an account did makes it known."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vitrine.feed.learning import voices
from vitrine.feed.learning.log import Log, Showings
from vitrine.feed.learning.topics import Topics
from vitrine.feed.learning.voices import DAY_S, NEVER, Usual
from vitrine.feed.weights import CROWD, KNOWN_BY_CREATORS, KNOWN_DAYS, KNOWN_FEWEST
from vitrine.recommend.arrays import Counts

NOW_S = 20_000 * DAY_S + 40_000
ONE_CLIP = 0


def since(*days: int) -> Counts:
    """Return since when accounts are known, on so many days; 0: they are not."""
    return np.array([NOW_S - (n - 1) * DAY_S if n else NEVER for n in days], np.int64)


def heard(days: list[int], usual: int) -> list[bool]:
    """Tell who is heard on one clip that all of them watched."""
    of = Usual(NOW_S, np.array([usual, usual], np.int64))
    return [bool(one) for one in voices.heard(np.full(len(days), ONE_CLIP), since(*days), of)]


known_days = st.integers(0, KNOWN_DAYS)
crowds = st.lists(known_days, max_size=80)


@given(crowds, known_days)
def test_who_is_known_for_longer_is_not_heard_less(days: list[int], usual: int) -> None:
    found = heard(days, usual)

    assert all(one for one, n in zip(found, days, strict=True) if n >= usual)
    for place, n in enumerate(days):
        others = [*days[:place], min(n + 1, KNOWN_DAYS), *days[place + 1 :]]
        assert heard(others, usual)[place] >= found[place]


@given(crowds, known_days, st.integers(1, 500))
def test_a_crowd_of_any_size_adds_a_quarter_and_one(days: list[int], usual: int, size: int) -> None:
    others = sum(n >= usual for n in days)

    found = heard([*days, *[0] * size], usual)

    if usual:
        assert sum(found) == others + min(len(days) + size - others, int(CROWD * others) + 1)


@given(crowds, st.integers(1, 100_000))
def test_neither_a_crowd_nor_a_few_who_were_there_first_say_what_is_usual(
    days: list[int], size: int
) -> None:
    honest = [*days, *[4] * 2 * KNOWN_FEWEST]
    crowd = [1] * min(size, len(honest) ** 2)

    found = voices.usual(since(*honest, *crowd, *[KNOWN_DAYS] * (KNOWN_FEWEST - 1)), NOW_S).on(
        NOW_S
    )

    assert found >= 4
    assert voices.usual(since(*[4] * 60, *[KNOWN_DAYS] * (KNOWN_FEWEST - 1)), NOW_S).on(NOW_S) == 4


def test_in_a_young_cell_all_speak_in_full() -> None:
    first_day = since(*[1] * 1_000, *[0] * 1_000)
    few = since(*[2] * (KNOWN_FEWEST - 1), *[0] * 1_000)
    enough = since(*[2] * KNOWN_FEWEST, *[0] * 1_000)

    assert [voices.usual(one, NOW_S).on(NOW_S) for one in (first_day, few, enough)] == [0, 0, 2]
    assert heard([0] * 100, 0) == [True] * 100


def test_what_is_usual_after_midnight_is_known_before() -> None:
    of = voices.usual(since(*[1] * KNOWN_FEWEST), NOW_S)

    assert [of.on(NOW_S + n * DAY_S) for n in (0, 1, 2)] == [0, 2, 2]


def test_an_account_is_known_since_its_first_stay_with_a_fifth_creator() -> None:
    narrow = [(0, 1, n) for n in range(1, 40)]
    broad = [
        (1, creator, 100 * creator + n)
        for creator in range(1, KNOWN_BY_CREATORS + 3)
        for n in (1, 2)
    ]
    left = [(2, creator, 0) for creator in range(1, 40)]
    gone = [(3, -1, n) for n in range(1, 40)]

    rows = np.array([*narrow, *left, *gone, *broad[::-1]], np.int64)
    found = voices.known_since(*np.ascontiguousarray(rows.T))

    assert found.tolist() == [NEVER, 100 * KNOWN_BY_CREATORS + 1, NEVER, NEVER]


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9 * DAY_S)), max_size=40))
def test_more_stays_make_nobody_less_known(stays: list[tuple[int, int]]) -> None:
    rows = np.array([(0, *one) for one in stays], np.int64).reshape(-1, 3)
    days = [
        voices.days_known(voices.known_since(*rows[:n].T.copy()), 9 * DAY_S).max(initial=0)
        for n in range(len(rows) + 1)
    ]

    assert days == sorted(days)
    assert (days[-1] > 0) == (len({creator for creator, _ in stays}) >= KNOWN_BY_CREATORS)


def log_of(rows: list[tuple[int, int, int]], creators: list[int]) -> Log:
    """Return a log of stays, each with a showing. rows: viewer, clip, when; clips are from 1."""
    viewer, clip, stayed_s = np.ascontiguousarray(np.array(rows, np.int64).T)
    watch, none = np.arange(len(rows)) + 1_000, np.zeros(len(rows), np.int64)
    shown = Showings(none, none, none > 0, none, none, watch[::-1].copy(), np.zeros((len(rows), 1)))
    clips = np.arange(len(creators)) + 1
    topics = Topics(np.zeros(len(clips) + 1, np.int64), np.zeros(0, np.int64))
    return Log(
        viewer=viewer, clip=clip, watched_ms=none, duration_ms=none, stayed_s=stayed_s, deeds=none,
        watch=watch, clips=clips, creators=np.array(creators), published_s=clips, lengths_ms=clips,
        topics=topics, showings=shown, position=0, late=none,
    )  # fmt: skip


SEVERAL = list(range(1, KNOWN_BY_CREATORS + 1))
KNOWN = [(n, clip, NOW_S - 2 * DAY_S) for n in range(40) for clip in SEVERAL]
"""Stays of forty accounts with clips of several creators, one of each."""


def test_what_is_foretold_is_learnt_of_those_who_are_heard() -> None:
    crowd = [(40 + n, 1, NOW_S) for n in range(400)]

    found, of = voices.heard_of(log_of([*KNOWN, *crowd], SEVERAL), NOW_S)

    assert of.on(NOW_S) == 3
    assert len(found.watch) == len(KNOWN) + CROWD * 40 + 1
    assert sorted(found.showings.watch) == sorted(found.watch)


def test_many_clips_of_one_creator_give_a_crowd_no_more_room_than_one() -> None:
    clips = range(len(SEVERAL) + 1, len(SEVERAL) + 101)
    crowd = [(40 + n, clip, NOW_S) for n in range(10) for clip in clips]

    of_nobody, _ = voices.heard_of(log_of([*KNOWN, *crowd], [*SEVERAL, *[9] * 100]), NOW_S)
    of_known, _ = voices.heard_of(log_of([*KNOWN, *crowd], [*SEVERAL, *[1] * 100]), NOW_S)

    assert len(of_nobody.watch) == len(KNOWN) + 1
    assert len(of_known.watch) == len(KNOWN) + CROWD * 40 + 1


def test_clips_that_are_gone_are_learnt_from_as_one() -> None:
    gone = [(n, 99, NOW_S) for n in range(80)]

    found, _ = voices.heard_of(log_of([*KNOWN, *gone], SEVERAL), NOW_S)
    empty, of = voices.heard_of(log_of(gone, []), NOW_S)

    assert len(found.watch) == len(KNOWN) + 40 + CROWD * 40 + 1
    assert (len(empty.watch), of.on(NOW_S)) == (len(gone), 0)
