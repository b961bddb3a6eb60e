"""Serve the next clips of For you: what came on screen never comes again."""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from vitrine.ads import showing
from vitrine.ads.lookalikes import Taste
from vitrine.ads.serving import Shown, ads_for
from vitrine.ads.showing import Ads, Said
from vitrine.ads.viewing import Asking
from vitrine.feed import (
    causes,
    lookalikes,
    popularity,
    ranking,
    retrieval,
    signs,
    unseen,
    watching,
    weights,
)
from vitrine.feed.causes import REASONS
from vitrine.feed.experiments import running
from vitrine.feed.experiments.running import Part
from vitrine.feed.learning import served as learning
from vitrine.feed.learning.tables import NOTHING, Learnt
from vitrine.feed.models import Watch
from vitrine.feed.models.slate import Logged
from vitrine.feed.ranking import Candidate, Pick, Reason
from vitrine.feed.retrieval import Named
from vitrine.feed.unseen import Past, Standing, Unseen
from vitrine.feed.viewer import Viewer as Watcher
from vitrine.feed.weighing import OURS, Weights
from vitrine.feed.worth import stays
from vitrine.recommend import mixing
from vitrine.recommend.mixing import Before, Pool
from vitrine.videos.models import Viewer


@dataclass(frozen=True, slots=True)
class Served:
    """A clip as served to one viewer."""

    clip: int
    reason: Reason
    is_liked: bool
    is_saved: bool
    is_followed: bool


@dataclass(frozen=True)
class Page:
    """A page as it was chosen, and what the viewer has to do with what is on it.

    past: what the viewer did, the latest first. is_plain: they want nothing picked for them.
    watcher: who it was chosen for by what is learnt. worths: what showing each is worth, where it
    was foretold: in the unit of ``weights.VALUE``.
    """

    picks: Sequence[Pick]
    rows: dict[int, Unseen]
    logged: Logged | None = None
    past: Sequence[Past] = ()
    is_plain: bool = False
    watcher: Watcher | None = None
    worths: Sequence[float] = ()

    def watched(self) -> list[int]:
        """Return the latest clips that the viewer stayed with, the latest first."""
        return _stayed_with(self.past)

    def taste(self) -> Taste | None:
        """Return what the viewer watches, which is reckoned already; None where that is unknown."""
        return None if self.watcher is None else lookalikes.taste(self.watcher)

    def served(self, fresh: Collection[int]) -> list[Served]:
        """Return those clips of it that the viewer got."""
        return [
            Served(
                clip,
                why,
                is_liked=self.rows[clip].is_liked,
                is_saved=self.rows[clip].is_saved,
                is_followed=self.rows[clip].is_followed,
            )
            for clip, why in self.picks
            if clip in fresh
        ]

    def exposed_to(self, parts: Sequence[Part]) -> "Page":
        """Return it with the arms of experiments that it was chosen by."""
        if self.logged is None or not parts:
            return self
        experiments, arms = [one.experiment for one in parts], [one.arm for one in parts]
        return replace(self, logged=replace(self.logged, experiments=experiments, arms=arms))


def next_clips(key: str, viewer: Viewer, *, size: int, at: datetime) -> list[Served]:
    """Choose clips that the viewer may see and has never been served, and note them as served.

    Empty when there is nothing left. Queries: 2, and 1 where clips are named that are not among the
    freshest (or 2 where nothing is learnt and popularity is counted anew), and 1 where a clip that
    was watched is in no table.
    """
    while True:
        page = _page(key, viewer, size=size, at=at)
        clips = [pick.clip for pick in page.picks]
        fresh = Watch.objects.serve(clips, to=key, at=at, logged=page.logged)
        if fresh or not clips:  # else another page of this viewer's took them all: look again
            return page.served(fresh)


