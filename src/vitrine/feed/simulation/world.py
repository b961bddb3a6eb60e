"""Clips and people, and what they would do: pure arithmetic, whose best answer can be reckoned.

The value of a showing is how much of the clip is watched, in lengths of it: seconds would reward
length. Clips and viewers are lines, from 0; clips are in the order in which they come out.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vitrine.feed.learning.topics import Topics
from vitrine.feed.simulation.numbers import DAY_S, Numbers
from vitrine.recommend.arrays import Counts, Doubles

SHORTEST_S, LONGEST_S = 3.0, 180.0
MOST_REPLAYS = 2
LAST_PART = 0.95
"""Who leaves before the end has seen this share at most."""


class Watched(NamedTuple):
    """What came of one showing."""

    watched_ms: int
    is_finished: bool
    is_liked: bool = False
    is_saved: bool = False
    is_followed: bool = False
    is_bought: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class Clips:
    """A line for each. published_s: since the simulation began, below 0 before. quality: mean 0.

    hashtags: what their creators wrote that they are of, right or wrong.
    """

    vectors: Doubles
    topics: Counts
    creators: Counts
    quality: Doubles
    lengths_s: Doubles
    published_s: Doubles
    hashtags: Topics

    def __len__(self) -> int:
        return len(self.topics)

    def out(self, at_s: float) -> int:
        """Return how many are out: those before this line."""
        return int(np.searchsorted(self.published_s, at_s, side="right"))


@dataclass(frozen=True)
class Trends:
    """Topics that everybody wants for some hours. peak_s: when most."""

    topics: Counts
    peak_s: Doubles

    def heat(self, at_s: float, topics: int, width_s: float) -> Doubles:
        """Return how much each topic is in a trend, 0 to 1."""
        now = np.exp(-(((at_s - self.peak_s) / width_s) ** 2))
        found = np.zeros(topics)
        np.maximum.at(found, self.topics, now)
        return found


class World:
    """A cell's clips and viewers. What it is, and how viewers change, follows from the seed."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        dice = np.random.default_rng([numbers.seed, 1])
        self.topics = _unit(dice.standard_normal((numbers.topics, numbers.size)))
        self.clips = _clips(numbers, self.topics, dice)
        self.trends = _trends(numbers, dice)
        kinds = np.array([self._kinds(dice) for _ in range(numbers.accounts)])
        self.interests = self._near(kinds, dice)
        self._change = np.random.default_rng([numbers.seed, 2])
        self._heat: tuple[float, Doubles] = (-1.0, np.zeros(numbers.topics))

    # What viewers think ---------------------------------------------------------------------------

    def liking(self, viewer: int, clips: Counts | slice) -> Doubles:
        """Return how much a viewer likes what clips are of: about 0 for most, 1 for the best."""
        near = self.clips.vectors[clips] @ self.interests[viewer].T
        share = np.exp(self.numbers.closeness * (near - 1))
        found: Doubles = share @ np.array(self.numbers.interests)
        return found

    def chances(
        self, viewer: int, clips: Counts | slice, at_s: float
    ) -> tuple[Doubles, Doubles, Doubles]:
        """Return how likely a viewer stays, then finishes, then sees it again."""
        numbers, liking = self.numbers, self.liking(viewer, clips)
        quality = self.clips.quality[clips]
        trend = numbers.trend * self._heat_at(at_s)[self.clips.topics[clips]]
        base, by_liking, by_quality = numbers.staying
        stays = _likely(base + by_liking * liking + by_quality * quality + trend)
        base, by_liking, by_quality = numbers.finishing
        finishes = _likely(base + by_liking * liking + by_quality * quality)
        base, by_liking = numbers.replaying
        return stays, finishes, np.minimum(base + by_liking * liking, 0.5)

    def expected(self, viewer: int, clips: Counts | slice, at_s: float) -> Doubles:
        """Return how much of clips a viewer would watch on average, in lengths of each."""
        stays, finishes, again = self.chances(viewer, clips, at_s)
        lengths = self.clips.lengths_s[clips]
        skipped = sum(self.numbers.skip_s) / 2 / lengths  # no clip is shorter than a skip
        left = (_least(lengths) + LAST_PART) / 2
        finished = 1 + again + again**2
        return (1 - stays) * skipped + stays * ((1 - finishes) * left + finishes * finished)

    def watch(self, viewer: int, clip: int, at_s: float, dice: np.random.Generator) -> Watched:
        """Let a viewer watch a clip."""
        one = np.array([clip])
        stays, finishes, again = (float(chance[0]) for chance in self.chances(viewer, one, at_s))
        length_s = float(self.clips.lengths_s[clip])
        drawn = dice.random(8)
        numbers = self.numbers
        if drawn[0] >= stays:
            low, high = numbers.skip_s
            watched_s = low + (high - low) * drawn[1]
            return Watched(int(watched_s * 1000), False, is_hidden=drawn[2] < numbers.hiding)
        is_finished = bool(drawn[1] < finishes)
        if is_finished:
            rounds = 1 + next((n for n in range(MOST_REPLAYS) if drawn[2 + n] >= again), 2)
            watched_s = length_s * rounds
        else:
            least = float(_least(np.array([length_s]))[0])
            watched_s = length_s * (least + (LAST_PART - least) * drawn[2])
        base, by_liking = numbers.liking
        likes = base + by_liking * float(self.liking(viewer, one)[0])
        return Watched(
            int(watched_s * 1000),
            is_finished,
            is_liked=bool(drawn[4] < likes),
            is_saved=bool(drawn[5] < numbers.saving),
            is_followed=bool(drawn[6] < numbers.following),
            is_bought=bool(drawn[7] < numbers.buying),
        )

    def _heat_at(self, at_s: float) -> Doubles:
        minute = at_s // 60
        if self._heat[0] != minute:
            width_s = self.numbers.trend_hours * 3600 / 2
            self._heat = minute, self.trends.heat(minute * 60, self.numbers.topics, width_s)
        return self._heat[1]

    # How viewers change ---------------------------------------------------------------------------

    def wander(self, viewer: int, dice: np.random.Generator) -> None:
        """Move a viewer's interests a little; now and then one goes, and another comes."""
        own, numbers = self.interests[viewer], self.numbers
        own[:] = _strayed(own, numbers.wandering, dice)
        if dice.random() < numbers.new_interest:
            gone = dice.integers(len(own))
            kind = dice.integers(numbers.topics)
            own[gone] = _strayed(self.topics[kind], numbers.interest_strays, dice)

    def turn(self, viewer: int, dice: np.random.Generator) -> None:
        """Replace all that a viewer is interested in."""
        self.interests[viewer] = self._near(self._kinds(dice)[None], dice)[0]

    def _kinds(self, dice: np.random.Generator) -> Counts:
        count = len(self.numbers.interests)
        return dice.choice(self.numbers.topics, count, replace=False).astype(np.int64)

    def _near(self, kinds: Counts, dice: np.random.Generator) -> Doubles:
        return _strayed(self.topics[kinds], self.numbers.interest_strays, dice)


