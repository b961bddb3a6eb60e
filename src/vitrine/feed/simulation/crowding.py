"""One person with ten thousand accounts, who want a clip to be seen that few would like.

Each account watches some others to their end, then the clip twice through, and likes it. What
bounds it: no viewer is shown a clip twice, so the clip costs each of them one place in their life,
whatever was done for it; and each one who skips it takes from how well it is received.
"""

from collections.abc import Iterator

import numpy as np

from vitrine.feed.simulation.figures import Figure, interval
from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.policies import Event
from vitrine.feed.simulation.running import Run
from vitrine.feed.simulation.world import Watched, World
from vitrine.recommend.arrays import Flags

ACCOUNTS = 10_000
FIRST_ACCOUNT = 1_000_000
COMPANY = 2
"""Clips that each watches beside it, so that it seems to belong to them."""
AMONG = 200
TAKES_S = 3_600.0
MOST_LIFTED = 0.05
"""What is held to be no lifting: so many more of the viewers are shown it."""


def begins_s(numbers: Numbers) -> float:
    """Return when they begin: in the middle of it, when all viewers have come."""
    return numbers.hours * 3600 / 2


def target(world: World) -> int:
    """Return the clip: the one of the least quality of those that were there from the start."""
    return int(np.argmin(world.clips.quality[: world.numbers.clips]))


def events(world: World) -> Iterator[Event]:
    """Return what the accounts do. Whom they keep company with tells nothing of what is good."""
    clip, dice = target(world), np.random.default_rng([world.numbers.seed, 8])
    company = dice.integers(0, world.numbers.clips, AMONG)
    starts_s = begins_s(world.numbers)
    for number in range(ACCOUNTS):
        at_s = starts_s + TAKES_S * number / ACCOUNTS
        for other in dice.choice(company, COMPANY):
            yield Event(FIRST_ACCOUNT + number, int(other), at_s, _through(world, int(other), 1))
        yield Event(FIRST_ACCOUNT + number, clip, at_s, _through(world, clip, 2))


def _through(world: World, clip: int, rounds: int) -> Watched:
    length_ms = int(world.clips.lengths_s[clip] * 1000)
    return Watched(length_ms * rounds, True, is_liked=rounds > 1)


def figures(plain: Run, crowded: Run) -> Iterator[Figure]:
    """Say what the accounts reached: against the same cell without them."""
    clip, size = target(plain.world), plain.world.numbers.viewers
    shown = _shown(crowded, clip, size).astype(float) - _shown(plain, clip, size)
    yield interval(
        "lifted_by_10k_accounts",
        lambda viewers: float(shown[viewers].mean()),
        size,
        "more of the viewers",
        f"<= {MOST_LIFTED}",
    )
    lost = np.bincount(plain.viewer, plain.value, size) - np.bincount(
        crowded.viewer, crowded.value, size
    )
    whole = np.bincount(plain.viewer, plain.value, size)
    yield interval(
        "cost_of_10k_accounts",
        lambda viewers: float(lost[viewers].sum() / whole[viewers].sum()),
        size,
        "of watch time",
    )


def _shown(run: Run, clip: int, viewers: int) -> Flags:
    """Tell which viewers were shown it once the accounts had begun."""
    is_it = (run.clip == clip) & (run.at_s >= begins_s(run.world.numbers))
    return np.bincount(run.viewer[is_it], minlength=viewers) > 0
