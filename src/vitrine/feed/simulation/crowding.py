"""One person with ten thousand accounts, who want a clip to be seen that few would like.

Each account watches some others to their end, then the clip twice through, and likes it. What
bounds it: of a crowd that came lately a few are heard (``learning/voices.py``); no viewer is shown
a clip twice, so the clip costs each of them one place in their life; and each one who skips it
takes from how well it is received.

The patient ones know that. They watch clips of many creators first, and wait before they go for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vitrine.feed.simulation.figures import Figure, interval
from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.policies import Event
from vitrine.feed.simulation.running import Run
from vitrine.feed.simulation.world import Watched, World
from vitrine.recommend.arrays import Flags

ACCOUNTS = 10_000
FIRST_ACCOUNT = 1_000_000
TAKES_S = 3_600.0
MOST_LIFTED = 0.05
"""What is held to be no lifting: so many more of the viewers are shown it."""


@dataclass(frozen=True)
class Crowd:
    """Accounts of one person.

    company: how often each watches another before it, so that it seems to belong to them; one of so
    many as among says: the fewer, the less else is lifted. waits_s: how long each waits before it
    goes for the clip.
    """

    name: str
    company: int
    among: int
    waits_s: float

    def begins_s(self, numbers: Numbers) -> float:
        """Return when the first goes for the clip: all viewers have come in the middle of it."""
        return numbers.hours * 3600 / 2 + self.waits_s

    def events(self, world: World) -> Iterator[Event]:
        """Return what they do, in the order of time.

        Whom they keep company with tells nothing of what is good.
        """
        clip, dice = target(world), np.random.default_rng([world.numbers.seed, 8])
        among = dice.integers(0, world.numbers.clips, self.among)
        begins_s = self.begins_s(world.numbers)
        deeds: list[Event] = []
        for number in range(ACCOUNTS):
            account, at_s = FIRST_ACCOUNT + number, begins_s + TAKES_S * number / ACCOUNTS
            deeds.extend(
                Event(account, other, at_s - self.waits_s, _through(world, other, 1))
                for other in dice.choice(among, self.company).tolist()
            )
            deeds.append(Event(account, clip, at_s, _through(world, clip, 2)))
        yield from sorted(deeds, key=lambda event: event.at_s)


PLAIN = Crowd("accounts", company=2, among=200, waits_s=0.0)
PATIENT = Crowd("patient_accounts", company=14, among=8, waits_s=12 * 3600.0)


def target(world: World) -> int:
    """Return the clip: the one of the least quality of those that were there from the start."""
    return int(np.argmin(world.clips.quality[: world.numbers.clips]))


def _through(world: World, clip: int, rounds: int) -> Watched:
    length_ms = int(world.clips.lengths_s[clip] * 1000)
    return Watched(length_ms * rounds, True, is_liked=rounds > 1)


def figures(plain: Run, crowded: Run, crowd: Crowd) -> Iterator[Figure]:
    """Say what the accounts reached: against the same cell without them."""
    clip, size = target(plain.world), plain.world.numbers.viewers
    begins_s = crowd.begins_s(plain.world.numbers)
    shown = _shown(crowded, clip, begins_s).astype(float) - _shown(plain, clip, begins_s)
    yield interval(
        f"lifted_by_10k_{crowd.name}",
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
        f"cost_of_10k_{crowd.name}",
        lambda viewers: float(lost[viewers].sum() / whole[viewers].sum()),
        size,
        "of watch time",
    )


def _shown(run: Run, clip: int, begins_s: float) -> Flags:
    """Tell which viewers were shown it once the accounts had begun."""
    is_it = (run.clip == clip) & (run.at_s >= begins_s)
    return np.bincount(run.viewer[is_it], minlength=run.world.numbers.viewers) > 0
