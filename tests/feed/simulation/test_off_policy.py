"""What another feed would have been worth is told from the log, and the truth lies where it says.

The log is of pages that the feed's own mixing made, and the truth is the simulator's.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.world import World
from vitrine.recommend import mixing, off_policy
from vitrine.recommend.arrays import Counts, Doubles
from vitrine.recommend.mixing import Before, Pool, Rules
from vitrine.recommend.off_policy import Estimate

VIEWERS, CLIPS, CHANCE, WANTED = 400, 12, 0.5, 0.1
RULES = Rules(new=0, chance=CHANCE)
TRIES = 60


@dataclass(frozen=True)
class Logged:
    """A log of first places, and what the others' rules are truly worth to the same viewers."""

    viewer: Counts
    rewards: Doubles
    logged: Doubles
    wanted: Doubles
    predicted: Doubles
    expected: Doubles
    truth: float

    def estimates(self) -> dict[str, Estimate]:
        """Tell it by each of the three."""
        known = (self.rewards, self.logged, self.wanted)
        return {
            "ips": off_policy.by_chance(*known, of=self.viewer),
            "snips": off_policy.by_share(*known, of=self.viewer),
            "dr": off_policy.by_model(
                *known, predicted=self.predicted, expected=self.expected, of=self.viewer
            ),
        }


WORLD = World(Numbers(viewers=2_000, clips=400))


def logged(seed: int, places: int = 3) -> Logged:
    """Log what viewers watch of what is liked by most; the others' rules show the best known."""
    dice = np.random.default_rng([9, seed])
    rows, truths = [], []
    for viewer in dice.choice(2_000, VIEWERS, replace=False).tolist():
        for _ in range(places):
            clips = dice.choice(400, CLIPS, replace=False)
            values = WORLD.expected(viewer, clips, 0)
            pool = Pool(
                WORLD.clips.creators[clips], WORLD.clips.quality[clips],
                WORLD.clips.vectors[clips], np.zeros(CLIPS),
            )  # fmt: skip
            (pick,) = mixing.page(pool, size=1, before=Before(), rules=RULES, dice=dice)
            guess = 0.3 + 0.2 * values + dice.normal(0, 0.1, CLIPS)  # a model, and not a good one
            others = np.full(CLIPS, WANTED / CLIPS)
            others[np.argmax(guess)] += 1 - WANTED
            watched = WORLD.watch(viewer, int(clips[pick.line]), 0, dice)
            reward = watched.watched_ms / 1000 / WORLD.clips.lengths_s[clips[pick.line]]
            rows.append(
                (viewer, reward, pick.chance, others[pick.line], guess[pick.line], others @ guess)
            )
            truths.append(others @ values)
    viewers, rewards, chances, wanted, predicted, expected = np.array(rows).T
    return Logged(
        viewers.astype(np.int64), rewards, chances, wanted, predicted, expected,
        float(np.mean(truths)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def logs() -> list[Logged]:
    """Log many times."""
    return [logged(seed) for seed in range(TRIES)]


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_the_interval_covers_the_true_value_of_other_rules(logs: list[Logged], name: str) -> None:
    found = [one.estimates()[name] for one in logs]

    covered = np.mean(
        [guess.low <= one.truth <= guess.high for guess, one in zip(found, logs, strict=True)]
    )
    off = np.mean([guess.value - one.truth for guess, one in zip(found, logs, strict=True)])

    assert covered >= 0.87  # of 60 tries; 0.95 is what is meant
    assert abs(off) < 0.05


def test_what_was_shown_was_worth_something_else(logs: list[Logged]) -> None:
    shown = np.mean([one.rewards.mean() for one in logs])

    assert abs(shown - np.mean([one.truth for one in logs])) > 0.03


def test_the_same_rules_are_worth_what_was_watched() -> None:
    one = logged(0)

    found = off_policy.by_chance(one.rewards, one.logged, one.logged)

    assert found.value == pytest.approx(one.rewards.mean())
    assert found.low < found.value < found.high


def test_dividing_by_the_sum_of_weights_and_asking_a_model_are_surer(logs: list[Logged]) -> None:
    spread = {
        name: np.std([one.estimates()[name].value - one.truth for one in logs])
        for name in ("ips", "snips", "dr")
    }

    assert spread["snips"] < spread["ips"]
    assert spread["dr"] < spread["ips"]


@pytest.mark.parametrize("chances", [[], [0.5, 0.0]])
def test_what_had_no_chance_tells_nothing(chances: list[float]) -> None:
    logged_chances = np.array(chances)

    with pytest.raises(ValueError, match="had a chance"):
        off_policy.by_chance(np.ones(len(chances)), logged_chances, np.ones(len(chances)))