def next_with_ads(
    key: str, viewer: Viewer, *, language: str, first: int, ad_at: int = 0, size: int, at: datetime
) -> tuple[list[Served], list[Shown]]:
    """Choose the next clips, and the ads that stand among them. The clips are as without ads.

    first: the position of the first in the feed. ad_at: see ``Asking``. What notes the ads as
    shown serves the clips as well. Queries: as ``next_clips`` and ``ads_for`` without that of
    ``put``.
    """
    while True:
        page = _page(key, viewer, size=size, at=at)
        clips = [pick.clip for pick in page.picks]
        asking = Asking(
            key,
            viewer,
            language,
            first,
            clips,
            is_plain=page.is_plain,
            watched=page.watched,
            taste=page.taste,
            ad_at=ad_at,
            worths=page.worths,
        )
        writing = _Writing(page, key, at)
        ads = ads_for(asking, at=at, put=writing.put)
        fresh = writing.served()
        if fresh or not clips:
            return page.served(fresh), ads


@dataclass
class _Writing:
    """A page that is served once, with the first ads that are to stand on it or without."""

    page: Page
    key: str
    at: datetime
    fresh: set[int] | None = None

    @property
    def clips(self) -> list[int]:
        return [pick.clip for pick in self.page.picks]

    def put(self, ads: Ads) -> Said:
        """Note ads as shown. Where another page took a clip of this one there are none."""
        if self.fresh is None:
            self.fresh, said = self._write(ads)
            return said
        if len(self.fresh) < len(self.page.picks):
            return Said({one.line.ad for one in ads.made}, is_shown=False)
        return showing.put(ads)

    def served(self) -> set[int]:
        """Return which clips are served, now if they were not yet."""
        if self.fresh is None:
            self.fresh, _ = self._write(None)
        return self.fresh

    def _write(self, ads: Ads | None) -> tuple[set[int], Said]:
        return Watch.objects.serve_with(
            ads, self.clips, to=self.key, at=self.at, logged=self.page.logged
        )


def watched(key: str, viewer: Viewer) -> list[int]:
    """Return the latest clips that a viewer stayed with, whatever the page. Queries: 1 or 2."""
    learnt = learning.learnt()
    tables = NOTHING if learnt is None else learnt.tables
    return _stayed_with(unseen.past(key, viewer, tables=tables))


def _stayed_with(past: Sequence[Past]) -> list[int]:
    latest = [one for one in past[: weights.NEAR_LATEST] if not one.is_hidden]
    told = np.array([(one.watched_ms, one.duration_ms) for one in latest]).reshape(-1, 2)
    is_stay = stays(told[:, 0], told[:, 1]).tolist()
    return [one.clip for one, stayed in zip(latest, is_stay, strict=True) if stayed]


def opening_clips(key: str, viewer: Viewer, *, size: int, at: datetime) -> list[Served]:
    """Choose the first clips of a feed that is opened anew.

    A browser says which clips never came on screen as it leaves a page, and on a reload that is
    later than it asks for the next. So where nothing is left, those come again. Queries: 3, or 7.
    """
    served = next_clips(key, viewer, size=size, at=at)
    if not served and watching.take_back(key=key):
        served = next_clips(key, viewer, size=size, at=at)
    return served


def _page(key: str, viewer: Viewer, *, size: int, at: datetime) -> Page:
    learnt = learning.learnt()
    tables = NOTHING if learnt is None else learnt.tables
    standing = unseen.standing(key, viewer, tables=tables, at=at)
    if learnt is None or standing.is_plain or not standing.freshest:
        return _plain(standing, learnt, size=size, at=at)
    dice = np.random.default_rng(secrets.randbits(64))
    by, parts = running.chosen(key, standing.experiments)
    page = ranked(
        learnt,
        standing,
        lambda asked: unseen.among(asked, key, viewer),
        size=size,
        at_s=at.timestamp(),
        dice=dice,
        by=by,
    )
    return page.exposed_to(parts)