def sessions(numbers: Numbers, dice: np.random.Generator) -> list[tuple[float, int]]:
    """Return when one viewer comes, and how often they swipe each time."""
    until_s = numbers.hours * 3600
    at_s = dice.uniform(0, until_s / 2)
    found = []
    while at_s < until_s:
        swipes = dice.lognormal(np.log(numbers.swipes_median), numbers.swipes_spread)
        found.append((at_s, int(np.clip(round(swipes), *numbers.swipes))))
        at_s += numbers.swipes[1] * 30 + dice.exponential(numbers.pause_hours * 3600)
    return found


def _clips(numbers: Numbers, topics: Doubles, dice: np.random.Generator) -> Clips:
    uploads = round(numbers.uploads_a_viewer_day * numbers.viewers * numbers.hours / 24)
    size = numbers.clips + uploads
    old_s = -dice.uniform(numbers.newest_days, numbers.oldest_days, numbers.clips) * DAY_S
    new_s = dice.uniform(0, numbers.hours * 3600, uploads)
    creators = dice.integers(0, max(1, numbers.clips // numbers.clips_of_one), size)
    kinds = dice.integers(0, numbers.topics, size)
    own = dice.integers(0, numbers.topics, creators.max() + 1)
    kind = np.where(dice.random(size) < 0.8, own[creators], kinds)
    lengths = dice.lognormal(np.log(numbers.length_median_s), numbers.length_spread, size)
    return Clips(
        vectors=_strayed(topics[kind], numbers.clip_strays, dice),
        topics=kind,
        creators=creators,
        quality=dice.normal(0, numbers.quality_spread, size),
        lengths_s=np.clip(lengths, SHORTEST_S, LONGEST_S),
        published_s=np.sort(np.concatenate([old_s, new_s])),
        hashtags=_hashtags(numbers, kind),
    )


def _hashtags(numbers: Numbers, topics: Counts) -> Topics:
    """Return what is written beneath clips. Its dice are its own: all else is as without it."""
    dice, size = np.random.default_rng([numbers.seed, 7]), len(topics)
    words = numbers.words_of_topic
    kinds = [topics, dice.integers(0, numbers.topics, size), np.full(size, numbers.topics)]
    shares = (numbers.tagged, numbers.mistagged, numbers.generic)
    clip, number = [], []
    for kind, share in zip(kinds, shares, strict=True):
        has_one = np.flatnonzero(dice.random(size) < share)
        # One word of a topic is written most, the next half as often, and so on.
        word = np.minimum(dice.geometric(0.5, size) - 1, words - 1)
        clip.append(has_one)
        number.append((kind * words + word)[has_one])
    pairs = np.unique(np.stack([np.concatenate(clip), np.concatenate(number)]), axis=1)
    return Topics.of(pairs[0].astype(np.int64), pairs[1].astype(np.int64), np.arange(size))


def _trends(numbers: Numbers, dice: np.random.Generator) -> Trends:
    count = round(numbers.trends_a_day * numbers.hours / 24)
    peaks = dice.uniform(0, numbers.hours * 3600, count)
    return Trends(dice.integers(0, numbers.topics, count), peaks)


def _strayed(points: Doubles, far: float, dice: np.random.Generator) -> Doubles:
    """Move points of length one a way off, on average this far."""
    size = points.shape[-1]
    return _unit(points + dice.standard_normal(points.shape) * (far / size**0.5))


def _unit(points: Doubles) -> Doubles:
    found: Doubles = points / np.linalg.norm(points, axis=-1, keepdims=True)
    return found


def _likely(odds: Doubles) -> Doubles:
    found: Doubles = 1 / (1 + np.exp(-odds))
    return found


def _least(lengths_s: Doubles) -> Doubles:
    """Return the share of a clip that somebody who stays sees at least: what no skip is."""
    return np.minimum(3.0 / lengths_s, LAST_PART)
