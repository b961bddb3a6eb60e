"""What runs come to: figures with their goals, and how sure they are.

An interval is of nineteen in twenty viewers' draws (bootstrap, viewer by viewer, since the showings
of one are alike). It says nothing of other worlds: for that, take other seeds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from vitrine.feed import weights
from vitrine.feed.simulation.numbers import DAY_S
from vitrine.feed.simulation.running import Run
from vitrine.recommend.arrays import Counts, Doubles, Flags

DRAWS = 500
SETTLED = 50
"""Showings after which a viewer is known."""
RECOVERED = 0.9
WINDOW = 10
LONGEST = 100
"""Watches after which nobody waits for the feed to have noticed."""


@dataclass(frozen=True)
class Figure:
    """One measurement, between low and high. goal: like ">= 0.85", or empty."""

    metric: str
    value: float
    low: float
    high: float
    unit: str
    goal: str = ""

    @property
    def ok(self) -> bool | None:
        """Tell whether the goal is met; None without one."""
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        return self.value >= float(bound) if sign == ">=" else self.value <= float(bound)

    def line(self) -> dict[str, object]:
        """Return the figure as a JSON object, of the shape that benches print."""
        rounded = {key: float(f"{getattr(self, key):.4g}") for key in ("value", "low", "high")}
        return {
            "bench": "simulate",
            "metric": self.metric,
            **rounded,
            "unit": self.unit,
            "goal": self.goal or None,
            "ok": self.ok,
        }


def figures(feed: Run, oracle: Run, popularity: Run) -> Iterator[Figure]:
    """Say what the feed comes to. The runs are of one world: the same viewers at the same times."""
    late = feed.nth >= SETTLED
    known = oracle.nth >= SETTLED
    best = _per_viewer(oracle, known, oracle.value)
    own = _per_viewer(feed, late, feed.value)
    liked = _per_viewer(popularity, popularity.nth >= SETTLED, popularity.value)
    yield _ratio("share_of_oracle", own, best, "of its watch time, in lengths", ">= 0.85")
    yield _ratio("vs_popularity", own, liked, "times", ">= 2")
    yield _ratio(
        "seconds_of_oracle",
        _per_viewer(feed, late, feed.watched_s),
        _per_viewer(oracle, known, oracle.watched_s),
        "of its watch time, in seconds",
    )
    first = _per_viewer(feed, feed.nth < WINDOW, feed.value)
    first_best = _per_viewer(oracle, oracle.nth < WINDOW, oracle.value)
    yield _ratio("first_page", first, first_best, "of the oracle's watch time")
    yield from _new_clips(feed)
    yield _exploration(feed, late)
    yield from _drift(feed, oracle)
    yield Figure("repeats_in_500", feed.repeats, feed.repeats, feed.repeats, "clips", "<= 0")
    yield _exposure(feed)


def _per_viewer(run: Run, which: Flags, amounts: Doubles) -> Doubles:
    size = run.world.numbers.viewers
    return np.bincount(run.viewer[which], amounts[which], minlength=size).astype(np.float64)


def _ratio(metric: str, above: Doubles, below: Doubles, unit: str, goal: str = "") -> Figure:
    def of(viewers: Counts) -> float:
        return float(above[viewers].sum() / below[viewers].sum())

    return interval(metric, of, len(above), unit, goal)


def interval(
    metric: str, of: Callable[[Counts], float], size: int, unit: str, goal: str = ""
) -> Figure:
    """Reckon a figure of all, and of draws of as many."""
    dice = np.random.default_rng(0)
    drawn = [of(dice.integers(0, size, size)) for _ in range(DRAWS)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Figure(metric, of(np.arange(size)), float(low), float(high), unit, goal)


def _new_clips(feed: Run) -> Iterator[Figure]:
    """Count the clips that had their showings a day after they came out."""
    published_s = feed.world.clips.published_s
    until_s = feed.world.numbers.hours * 3600 - DAY_S
    new = np.flatnonzero((published_s >= 0) & (published_s <= until_s))
    age_s = feed.shown_at_s - published_s[feed.shown_clip]
    shown = np.bincount(feed.shown_clip[age_s <= DAY_S], minlength=len(published_s))[new]
    is_heard = (shown >= weights.HARDLY_SHOWN).astype(np.float64)

    def of(clips: Counts) -> float:
        return float(is_heard[clips].mean())

    if len(new):
        yield interval("new_clips_200_in_24h", of, len(new), "of new clips", ">= 0.95")


def _exploration(feed: Run, late: Flags) -> Figure:
    """Return what places cost that are not ranked: against all places being as those that are."""
    ranked = late & (feed.is_ranked == 1)
    size = feed.world.numbers.viewers
    every, some = _per_viewer(feed, late, feed.value), _per_viewer(feed, ranked, feed.value)
    count = np.bincount(feed.viewer[late], minlength=size)
    among = np.bincount(feed.viewer[ranked], minlength=size)

    def of(viewers: Counts) -> float:
        mean = every[viewers].sum() / count[viewers].sum()
        return float(1 - mean / (some[viewers].sum() / among[viewers].sum()))

    return interval("exploration_cost", of, size, "of watch time", "<= 0.03")


def _drift(feed: Run, oracle: Run) -> Iterator[Figure]:
    """Return after how many watches the feed is back, where all interests were replaced."""
    size, turned = feed.world.numbers.viewers, np.unique(feed.viewer[feed.turned >= 0])
    sums = np.zeros((2, size, LONGEST + WINDOW))
    before = np.zeros((2, size))
    after = feed.world.numbers.turned_after
    for side, run in enumerate((feed, oracle)):
        is_soon = (run.turned >= 0) & (run.turned < LONGEST + WINDOW)
        np.add.at(sums[side], (run.viewer[is_soon], run.turned[is_soon]), run.value[is_soon])
        was = (run.nth >= SETTLED) & (run.nth < after) & np.isin(run.viewer, turned)
        before[side] = _per_viewer(run, was, run.value)

    def of(drawn: Counts) -> float:
        own, best = sums[:, turned[drawn]].sum(axis=1)
        level = before[0, turned[drawn]].sum() / before[1, turned[drawn]].sum()
        window = np.ones(WINDOW)
        share = np.convolve(own, window, "valid") / np.maximum(
            np.convolve(best, window, "valid"), 1e-9
        )
        back = np.flatnonzero(share >= RECOVERED * level)
        return float(back[0]) if len(back) else float(LONGEST)

    if len(turned):
        yield interval("drift_watches", of, len(turned), "watches", "<= 20")


def _exposure(feed: Run) -> Figure:
    """Return how unevenly creators are shown: 0 if all alike, 1 if one alone (Gini)."""
    creators = feed.world.clips.creators
    shown = np.bincount(creators[feed.shown_clip], minlength=creators.max() + 1)

    def of(drawn: Counts) -> float:
        amounts = np.sort(shown[drawn])
        places = 2 * np.arange(1, len(amounts) + 1) - len(amounts) - 1
        return float((places * amounts).sum() / max(len(amounts) * amounts.sum(), 1))

    return interval("exposure_gini", of, len(shown), "of creators' showings")
