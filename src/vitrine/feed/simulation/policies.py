"""Who chooses what viewers are shown: the feed that serves real ones, and what it is held against.

The feed's own code chooses and learns: ``serving.ranked``, ``news.with_reports`` and
``building.built``. What the database does for it, who has seen what, is kept here in arrays.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from vitrine.feed import serving, signs, unseen, weights
from vitrine.feed.learning import building, news
from vitrine.feed.learning.log import Log, Showings
from vitrine.feed.learning.news import REACH, Report
from vitrine.feed.learning.tables import Learnt, News, Tables, heated
from vitrine.feed.learning.topics import Topics
from vitrine.feed.plausible import ENOUGH_MS
from vitrine.feed.simulation.world import Watched, World
from vitrine.feed.unseen import Past, Standing, Unseen
from vitrine.feed.worth import Deed
from vitrine.recommend.arrays import Counts, Doubles, Flags
from vitrine.recommend.mixing import Turn

EPOCH_S = 1_700_006_400
"""When the simulation begins, in seconds since 1970, as the feed's code wants it: at a midnight."""
FIRST_KEY = 1
NEWS_EVERY_S = 120.0
"""The job that learns comes after moments; here it waits longer, which is to the feed's loss."""
BUILT_EVERY_S = 3 * 3600.0
"""Real cells build each hour. Here the same is learnt as news meanwhile."""


class Shown(NamedTuple):
    """A clip on a page. chance: how likely it was there; turn: as logged."""

    clip: int
    turn: str = Turn.RANKED.value[0]
    chance: float = 1.0


class Event(NamedTuple):
    """A showing, and what came of it."""

    viewer: int
    clip: int
    at_s: float
    watched: Watched


class Policy(Protocol):
    """Somebody who chooses. No viewer is shown a clip twice."""

    def page(self, viewer: int, at_s: float, *, size: int) -> Sequence[Shown]:
        """Choose clips that the viewer has not been shown."""
        ...

    def told(self, event: Event) -> None:
        """Learn what came of a showing."""
        ...


