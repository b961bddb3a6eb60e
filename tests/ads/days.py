"""A made-up day of the feed: its own hours, viewers, pages and rivals, and the product's pacing."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from tests import make
from vitrine.ads import bidding, blending, entering, ghosts, lasting, load, serving
from vitrine.ads.aiming import Aims
from vitrine.ads.auction import CERTAIN
from vitrine.ads.beside import Avoided
from vitrine.ads.bidding import Bids
from vitrine.ads.lasting import Hours, Purse, Spender
from vitrine.ads.models import Placement
from vitrine.ads.standing import Line, Standing
from vitrine.ads.valuing import AUTOMATIC, Values
from vitrine.recommend.arrays import Counts, Doubles, Flags

MIDNIGHT = make.NOON.replace(hour=0)
TOMORROW = MIDNIGHT + 24 * lasting.HOUR
PLANNED_EVERY = timedelta(minutes=1)
PAGES = 12_000
TWO_PLACES = 0.5
"""Of pages, so many have two places for ads."""
VIEWERS = 1_500
RIVALS = 8
RIVALS_BID_MICROS = 5_000
_WAVE = 1.0 + 0.8 * np.sin((np.arange(24) - 13) * np.pi / 12)
BY_HOUR = PAGES * _WAVE / _WAVE.sum()
"""Few pages at night, most in the evening."""


@dataclass
class Wish:
    """A campaign that leaves its bids to us, and what came of it.

    micros: what it may spend on the day. chances: of each of its ads to be billed. share: of
    viewers that it is for. cap: how often one viewer gets it. spent_micros: by tenth of the pages.
    """

    micros: int
    chances: Sequence[float] = (0.6,)
    share: float = 1.0
    cap: int = PAGES
    account: int = 0
    spent_micros: Doubles = field(default_factory=lambda: np.zeros(10))

    @property
    def tenths(self) -> Doubles:
        """Return which part of what it spent went in each tenth of the pages."""
        return np.asarray(self.spent_micros / self.spent_micros.sum())


@dataclass
class Day:
    """Campaigns by key, and what accounts may spend on the day, in micros."""

    wishes: dict[int, Wish]
    limits: Mapping[int, int] = field(default_factory=dict)

    def left_micros(self, key: int) -> float:
        """Return what a campaign may spend yet: its own, and its account's."""
        one = self.wishes[key]
        own = one.micros - float(one.spent_micros.sum())
        return min(own, self.account_left(one.account)) if one.account in self.limits else own

    def account_left(self, account: int) -> float:
        """Return what an account may spend yet."""
        theirs = [one for one in self.wishes.values() if one.account == account]
        return self.limits[account] - sum(float(one.spent_micros.sum()) for one in theirs)

    def rates(self, at: datetime) -> dict[int, float]:
        """Return what each means to spend on an auction, by the pages of a day like this."""
        hour_at = at.replace(minute=0, second=0, microsecond=0)
        by_hour = np.roll(BY_HOUR, -hour_at.hour)
        spenders = {
            key: Spender(
                one.account,
                [Purse(one.micros - float(one.spent_micros.sum()), TOMORROW)],
                Hours(hour_at, (by_hour * entering.part(key)).tolist()),
            )
            for key, one in self.wishes.items()
        }
        accounts = {one: Purse(self.account_left(one), TOMORROW) for one in self.limits}
        return lasting.rates(spenders, accounts, at=at)

    def standing(self) -> Standing:
        """Return the ads of all, and of rivals that bid by hand."""
        owners = [
            (key, one.account or key, chance)
            for key, one in self.wishes.items()
            for chance in one.chances
        ] + [(1_000 + n, 1_000 + n, 0.6) for n in range(RIVALS)]
        lines = [
            Line(
                n, f"ad_{n}", payer, "Somebody", None, key, n, n, n, "somebody", None, None, None,
                "visit", "views", None if key in self.wishes else 1, (), (), (), (), (), (), 20, 1,
            )
            for n, (key, payer, _) in enumerate(owners)
        ]  # fmt: skip
        keys, payers, chances = (np.array(one) for one in zip(*owners, strict=True))
        count = len(lines)
        return Standing(
            placement=Placement.FEED,
            lines=lines,
            read_at=MIDNIGHT,
            ids=np.arange(count) + 1,
            products=np.zeros(count, np.int64),
            groups=np.arange(count),
            campaigns=np.unique(keys, return_inverse=True)[1],
            advertisers=np.unique(payers, return_inverse=True)[1],
            values=Values(
                bids_micros=np.where(keys < 1_000, AUTOMATIC, RIVALS_BID_MICROS),
                most_micros=np.zeros(count, np.int64),
                each=np.ones(count),
                order_chances=np.zeros(count),
                returns={},
            ),
            raw=chances,
            chances=(chances * CERTAIN).astype(np.int64),
            costs_micros=np.full(count, load.PUT_OFF_MICROS),
            aims=Aims.of(lines),
            avoided=Avoided({}, {}),
            people={},
            group_lines={},
            product_lines={},
            line_of={},
            is_in=np.ones(count, np.bool_),
            rates={},
        )

    def pass_by(self, *, seed: int) -> None:
        """Let the day pass: pages are asked for, auctions held, and most of what is shown seen."""
        bidding.forget()
        random.seed(seed)
        dice = np.random.default_rng(seed)
        of, planned_at = self.standing(), MIDNIGHT - 24 * lasting.HOUR
        rivals = np.flatnonzero(of.values.bids_micros != AUTOMATIC)
        viewers = _Viewers(self, of, dice)
        for page, at in enumerate(_asked_at(dice)):
            if at - planned_at >= PLANNED_EVERY:
                of.rates.update(self.rates(at))
                planned_at = at
            bids = bidding.bids(of, at=at)
            micros = bids.micros.copy()
            micros[rivals] = dice.lognormal(np.log(RIVALS_BID_MICROS), 0.6, RIVALS)
            viewer = int(dice.integers(VIEWERS))
            mask = viewers.open_to(viewer)
            after = (6, 12) if dice.random() < TWO_PLACES else (6,)
            places = blending.places(after, (), most=2)
            serving._count(of, mask, places, at=at)
            stranger = ghosts.Viewer("v_somebody", is_measured=False)
            won = serving.awarded(of, Bids.made(of, bids.each, micros), mask, places, stranger)
            for award in won:
                key = of.lines[award.line].campaign
                if key not in self.wishes:
                    continue
                viewers.meets(viewer, award.line)
                if award.price_micros > self.left_micros(key):
                    of.shut(key)
                elif dice.random() < of.raw[award.line]:
                    self.wishes[key].spent_micros[page * 10 // PAGES] += award.price_micros


class _Viewers:
    """Whom campaigns are for, and who met which of them how often: a line for each ad."""

    def __init__(self, day: Day, of: Standing, dice: np.random.Generator) -> None:
        anybody = Wish(0)
        asked = [day.wishes.get(line.campaign, anybody) for line in of.lines]
        by_campaign = dice.random((VIEWERS, len(of.lines)))[:, of.campaigns]
        self._fits: Flags = by_campaign < np.array([one.share for one in asked])
        self._caps: Counts = np.array([one.cap for one in asked])
        self._met: Counts = np.zeros((VIEWERS, len(of.lines)), np.int64)
        self._of = of

    def open_to(self, viewer: int) -> Flags:
        """Return which ads a viewer may be shown."""
        return np.asarray(self._of.is_in & self._fits[viewer] & (self._met[viewer] < self._caps))

    def meets(self, viewer: int, line: int) -> None:
        """Count an ad that a viewer is shown, for all of its campaign."""
        self._met[viewer] += self._of.campaigns == self._of.campaigns[line]


def _asked_at(dice: np.random.Generator) -> list[datetime]:
    """Draw when the pages of a day are asked for."""
    hours = dice.choice(24, PAGES, p=_WAVE / _WAVE.sum())
    seconds = np.sort(hours * 3_600 + dice.uniform(0, 3_600, PAGES))
    return [MIDNIGHT + timedelta(seconds=float(second)) for second in seconds]
