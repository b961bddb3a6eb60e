"""Let viewers come and watch what a policy shows them, page by page, in the order of time."""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from vitrine.feed.simulation.numbers import Numbers
from vitrine.feed.simulation.policies import Event, Policy, Seen
from vitrine.feed.simulation.world import Watched, World, sessions
from vitrine.recommend.arrays import Counts, Doubles
from vitrine.recommend.mixing import Turn

BETWEEN_S = 0.5
"""From one clip to the next."""
RANKED = Turn.RANKED.value[0]


@dataclass(frozen=True)
class Run:
    """What was shown to viewers, a line for each showing, in the order of time.

    nth: which of its viewer's it is, from 0. value: what was to be expected of it, in lengths of
    the clip. is_ranked, chance: as logged. turned: how many showings before it the viewer's
    interests were replaced, -1 where they were not. repeats: of clips to the same viewer.
    shown_clip, shown_at_s: of all showings, to bots as well.
    """

    world: World
    viewer: Counts
    clip: Counts
    nth: Counts
    at_s: Doubles
    value: Doubles
    watched_s: Doubles
    is_ranked: Counts
    chance: Doubles
    turned: Counts
    shown_clip: Counts
    shown_at_s: Doubles
    repeats: int


def run(
    numbers: Numbers,
    policy_of: Callable[[World, Seen, np.random.Generator], Policy],
    *,
    strangers: Callable[[World], Iterable[Event]] | None = None,
) -> Run:
    """Simulate a cell. The same numbers and policy give the same run.

    strangers: events of accounts that are no viewers, in the order of time: the policy is told.
    """
    world = World(numbers)
    seen = Seen(world)
    policy = policy_of(world, seen, np.random.default_rng([numbers.seed, 3]))
    told = deque(strangers(world) if strangers else ())
    return _Running(world, policy, seen, told).through()


class _Running:
    def __init__(self, world: World, policy: Policy, seen: Seen, told: deque[Event]) -> None:
        self._world, self._policy, self._seen, self._strangers = world, policy, seen, told
        self._dice = np.random.default_rng([world.numbers.seed, 4])
        self._nth = np.zeros(world.numbers.accounts, np.int64)
        self._turned = np.full(world.numbers.accounts, -1, np.int64)
        turns = np.random.default_rng([world.numbers.seed, 5]).random(world.numbers.accounts)
        self._turns = turns < world.numbers.turned
        self._lines: list[tuple[float, ...]] = []
        self._all: list[tuple[int, float]] = []
        self._repeats = 0

    def through(self) -> Run:
        numbers = self._world.numbers
        pages = [self._pages(account) for account in range(numbers.accounts)]
        due = [(next(each), account) for account, each in enumerate(pages)]
        heapq.heapify(due)
        while due:
            at_s, account = due[0]
            while self._strangers and self._strangers[0].at_s <= at_s:
                self._policy.told(self._strangers.popleft())
            following = next(pages[account], None)
            if following is None:
                heapq.heappop(due)
            else:
                heapq.heapreplace(due, (following, account))
        return self._done()

    def _pages(self, account: int) -> Iterator[float]:
        """Say when each page is asked for, then show it."""
        numbers = self._world.numbers
        dice = np.random.default_rng([numbers.seed, 6, account])  # the same for every policy
        for at_s, swipes in sessions(numbers, dice):
            now_s = at_s
            if account < numbers.viewers:
                self._world.wander(account, dice)
            for first in range(0, swipes, numbers.page):
                yield now_s
                now_s = self._show(account, now_s, min(numbers.page, swipes - first), dice)

    def _show(self, account: int, at_s: float, swipes: int, dice: np.random.Generator) -> float:
        numbers, world = self._world.numbers, self._world
        page = self._policy.page(account, at_s, size=numbers.page)
        for shown in page[:swipes]:
            nth = int(self._nth[account])
            is_viewer = account < numbers.viewers
            if is_viewer and self._turns[account] and nth == numbers.turned_after:
                world.turn(account, dice)
                self._turned[account] = nth
            watched = self._watch(account, shown.clip, at_s)
            if is_viewer:
                value = world.expected(account, np.array([shown.clip]), at_s)[0]
                since = nth - self._turned[account] if self._turned[account] >= 0 else -1
                line = (account, shown.clip, nth, at_s, value, watched.watched_ms / 1000)
                self._lines.append((*line, shown.turn == RANKED, shown.chance, since))
            self._all.append((shown.clip, at_s))
            self._repeats += self._seen.add(account, shown.clip)
            self._nth[account] += 1
            at_s += watched.watched_ms / 1000 + BETWEEN_S
            self._policy.told(Event(account, shown.clip, at_s, watched))
        return at_s

    def _watch(self, account: int, clip: int, at_s: float) -> Watched:
        world = self._world
        if account < world.numbers.viewers:
            return world.watch(account, clip, at_s, self._dice)
        is_liked = bool(self._dice.random() < world.numbers.bot_likes)
        return Watched(int(world.clips.lengths_s[clip] * 1000), True, is_liked=is_liked)

    def _done(self) -> Run:
        columns = np.array(self._lines, np.float64).T
        viewer, clip, nth, at_s, value, watched_s, is_ranked, chance, turned = columns
        shown_clip, shown_at_s = np.array(self._all, np.float64).T
        order = np.argsort(at_s, kind="stable")
        return Run(
            world=self._world,
            viewer=viewer[order].astype(np.int64),
            clip=clip[order].astype(np.int64),
            nth=nth[order].astype(np.int64),
            at_s=at_s[order],
            value=value[order],
            watched_s=watched_s[order],
            is_ranked=is_ranked[order].astype(np.int64),
            chance=chance[order],
            turned=turned[order].astype(np.int64),
            shown_clip=shown_clip.astype(np.int64),
            shown_at_s=shown_at_s,
            repeats=self._repeats,
        )