class Seen:
    """Who was shown what: a line for each account, a column for each clip."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._seen = np.zeros((world.numbers.accounts, len(world.clips)), np.bool_)

    def left(self, viewer: int, at_s: float) -> Counts:
        """Return the clips that are out and were not shown, the oldest first."""
        return np.flatnonzero(~self._seen[viewer, : self._world.clips.out(at_s)])

    def are_new(self, viewer: int, clips: Counts) -> Flags:
        """Tell which of some clips were not shown."""
        found: Flags = ~self._seen[viewer, clips]
        return found

    def add(self, viewer: int, clip: int) -> bool:
        """Note a showing; return whether there was one before."""
        was_shown = bool(self._seen[viewer, clip])
        self._seen[viewer, clip] = True
        return was_shown


class Oracle:
    """Knows what viewers like, and shows what they will watch most of."""

    def __init__(self, world: World, seen: Seen, dice: np.random.Generator) -> None:
        self._world, self._seen = world, seen

    def page(self, viewer: int, at_s: float, *, size: int) -> Sequence[Shown]:
        """Choose the best."""
        left = self._seen.left(viewer, at_s)
        values = self._world.expected(viewer, left, at_s)
        return [Shown(int(clip)) for clip in left[_highest(values, size)]]

    def told(self, event: Event) -> None:
        """Know it already."""


class Chance:
    """Shows anything."""

    def __init__(self, world: World, seen: Seen, dice: np.random.Generator) -> None:
        self._seen, self._dice = seen, dice

    def page(self, viewer: int, at_s: float, *, size: int) -> Sequence[Shown]:
        """Choose by lot."""
        left = self._seen.left(viewer, at_s)
        return [Shown(int(clip)) for clip in self._dice.choice(left, size, replace=False)]

    def told(self, event: Event) -> None:
        """Learn nothing."""


class Popularity:
    """Shows what most stayed with, with a half-life of six hours, and a tenth by lot."""

    BY_LOT = 0.1

    def __init__(self, world: World, seen: Seen, dice: np.random.Generator) -> None:
        self._world, self._seen, self._dice = world, seen, dice
        self._heat = np.zeros(len(world.clips))

    def page(self, viewer: int, at_s: float, *, size: int) -> Sequence[Shown]:
        """Choose the hottest; those that are alike in it by lot."""
        left = self._seen.left(viewer, at_s)
        dice = self._dice.random(len(left))
        heat = self._heat[left] + 1e-9 * dice
        by_lot = self._dice.random(size) < self.BY_LOT
        chosen = left[_highest(heat, size)]
        others = self._dice.choice(left[~np.isin(left, chosen)], size, replace=False)
        return [Shown(int(clip)) for clip in np.where(by_lot, others, chosen)]

    def told(self, event: Event) -> None:
        """Count who stayed."""
        if has_stayed(event.watched, self._world.clips.lengths_s[event.clip]):
            self._heat[event.clip] += heated(event.at_s, 0)


@dataclass
class _Known:
    """What the feed knows of one account: its last watches and stays, and whom it follows.

    stayed_with: creators, until there are as many as it takes to be known, since since_s.
    """

    past: deque[Past] = field(default_factory=lambda: deque(maxlen=unseen.REMEMBERED))
    stays: deque[int] = field(default_factory=lambda: deque(maxlen=len(REACH.onward)))
    followed: list[int] = field(default_factory=list)
    stayed_with: set[int] = field(default_factory=set)
    since_s: int | None = None

    def stay(self, creator: int, now_s: int) -> None:
        """Note that it stayed with a clip."""
        if self.since_s is None:
            self.stayed_with.add(creator)
            self.since_s = now_s if len(self.stayed_with) >= weights.KNOWN_BY_CREATORS else None


class Feed:
    """The feed's own code. A cell begins with nothing learnt."""

    def __init__(self, world: World, seen: Seen, dice: np.random.Generator) -> None:
        self._clips, self._seen, self._dice = world.clips, seen, dice
        self._lengths_ms = (self._clips.lengths_s * 1000).astype(np.int64)
        self._published_s = np.floor(self._clips.published_s).astype(np.int64) + EPOCH_S
        self._keys = np.arange(len(self._clips), dtype=np.int64) + FIRST_KEY
        self._known: dict[int, _Known] = {}
        self._rows: list[tuple[int, int, int, int, int, int]] = []
        self._reports: list[Report] = []
        self._signs: dict[tuple[int, int], bytes] = {}
        self._showings: list[tuple[int, int, int, int, int, int]] = []
        self._shown_signs: list[bytes] = []
        self._learnt_s = self._built_s = 0.0
        self.learnt = Learnt(Tables.empty(epoch_s=EPOCH_S), News.empty(epoch_s=EPOCH_S), "")

    def page(self, viewer: int, at_s: float, *, size: int) -> Sequence[Shown]:
        """Choose as for anybody."""
        self._learn(at_s)
        left = self._seen.left(viewer, at_s)
        known = self._known.setdefault(viewer, _Known())
        standing = Standing(
            self._unseen(left[: -unseen.MOST - 1 : -1], known), list(known.past), known.followed
        )
        page = serving.ranked(
            self.learnt,
            standing,
            lambda keys: self._among(viewer, keys, known),
            size=size,
            at_s=at_s + EPOCH_S,
            dice=self._dice,
        )
        logged = page.logged
        if logged is None:
            raise ValueError("a page that was ranked is logged")
        self._signs.update(
            ((viewer, key - FIRST_KEY), one)
            for key, one in zip(logged.clips, logged.signs, strict=True)
        )
        rows = zip(logged.clips, logged.turns, logged.chances, strict=True)
        return [Shown(key - FIRST_KEY, turn, chance) for key, turn, chance in rows]

    def _among(self, viewer: int, keys: Sequence[int], known: _Known) -> list[Unseen]:
        clips = np.array(keys, np.int64) - FIRST_KEY
        return self._unseen(clips[self._seen.are_new(viewer, clips)], known)

    def _unseen(self, clips: Counts, known: _Known) -> list[Unseen]:
        creators = self._clips.creators[clips] + FIRST_KEY
        columns = (self._keys[clips], creators, self._published_s[clips])
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [
            Unseen(key, creator, published_s, False, False, creator in known.followed)
            for key, creator, published_s in rows
        ]

    def told(self, event: Event) -> None:
        """Note a watch; it is learnt when the job comes."""
        viewer, clip, at_s, watched = event
        known = self._known.setdefault(viewer, _Known())
        creator = int(self._clips.creators[clip]) + FIRST_KEY
        if watched.is_followed and creator not in known.followed:
            known.followed.insert(0, creator)
        length_ms, key, now_s = int(self._lengths_ms[clip]), clip + FIRST_KEY, int(at_s) + EPOCH_S
        past = Past(
            key,
            creator,
            watched.watched_ms,
            watched.is_liked,
            watched.is_saved,
            creator in known.followed,
            watched.is_hidden,
            length_ms,
        )
        known.past.appendleft(past)
        stays = has_stayed(watched, length_ms / 1000)
        deeds = _deeds(watched, is_followed=past.is_followed)
        stayed_s = now_s if stays else 0
        self._rows.append((viewer, key, watched.watched_ms, length_ms, stayed_s, deeds))
        self._note_signs(event, length_ms, deeds)
        number = len(self._rows)
        before = list(known.stays) if stays else None
        if stays:
            known.stay(creator, now_s)
        self._reports.append(
            Report(number, key, True, number if stays else None, now_s, before, known.since_s)
        )
        if stays:
            known.stays.appendleft(key)

    def _note_signs(self, event: Event, length_ms: int, deeds: int) -> None:
        """Note what came of a showing beside what was known before it, if a page showed it."""
        logged = self._signs.pop((event.viewer, event.clip), None)
        if logged is not None:
            watched, served_s = event.watched, int(event.at_s) + EPOCH_S
            self._shown_signs.append(logged)
            self._showings.append(
                (
                    watched.watched_ms,
                    length_ms,
                    watched.is_finished,
                    served_s,
                    deeds,
                    len(self._rows),
                )
            )

    def _learn(self, at_s: float) -> None:
        if at_s - self._built_s >= BUILT_EVERY_S and self._rows:
            tables = building.built(self._log(at_s))
            self.learnt = Learnt(tables, self._no_news(tables), "built")
            self._built_s = self._learnt_s = at_s
            self._reports.clear()
        elif at_s - self._learnt_s >= NEWS_EVERY_S and self._reports:
            now_s = int(at_s) + EPOCH_S
            more = news.with_reports(self.learnt.news, self._reports, now_s=now_s)
            out = self._keys[len(self.learnt.tables.clips) : self._clips.out(at_s)]
            more = news.with_topics(more, out, self._topics(out), now_s=now_s)
            self.learnt = Learnt(self.learnt.tables, more, "news")
            self._learnt_s = at_s
            self._reports.clear()

    def _no_news(self, tables: Tables) -> News:
        return News.empty(
            position=len(self._rows), epoch_s=tables.epoch_s, usual_days=tables.usual_days
        )

    def _log(self, at_s: float) -> Log:
        rows = np.array(self._rows, np.int64)
        order = np.lexsort((np.arange(len(rows)), rows[:, 4], rows[:, 0]))
        viewer, clip, watched_ms, duration_ms, stayed_s, deeds = np.ascontiguousarray(rows[order].T)
        out = self._clips.out(at_s)
        return Log(
            viewer=viewer,
            clip=clip,
            watched_ms=watched_ms,
            duration_ms=duration_ms,
            stayed_s=stayed_s,
            deeds=deeds,
            watch=order + 1,
            clips=self._keys[:out],
            creators=self._clips.creators[:out] + FIRST_KEY,
            published_s=self._published_s[:out],
            lengths_ms=self._lengths_ms[:out],
            topics=self._topics(self._keys[:out]),
            showings=self._came(),
            position=len(rows),
            late=np.zeros(0, np.int64),
        )

    def _topics(self, keys: Counts) -> Topics:
        number, which = self._clips.hashtags.at(keys - FIRST_KEY)
        return Topics.of(keys[which], number, keys)

    def _came(self) -> Showings:
        shown = np.array(self._showings, np.int64).reshape(-1, 6)
        watched_ms, duration_ms, finished, served_s, deeds, watch = np.ascontiguousarray(shown.T)
        return Showings(
            watched_ms, duration_ms, finished > 0, served_s, deeds, watch,
            signs.unpacked(b"".join(self._shown_signs)),
        )  # fmt: skip


def has_stayed(watched: Watched, length_s: float) -> bool:
    """Tell whether a watch went on as long as a view needs: see ``feed_watch.stayed_at``."""
    return bool(watched.watched_ms >= min(ENOUGH_MS, length_s * 500))


def _deeds(watched: Watched, *, is_followed: bool) -> int:
    return (
        Deed.LIKED * watched.is_liked
        + Deed.SAVED * watched.is_saved
        + Deed.FOLLOWS * is_followed
        + Deed.BOUGHT * watched.is_bought
        + Deed.HIDDEN * watched.is_hidden
    )


def _highest(values: Doubles, size: int) -> Counts:
    """Return where the highest are, the highest first."""
    top = np.argpartition(-values, min(size, len(values) - 1))[:size]
    return top[np.argsort(-values[top], kind="stable")]
