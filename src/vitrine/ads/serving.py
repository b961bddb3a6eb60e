"""Choose the ads of a page: gates, one auction, leases, tokens; nothing where there are none.

Source: docs/adr/0114-budgets-and-leases.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from vitrine.ads import (
    auction,
    bidding,
    blending,
    entering,
    ghosts,
    holding,
    load,
    planning,
    showing,
    standing,
    tokens,
    viewing,
)
from vitrine.ads.auction import Award, Entrants, Places
from vitrine.ads.bidding import Bids
from vitrine.ads.demand import offering
from vitrine.ads.demand.offering import Offered
from vitrine.ads.models import Placement
from vitrine.ads.showing import Ads, Made, Put
from vitrine.ads.standing import Line, Standing
from vitrine.ads.viewing import Asking
from vitrine.recommend.arrays import Counts, Flags

TRIES = 4
"""Auctions for one page, where what won was paused, spent or met too often a moment ago."""
LOOKED_AT = 32
"""Of the best, so many at first and twice as many next, until enough advertisers are found."""


@dataclass(frozen=True)
class Shown:
    """An ad on a page. after: how many of the page's clips or results come before it.

    ad, clip: the ad's public id, and its clip. link: where its button leads, which says call.
    product: the one it leads to.
    """

    after: int
    ad: str
    clip: int
    advertiser: str
    call: str
    link: str
    token: str
    product: int | None = None


def ads_for(asking: Asking, *, at: datetime, put: Put = showing.put) -> list[Shown]:
    """Return the ads of a page, noted as shown. Queries: 0 where there are none to show.

    put: notes them, with whatever else is on the page; not called where there are none.
    Else 1, that of ``put``, those of leases that run low
    (``holding.promise``), and of reading what may be shown every few seconds
    (``standing.current``); 2 more where the viewer is held out of what would have won
    (``ghosts.note``).
    """
    after = asking.places
    if not after:
        return []
    of = standing.current(at=at, placement=asking.placement)
    if not of.lines:
        return []
    bids = bidding.bids(of, at=at)
    known = viewing.read(asking, of, bids.worths, after, at=at)
    after = known.near.places(after, asking.clips)
    most = min(load.MOST_A_PAGE, known.left(at=at))
    places = blending.places(after, asking.worths, most=most, between=asking.between)
    if not places.sets:
        return []
    mask = viewing.open_to(asking, known, of, at=at)
    fits = viewing.fits(asking, known, of, after)
    if fits:
        mask &= np.logical_or.reduce(fits)
    _count(of, mask, places, at=at)
    offered = offering.offered(of, bids, asking.clips, at=at)
    viewer = ghosts.Viewer(asking.key, is_measured=bool(known.picked.band))
    shown = _tried(of, offered, mask, places, viewer, put, fits, at=at)
    ghosts.note(viewer, of.placement, at=at)
    return [_shown(one, after[place]) for one, place in shown]


def _count(of: Standing, mask: Flags, places: Places, *, at: datetime) -> None:
    """Count an auction, and which campaigns may enter it that leave their bids to us."""
    lines = bidding.automatic(of, mask)
    if of.placement is Placement.FEED:
        planning.offered(places.most, at=at)
        entering.note(of.slots[lines])
    else:
        planning.searched({of.lines[line].campaign for line in lines.tolist()}, at=at)


def _tried(
    of: Standing,
    offered: Offered,
    mask: Flags,
    places: Places,
    viewer: ghosts.Viewer,
    put: Put,
    fits: Sequence[Flags],
    *,
    at: datetime,
) -> list[tuple[Made, int]]:
    """Hold auctions until what won may be shown, and note it as shown. Returns ads and places.

    fits: see ``viewing.fits``.
    """
    for _ in range(TRIES):
        if not mask.any():
            return []
        awards = awarded(of, offered.bids, mask, places, viewer)
        if fits and not all(fits[one.place][one.line] for one in awards):
            mask &= np.logical_and.reduce([fits[one.place] for one in awards])
            continue
        made = _made(of, offered.bids.micros, awards, viewer.key, at)
        if made is None:
            mask &= of.is_in
            continue
        if not made:
            return []
        lost = offered.lost(made, at=at)
        if lost:
            _unpromise(of, made)
            mask[[of.line_of[ad] for ad in lost]] = False
            continue
        said = put(Ads(made, viewer.key, at, viewer.is_measured, of.placement))
        if not said.is_shown:
            offered.give_back()
            _unpromise(of, made)
            gone = [of.line_of[one.line.ad] for one in made if one.line.ad not in said.standing]
            if not gone:
                return []
            mask[gone] = of.is_in[gone] = False
            continue
        offered.note(made, at=at)
        return [(one, award.place) for one, award in zip(made, awards, strict=True)]
    return []


def awarded(
    of: Standing,
    bids: Bids,
    mask: Flags,
    places: Places,
    viewer: ghosts.Viewer,
) -> list[Award]:
    """Hold the auction, again without each campaign that won and that the viewer is held out of.

    Of each advertiser its best ad alone bids, not against its others. mask: of all ads those that
    the viewer may be shown; what they are held out of is taken from it. Queries: 0.
    """
    while mask.any():
        lines = _best_of_each(of, bids.order, mask, places.most + 1)
        entrants = Entrants(
            of.ids[lines],
            bids.micros[lines],
            of.chances[lines],
            of.costs_micros[lines],
        )
        found = auction.awarded(entrants, places, reserve_micros=load.RESERVE_MICROS)
        won = [replace(award, line=int(lines[award.line])) for award in found]
        held = [one for one in won if viewer.is_held(of.lines[one.line])]
        if not held:
            bidding.note(bids, mask, won, places)
            return won
        for one in held:
            missed = ghosts.Missed(of.lines[one.line], one.price_micros, of.chance(one.line))
            viewer.missed.append(missed)
            mask[of.campaigns == of.campaigns[one.line]] = False
    return []


def _best_of_each(of: Standing, order: Counts, mask: Flags, most: int) -> Counts:
    """Return the first open lines of different advertisers. order: what is worth most is first."""
    found: dict[int, int] = {}
    first, size = 0, LOOKED_AT
    while first < len(order):
        some = order[first : first + size]
        first, size = first + size, 2 * size
        some = some[mask[some]]
        for line, payer in zip(some.tolist(), of.advertisers[some].tolist(), strict=True):
            if found.setdefault(payer, line) == line and len(found) == most:
                return np.array(list(found.values()), np.int64)
    return np.array(list(found.values()), np.int64)


def _made(
    of: Standing, bids: Counts, awards: Sequence[Award], viewer: str, at: datetime
) -> list[Made] | None:
    """Return awards with tokens; None where a campaign has nothing left, which is noted."""
    made: list[Made] = []
    for award in awards:
        line = of.lines[award.line]
        chance = of.chance(award.line)
        lease = holding.promise(line.campaign, award.price_micros, chance, at=at)
        if lease is None:
            of.shut(line.campaign)
            _unpromise(of, made)
            return None
        token, name = tokens.made(
            lease=lease,
            ad=line.ad,
            price_micros=award.price_micros,
            billed=line.billed,
            to=viewer,
            at=at,
            placement=of.placement,
        )
        raw, worth = float(of.raw[award.line]), int(bids[award.line] * chance)
        buys = float(of.values.order_chances[award.line])
        made.append(Made(line, lease, award.price_micros, raw, name, token, worth, buys))
    return made


def _unpromise(of: Standing, made: Sequence[Made]) -> None:
    """Take back what was promised for ads that are not shown after all."""
    for one in made:
        chance = of.chance(of.line_of[one.line.ad])
        holding.unpromise(one.line.campaign, one.lease, one.price_micros, chance)


def _shown(made: Made, after: int) -> Shown:
    line: Line = made.line
    return Shown(
        after,
        line.public_id,
        line.clip,
        line.advertiser_name,
        line.call,
        line.link,
        made.token,
        line.product,
    )
