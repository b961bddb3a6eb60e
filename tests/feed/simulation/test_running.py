"""Viewers watch what the feed's own code shows them."""

import numpy as np
import pytest

from vitrine.feed.simulation import crowding, figures, picture
from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.policies import Chance, Feed, Oracle, Popularity
from vitrine.feed.simulation.running import Run, run

NUMBERS = Numbers(viewers=20, clips=500, uploads_a_viewer_day=0.5, turned=0.5)


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    """Run a small cell under each policy."""
    return {policy.__name__: run(NUMBERS, policy) for policy in (Feed, Oracle, Popularity, Chance)}


def test_the_feed_serves_made_up_viewers_and_repeats_nothing(runs: dict[str, Run]) -> None:
    feed = runs["Feed"]

    pairs = set(zip(feed.viewer.tolist(), feed.clip.tolist(), strict=True))

    assert feed.repeats == 0
    assert len(pairs) == len(feed.viewer) > 1_000
    assert 0.5 < feed.is_ranked.mean() < 1
    assert (feed.chance > 0).all()
    assert (feed.world.clips.published_s[feed.clip] <= feed.at_s).all()


def test_viewers_come_and_swipe_alike_whatever_they_are_shown(runs: dict[str, Run]) -> None:
    counts = {name: np.bincount(one.viewer).tolist() for name, one in runs.items()}

    assert len({tuple(each) for each in counts.values()}) == 1


def test_nobody_is_better_than_the_oracle_and_chance_is_worst(runs: dict[str, Run]) -> None:
    worth = {name: one.value.mean() for name, one in runs.items()}

    assert worth["Oracle"] == max(worth.values())
    assert worth["Popularity"] > worth["Chance"]


def test_the_same_numbers_give_the_same_run(runs: dict[str, Run]) -> None:
    again = run(NUMBERS, Popularity)

    assert (again.clip == runs["Popularity"].clip).all()
    assert (again.watched_s == runs["Popularity"].watched_s).all()


def test_figures_are_told_with_what_they_are_sure_of(runs: dict[str, Run]) -> None:
    found = {
        one.metric: one for one in figures.figures(runs["Feed"], runs["Oracle"], runs["Popularity"])
    }

    assert {"share_of_oracle", "vs_popularity", "exploration_cost", "drift_watches"} <= set(found)
    for one in found.values():
        assert one.low <= one.value <= one.high, one
    assert found["repeats_in_500"].ok is True
    assert found["share_of_oracle"].value < 1


def test_the_oracle_is_all_of_itself_and_drifts_not_at_all(runs: dict[str, Run]) -> None:
    oracle = runs["Oracle"]

    found = {one.metric: one for one in figures.figures(oracle, oracle, runs["Popularity"])}

    assert found["share_of_oracle"].value == found["share_of_oracle"].low == 1
    assert found["drift_watches"].value == 0
    assert found["exploration_cost"].value == 0


def test_regret_is_drawn(runs: dict[str, Run]) -> None:
    drawn = picture.regret(runs["Oracle"], {"popularity": runs["Popularity"]})

    assert drawn.startswith("<svg")
    assert drawn.count("<polyline") == 1
    assert ">popularity<" in drawn


@pytest.mark.parametrize("crowd", [crowding.PLAIN, crowding.PATIENT])
def test_ten_thousand_accounts_watch_the_least_of_the_clips(
    crowd: crowding.Crowd, runs: dict[str, Run]
) -> None:
    world = runs["Feed"].world
    clip = crowding.target(world)

    told = list(crowd.events(world))

    assert world.clips.published_s[clip] < 0
    them = [one for one in told if one.clip == clip and one.watched.is_liked]
    assert len({one.viewer for one in them}) == crowding.ACCOUNTS
    assert min(one.at_s for one in them) == crowd.begins_s(NUMBERS)
    assert all(one.viewer >= NUMBERS.accounts for one in told)
    assert [one.at_s for one in told] == sorted(one.at_s for one in told)
