"""Viewers who are made up are as their numbers say, and their best answer can be reckoned."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from vitrine.feed.plausible import SKIPPED_BEFORE_MS
from vitrine.feed.simulation.numbers import DAY_S, Numbers
from vitrine.feed.simulation.world import Watched, World, sessions

NUMBERS = Numbers(viewers=40, clips=800)


def watches(clips: Iterable[int], *, viewer: int = 0, times: int = 1) -> list[Watched]:
    """Watch some clips."""
    world, dice = World(NUMBERS), np.random.default_rng(5)
    return [world.watch(viewer, clip, 0, dice) for clip in clips for _ in range(times)]


@pytest.mark.parametrize("seed", range(4))
def test_lengths_are_log_normal_around_fifteen_seconds(seed: int) -> None:
    world = World(Numbers(clips=4_000, seed=seed))

    lengths = world.clips.lengths_s

    assert 14 < np.median(lengths) < 16
    assert abs(np.log(lengths[lengths < 150]).std() - 0.7) < 0.05


@pytest.mark.parametrize("clip", [3, 50, 400])
def test_what_is_expected_is_what_comes_of_many_watches(clip: int) -> None:
    world = World(NUMBERS)
    length_ms = world.clips.lengths_s[clip] * 1000

    found = np.array([one.watched_ms for one in watches([clip], times=6_000)]) / length_ms

    expected = world.expected(0, np.array([clip]), 0)[0]
    assert abs(found.mean() - expected) < 4 * found.std() / len(found) ** 0.5


def test_watch_time_has_a_mass_at_skips_at_the_end_and_at_replays() -> None:
    world = World(NUMBERS)
    lengths_ms = world.clips.lengths_s[:800] * 1000
    found = watches(range(800))
    share = np.array([one.watched_ms for one in found]) / lengths_ms

    skipped = np.mean([one.watched_ms < SKIPPED_BEFORE_MS for one in found])
    finished = np.mean([one.is_finished for one in found])

    assert 0.7 < skipped < 0.9
    assert 0.03 < finished < 0.2
    assert not np.any((share > 0.96) & (share < 0.999) & (lengths_ms > 3_200))
    assert 0.002 < np.mean(share > 1.5) < 0.06


def test_one_or_two_views_of_a_hundred_are_liked_and_few_are_bought() -> None:
    found = [one for one in watches(range(800), times=40) if one.watched_ms >= SKIPPED_BEFORE_MS]

    likes = np.mean([one.is_liked for one in found])
    buys = np.mean([one.is_bought for one in found])

    assert 0.01 < likes < 0.02
    assert buys < likes / 5


@pytest.mark.parametrize("seed", range(20))
def test_sessions_are_of_ten_to_eighty_swipes_and_do_not_overlap(seed: int) -> None:
    numbers = Numbers(hours=24 * 20)

    found = sessions(numbers, np.random.default_rng(seed))

    swipes = [count for _, count in found]
    assert min(swipes) >= 10
    assert max(swipes) <= 80
    assert 20 < np.median(swipes) < 40
    assert all(later - at > 80 * 30 for (at, _), (later, _) in pairwise(found))


def test_clips_come_out_one_after_the_other_for_as_long_as_it_lasts() -> None:
    clips = World(NUMBERS).clips

    assert (np.diff(clips.published_s) >= 0).all()
    assert clips.out(0) == 800
    assert clips.out(2 * DAY_S) == len(clips) == 804


def test_the_same_seed_gives_the_same_world_and_another_one_another() -> None:
    one, same, other = World(NUMBERS), World(NUMBERS), World(Numbers(viewers=40, clips=800, seed=2))

    assert (one.interests == same.interests).all()
    assert (one.clips.vectors == same.clips.vectors).all()
    assert not np.allclose(one.interests, other.interests)


def test_a_viewer_wanders_a_little_and_turns_altogether() -> None:
    world, dice = World(Numbers(viewers=200, clips=400, new_interest=0)), np.random.default_rng(3)
    liked = np.array([world.expected(viewer, slice(None), 0) for viewer in range(200)])
    for viewer in range(100):
        world.wander(viewer, dice)
    for viewer in range(100, 200):
        world.turn(viewer, dice)

    now = np.array([world.expected(viewer, slice(None), 0) for viewer in range(200)])

    alike = [np.corrcoef(*pair)[0, 1] for pair in zip(liked, now, strict=True)]
    assert np.mean(alike[:100]) > 0.98
    assert np.mean(alike[100:]) < 0.7


def test_a_topic_in_a_trend_is_watched_more() -> None:
    world = World(Numbers(viewers=5, clips=400))
    peak_s, topic = world.trends.peak_s[0], world.trends.topics[0]
    of_it = np.flatnonzero(world.clips.topics == topic)

    at_peak = world.expected(0, of_it, float(peak_s)).mean()

    assert at_peak > world.expected(0, of_it, float(peak_s) + 40 * DAY_S).mean()


def test_hashtags_are_written_beside_a_world_that_is_as_it_was_without() -> None:
    written = World(Numbers(viewers=20, clips=2_000))
    silent = World(Numbers(viewers=20, clips=2_000, tagged=0, mistagged=0, generic=0))

    assert (written.clips.vectors == silent.clips.vectors).all()
    assert (written.clips.published_s == silent.clips.published_s).all()
    assert (written.interests == silent.interests).all()
    assert not len(silent.clips.hashtags.numbers)
    numbers = written.numbers
    own, of = written.clips.hashtags.at(np.arange(len(written.clips)))
    is_right = own // numbers.words_of_topic == written.clips.topics[of]
    has_right = np.bincount(of[is_right], minlength=len(written.clips)) > 0
    assert numbers.tagged < has_right.mean() < numbers.tagged + 0.02
    assert is_right.mean() < 0.6
