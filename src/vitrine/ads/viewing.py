"""Who stands before a place for an ad: what they met and avoid, what picks them, what is near."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from vitrine.accounts.models import Person, Viewer
from vitrine.ads import beside, dealings, load, standing
from vitrine.ads.aiming import Picked
from vitrine.ads.beside import Near
from vitrine.ads.lookalikes import Taste
from vitrine.ads.models import Objective, Placement
from vitrine.ads.standing import Standing
from vitrine.kernel import prepared
from vitrine.orders import keeping
from vitrine.recommend.arrays import Counts, Flags
from vitrine.videos import mentions

MOST_WATCHED = 20
"""The latest clips say what somebody watches now."""


@dataclass(frozen=True)
class Asking:
    """A page that may have ads. key: a person's public id or a visitor's token.

    is_plain: they want nothing picked for them. watched: returns clips that they stayed with, the
    latest first; it is asked where ads are for people with interests alone. taste: returns what
    they watch as factors have it; it is asked where ads are for people who are like others alone.
    first: the position of the page's first clip in the feed, from 1; ad_at: that of the clip after
    which the last ad stood, 0 for none. clips: those of the page, none in search; worths: what
    showing each is worth, where that is foretold. results: how many were found for it in search.
    products: that ads in search may lead to; fitting: returns the statement that says which of them
    were searched for, and its parameters. In the feed whatever an ad leads to will do.
    """

    key: str
    viewer: Viewer
    language: str
    first: int
    clips: Sequence[int]
    is_plain: bool = False
    watched: Callable[[], Sequence[int]] = tuple
    taste: Callable[[], Taste | None] = lambda: None
    placement: Placement = Placement.FEED
    results: int = 0
    products: Sequence[int] = ()
    fitting: Callable[[Sequence[int]], tuple[str, list[Any]]] | None = None
    ad_at: int = 0
    worths: Sequence[float] = ()

    @property
    def places(self) -> list[int]:
        """Return after how many of the page's clips or results an ad may stand."""
        if self.placement is Placement.SEARCH:
            return load.among_results(self.results)
        return load.places(self.first, len(self.clips), ad_at=self.ad_at)

    @property
    def between(self) -> int:
        """Return how many clips or results there are between two ads, at least."""
        return 1 if self.placement is Placement.SEARCH else load.BETWEEN

    @property
    def own(self) -> int | None:
        """Return the person's primary key; None for a visitor."""
        return self.viewer.pk if isinstance(self.viewer, Person) else None


