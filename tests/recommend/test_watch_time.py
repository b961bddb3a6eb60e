"""How good a watch was: among those of clips of like length, whatever the length."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.recommend import watch_time
from vitrine.recommend.watch_time import WatchTimes

times = st.lists(st.tuples(st.floats(0, 900_000), st.floats(500, 600_000)), min_size=1, max_size=60)


def arrays(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    watched, lengths = zip(*pairs, strict=True)
    return np.array(watched), np.array(lengths)


@given(times, times)
def test_a_gain_is_the_share_of_others_that_are_beaten(
    counted: list[tuple[float, float]], asked: list[tuple[float, float]]
) -> None:
    known = WatchTimes()
    known.add(*arrays(counted))
    empty = WatchTimes().counts

    gains = known.gain(*arrays(asked))

    for (watched, length), gain in zip(asked, gains, strict=True):
        (own,) = watch_time.step(*arrays([(watched, length)]))
        (place,) = watch_time.bucket(np.array([length]))
        others = [
            int(watch_time.step(*arrays([one]))[0])
            for one in counted
            if watch_time.bucket(np.array([one[1]]))[0] == place
        ]
        beaten = sum(1.0 if other < own else 0.5 if other == own else 0.0 for other in others)
        imagined = empty[place, :own].sum() + empty[place, own] / 2
        assert gain == pytest.approx((beaten + imagined) / (len(others) + empty[place].sum()))


@given(times)
def test_what_is_taken_back_was_never_counted(counted: list[tuple[float, float]]) -> None:
    known = WatchTimes()
    known.add(*arrays(counted))
    known.add(*arrays(counted), weight=-1.0)

    assert known.counts == pytest.approx(WatchTimes().counts)


def test_neither_long_nor_short_clips_are_favoured() -> None:
    dice = np.random.default_rng(1)
    lengths = np.repeat([6_000.0, 90_000.0], 5_000)
    # Short ones are mostly watched through, long ones mostly left early.
    watched = lengths * np.where(lengths < 10_000, dice.beta(5, 2, 10_000), dice.beta(1, 4, 10_000))
    known = WatchTimes()
    known.add(watched, lengths)

    gains = known.gain(watched, lengths)

    assert gains[:5_000].mean() == pytest.approx(0.5, abs=0.01)
    assert gains[5_000:].mean() == pytest.approx(0.5, abs=0.01)
    assert np.corrcoef(watched, lengths)[0, 1] > 0.5


def test_a_longer_watch_of_a_clip_is_never_worth_less() -> None:
    known = WatchTimes()
    known.add(np.array([1_000.0, 9_000.0, 30_000.0]), np.full(3, 15_000.0))
    watched = np.linspace(0, 60_000, 200)

    gains = known.gain(watched, np.full(200, 15_000.0))

    assert np.all(np.diff(gains) >= 0)
    assert 0 <= gains[0] < gains[-1] <= 1


def test_a_time_is_expected_again_from_its_gain() -> None:
    dice = np.random.default_rng(2)
    lengths = np.full(3_000, 20_000.0)
    watched = lengths * dice.beta(2, 3, 3_000)
    known = WatchTimes()
    known.add(watched, lengths)

    again = known.watched_ms(known.gain(watched, lengths), lengths)

    assert np.abs(again - watched).max() <= 20_000 / watch_time.STEPS


def test_old_watches_fade() -> None:
    known = WatchTimes()
    known.add(np.full(100, 1_000.0), np.full(100, 15_000.0))
    known.fade(0.0)
    known.add(np.array([14_000.0]), np.array([15_000.0]))

    assert known.gain(np.array([13_000.0]), np.array([15_000.0]))[0] == 0.0