def ranked(
    learnt: Learnt,
    standing: Standing,
    among: Callable[[Sequence[int]], Sequence[Unseen]],
    *,
    size: int,
    at_s: float,
    dice: np.random.Generator,
    by: Weights = OURS,
) -> Page:
    """Choose by what was learnt and by what the viewer did. Without a database.

    among: says which of some clips the viewer may see, and is asked at most once.
    """
    named = retrieval.named(learnt, standing, by, at_s=at_s, dice=dice)
    rows = {row.clip: row for row in standing.freshest}
    asked = _asked(named, rows)
    if asked:
        rows |= {row.clip: row for row in among(asked)}
    return _mixed(named, rows, standing, learnt.version, size=size, dice=dice)


def _asked(named: Named, known: dict[int, Unseen]) -> list[int]:
    """Return those of the best named of which it is not known whether they may be shown."""
    best = np.argsort(-named.values, kind="stable")[: weights.ASKED]
    return [clip for clip in named.clips[best].tolist() if clip not in known]


def _mixed(
    named: Named,
    rows: dict[int, Unseen],
    standing: Standing,
    version: str,
    *,
    size: int,
    dice: np.random.Generator,
) -> Page:
    by = named.viewer.by
    where = named.at(np.sort(np.fromiter(rows, np.int64, len(rows))))
    vectors = named.vectors[where].astype(np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    pool = Pool(
        creators=named.creators[where],
        values=named.values[where],
        vectors=vectors * (by.likeness**0.5 / np.maximum(lengths, 1e-9))[:, None],
        new=retrieval.wins(named, where, dice=dice),
    )
    before = Before([one.creator for one in reversed(standing.past[: by.rules.within])])
    picks = mixing.page(pool, size=size, before=before, rules=by.rules, dice=dice)
    chosen = [int(named.clips[where[pick.line]]) for pick in picks]
    spoke = [
        causes.of(named, int(where[pick.line]), pick.turn, is_followed=rows[clip].is_followed)
        for pick, clip in zip(picks, chosen, strict=True)
    ]
    logged = Logged(
        version,
        clips=chosen,
        turns="".join(pick.turn.value[0] for pick in picks),
        chances=[pick.chance for pick in picks],
        worths=[float(pool.values[pick.line]) for pick in picks],
        whys="".join(cause.why for cause in spoke),
        causes=[cause.clip for cause in spoke],
        signs=signs.packed(named.signs[where[[pick.line for pick in picks]]]),
    )
    reasons = [REASONS[cause.why] for cause in spoke]
    picked = [Pick(*one) for one in zip(chosen, reasons, strict=True)]
    return Page(
        picked,
        rows,
        logged,
        past=standing.past,
        watcher=named.viewer,
        worths=logged.worths if named.worth.is_foretold else (),
    )


def _plain(standing: Standing, learnt: Learnt | None, *, size: int, at: datetime) -> Page:
    """Choose by what everybody knows: how new clips are, and how they are received.

    For somebody who wants no other order this is the same page as for everybody who does.
    """
    rows = {row.clip: row for row in standing.freshest}
    seed = at.toordinal() if standing.is_plain else secrets.randbits(32)
    candidates = _candidates(standing, learnt, at)
    picks = ranking.slate(candidates, size=size, seed=seed)
    return Page(picks, rows, past=standing.past, is_plain=standing.is_plain)


def _candidates(standing: Standing, learnt: Learnt | None, at: datetime) -> list[Candidate]:
    known = _receptions(standing.freshest, learnt, at)
    now = at.timestamp()
    return [
        Candidate(
            row.clip,
            row.creator,
            (now - row.published_s) / 3600,
            *known.get(row.clip, popularity.UNKNOWN),
            row.is_followed and not standing.is_plain,
        )
        for row in standing.freshest
    ]


def _receptions(
    rows: Sequence[Unseen], learnt: Learnt | None, at: datetime
) -> "dict[int, popularity.Reception]":
    """Return how clips are received: as learnt, or counted while nothing is. Queries: 0 or 2."""
    if learnt is None:
        return dict(popularity.receptions(at=at))
    judged = retrieval.judged(learnt, rows, at_s=at.timestamp())
    found = zip(judged.clips.tolist(), judged.received.tolist(), judged.shown.tolist(), strict=True)
    return {clip: popularity.Reception(gain, int(shown)) for clip, gain, shown in found}