@dataclass
class Known:
    """What was read of a viewer, and what fits their search.

    met: (group, seconds since 1970) of each ad, the latest last.
    """

    picked: Picked
    near: Near = field(default_factory=Near)
    met: list[tuple[int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    avoided: list[int] = field(default_factory=list)
    fitting: list[int] = field(default_factory=list)

    def left(self, *, at: datetime) -> int:
        """Return how many ads more they may meet now."""
        session, day = (
            sum([met_s > since_s for _, met_s in self.met])
            for since_s in ((at - load.SESSION).timestamp(), (at - load.DAY).timestamp())
        )
        return max(min(load.MOST_A_SESSION - session, load.MOST_A_DAY - day), 0)


_READ = """
SELECT 0, met.of, extract(epoch FROM met.at)::bigint, NULL FROM ads_met m
CROSS JOIN LATERAL unnest(m.groups, m.shown_at) WITH ORDINALITY AS met (of, at, n)
WHERE m.viewer = %s
UNION ALL SELECT 1, ad_id, 0, NULL FROM ads_hiddenad WHERE viewer = %s
UNION ALL SELECT 2, on_id, 0, NULL FROM accounts_block WHERE by_id = %s
UNION ALL SELECT 2, by_id, 0, NULL FROM accounts_block WHERE on_id = %s
UNION ALL SELECT 2, on_id, 0, NULL FROM accounts_mute WHERE by_id = %s
UNION ALL SELECT 3, id, 0, title || ' ' || description FROM videos_clip
WHERE id = ANY (%s::bigint[])
"""
_REGION = f"UNION ALL SELECT 4, 0, 0, {keeping.REGION.format(person='%s')}"
_PART = "UNION ALL SELECT {kind}, f.id, 0, f.said FROM ({sql}) AS f (id, said)"
_DEALINGS = _PART.format(kind=5, sql=dealings.OF_PERSON)
_UNFIT = _PART.format(kind=6, sql=beside.UNFIT)
_NEAR = (
    _PART.format(kind=7, sql=beside.WORDS),
    _PART.format(kind=8, sql=beside.CATEGORIES),
)
_SOLD = _PART.format(kind=10, sql=beside.SOLD)
_FITTING = "UNION ALL SELECT 9, f.id, 0, NULL FROM ({sql}) AS f (id)"
_KINDS = 11
MOST_ASKED = 60
"""Ads of which it is asked whether they fit a search: the best of those that may."""


def read(
    asking: Asking, of: Standing, worths: Counts, places: Sequence[int], *, at: datetime
) -> Known:
    """Read of a viewer what decides which ads they may be shown, and what is near. Queries: 1.

    worths: what a showing of each ad is.
    """
    band = _band(asking, at=at)
    found: list[list[tuple[Any, ...]]] = [[] for _ in range(_KINDS)]
    for kind, *row in prepared.rows(*_question(asking, of, worths, places, band, at)):
        found[kind].append(tuple(row))
    met, hidden, avoided, watched, regions, did, unfit, said, categories, fitting, sold = found
    sells: dict[int, set[str]] = {}
    for clip, _, text in sold:
        sells.setdefault(clip, set()).update(beside.names(text))
    return Known(
        picked=Picked(
            asking.language,
            band,
            interests={word for _, _, text in watched for word in _hashtags(text)},
            regions={text for _, _, text in regions if text},
            dealings={(shop, text) for shop, _, text in did},
            alike=of.lookalikes.near(asking.taste()) if band and of.lookalikes.found else set(),
        ),
        near=Near(
            unfit={clip for clip, _, _ in unfit},
            words={word for _, _, text in said for word in beside.words_of(text)},
            categories={key for key, _, _ in categories},
            sold=sells,
        ),
        met=[(group, second) for group, second, _ in met],
        hidden=[ad for ad, _, _ in hidden],
        avoided=[person for person, _, _ in avoided],
        fitting=[product for product, _, _ in fitting],
    )


def _question(
    asking: Asking,
    of: Standing,
    worths: Counts,
    places: Sequence[int],
    band: int,
    at: datetime,
) -> tuple[str, list[Any]]:
    """Return the one statement of a page, with no more parts than the ads that stand ask for."""
    own, aims = asking.own, of.aims
    watched = asking.watched()[:MOST_WATCHED] if band and aims.interests.lines_of else ()
    parameters = [asking.key, asking.key, own, own, own, prepared.array(watched)]
    sql = _READ
    if asking.clips:
        asked = [_UNFIT, *(_NEAR if of.avoided else ()), *([_SOLD] if of.beside.lines_of else ())]
        sql += "".join(asked)
        parameters += beside.parameters(places, asking.clips, len(asked))
    if band and aims.regions.lines_of:
        sql, parameters = sql + _REGION, [*parameters, own]
    if band and own and aims.ask_dealings:
        sql, parameters = sql + _DEALINGS, [*parameters, *dealings.of_person(own, at=at)]
    if asking.fitting is not None:
        may = of.leading_to(asking.products)
        best = may[np.argsort(worths[may])[-MOST_ASKED:]]
        fitting, values = asking.fitting(of.products[best].tolist())
        sql, parameters = sql + _FITTING.format(sql=fitting), [*parameters, *values]
    return sql, parameters


def _hashtags(text: str) -> Iterator[str]:
    for piece in mentions.pieces(text):
        if piece.kind is mentions.Kind.HASHTAG:
            yield piece.name.lower()


def open_to(asking: Asking, known: Known, of: Standing, *, at: datetime) -> Flags:
    """Return which ads a viewer may be shown. Queries: 0."""
    own = [] if asking.own is None else [asking.own]
    mask = of.open_to(known.picked, avoided=[*known.avoided, *own])
    of.avoided.keep_off(mask, known.near)
    for ad in known.hidden:
        if ad in of.line_of:
            mask[of.line_of[ad]] = False
    now_s, times = at.timestamp(), Counter[int]()
    for group, met_s in known.met:
        lines = of.group_lines.get(group)
        if lines is None:
            continue
        one = of.lines[lines[0]]
        times[group] += met_s > now_s - one.within_days * 86_400
        if times[group] < one.most_shown:
            continue
        if one.objective == Objective.REACH:
            mask[of.campaigns == of.campaigns[lines[0]]] = False
        else:
            mask[lines] = False
    if asking.fitting is not None:
        fits = np.zeros(len(mask), np.bool_)
        fits[of.leading_to(known.fitting)] = True
        mask &= fits
    return mask


def fits(asking: Asking, known: Known, of: Standing, places: Sequence[int]) -> list[Flags]:
    """Return for each place which ads may stand at it, by what is sold on the clips beside it.

    Empty where no ad asks for that, and in search. Queries: 0.
    """
    if not of.beside.lines_of or asking.placement is Placement.SEARCH:
        return []
    return [of.beside.fits(known.near.sold_around(place, asking.clips)) for place in places]


def _band(asking: Asking, *, at: datetime) -> int:
    """Return the age band of a viewer; 0 for whom nothing is picked: see ``standing.band_of``."""
    if asking.is_plain or not isinstance(asking.viewer, Person):
        return 0
    return standing.band_of(asking.viewer.born_on, at=at)
