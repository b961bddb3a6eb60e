"""The ads that may be shown at all, as a process holds them: arrays, read anew every few seconds.

What wins a place is asked for again in the database before it is shown (``showing.py``), so that
what was paused a moment ago is not: nothing here has to be of this second.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Now

from vitrine.accounts.ages import age
from vitrine.ads import (
    blending,
    chances,
    conditions,
    entering,
    holding,
    outcomes,
    planning,
    valuing,
)
from vitrine.ads.aiming import Aims, Asked, Picked, lines_of
from vitrine.ads.auction import CERTAIN
from vitrine.ads.beside import Avoided
from vitrine.ads.lookalikes import Lookalikes
from vitrine.ads.models import (
    AGES,
    Ad,
    AdDay,
    Billed,
    HiddenAd,
    Objective,
    Placement,
)
from vitrine.ads.valuing import AUTOMATIC, Values
from vitrine.kernel import prepared
from vitrine.recommend.arrays import Counts, Doubles, Flags, numbered
from vitrine.sovereignty.cell import local_day

READ_EVERY = timedelta(seconds=10)
COUNTED = timedelta(days=7)


class Line(NamedTuple):
    """What is said of an ad that is shown, and whom it belongs to."""

    ad: int
    public_id: str
    advertiser: int
    advertiser_name: str
    merchant: int | None
    campaign: int
    group: int
    clip: int
    creator: int
    handle: str
    product: int | None
    product_id: str | None
    product_slug: str | None
    call: str
    objective: str
    bid_micros: int | None
    languages: Sequence[str]
    ages: Sequence[str]
    interests: Sequence[str]
    regions: Sequence[str]
    dealings: Sequence[str]
    left_out: Sequence[str]
    most_shown: int
    within_days: int
    holdout_percent: int = 0
    alike: Sequence[str] = ()
    alike_percent: int = 0
    target_percent: int | None = None
    beside: Sequence[str] = ()

    @property
    def billed(self) -> Billed:
        """Return what it pays for."""
        return Objective(self.objective).pays_for

    @property
    def link(self) -> str:
        """Return where its button leads."""
        if self.product is None:
            return f"/@{self.handle}"
        return f"/p/{self.product_id}-{self.product_slug}"


_FIELDS = (
    *("pk", "public_id", "group__campaign__advertiser", "group__campaign__advertiser__name"),
    "group__campaign__advertiser__merchant",
    *("group__campaign", "group", "clip", "clip__creator", "clip__creator__handle"),
    *("product", "product__public_id", "product__slug", "call"),
    *("group__campaign__objective", "group__bid_micros", "group__languages", "group__ages"),
    *("group__interests", "group__regions", "group__dealings", "group__left_out"),
    *("group__most_shown", "group__within_days", "group__campaign__holdout_percent"),
    *("group__alike", "group__alike_percent"),
    *("group__campaign__target_percent", "group__beside"),
)


@dataclass(frozen=True)
class Standing:
    """All ads that may be shown in one placement, a line for each, and who may not be shown which.

    products: what each leads to, 0 for a profile. costs_micros: see ``Entrants``. groups,
    campaigns, advertisers: of each ad the number of its own, counted from 0. people: of a person
    the ads that are theirs.
    """

    placement: Placement
    lines: Sequence[Line]
    read_at: datetime
    ids: Counts
    products: Counts
    groups: Counts
    campaigns: Counts
    advertisers: Counts
    values: Values
    raw: Doubles
    chances: Counts
    costs_micros: Counts
    aims: Aims
    avoided: Avoided
    people: dict[int, list[int]]
    group_lines: dict[int, list[int]]
    product_lines: dict[int, list[int]]
    line_of: dict[int, int]
    is_in: Flags
    """All but those of campaigns that have nothing left; changed as they are found out."""
    rates: dict[int, float]
    """What campaigns that leave their bids to us mean to spend on an auction, in micros."""
    lookalikes: Lookalikes = field(default_factory=Lookalikes)
    beside: Asked[str] = field(default_factory=lambda: Asked.by([]))
    """What has to be sold on a clip beside the place of an ad."""

    @cached_property
    def slots(self) -> Counts:
        """Return where the auctions that the campaign of each ad may enter are counted."""
        return entering.slots([line.campaign for line in self.lines])

    def leading_to(self, products: Iterable[int]) -> Counts:
        """Return the ads that lead to one of some products."""
        return _whole(n for product in products for n in self.product_lines.get(product, ()))

    def chance(self, line: int) -> float:
        """Return how likely a showing of an ad is to be billed."""
        return float(self.chances[line]) / CERTAIN

    def shut(self, campaign: int) -> None:
        """Show no ads of a campaign until all are read anew."""
        for n, line in enumerate(self.lines):
            if line.campaign == campaign:
                self.is_in[n] = False

    def open_to(self, viewer: Picked, *, avoided: Iterable[int]) -> Flags:
        """Return which ads a viewer may be shown, by who they are; caps come on top.

        avoided: people whose ads they do not get, their own among them.
        """
        mask = self.aims.open_to(viewer)
        for person in avoided:
            mask[self.people.get(person, [])] = False
        return np.asarray(mask & self.is_in)


def band_of(born_on: date | None, *, at: datetime) -> int:
    """Return the bit of an age band; 0 for minors and for those who did not say."""
    if born_on is None:
        return 0
    years = age(born_on, on=at.date())
    firsts = [int(band[:2]) for band in AGES]
    found = sum(years >= first for first in firsts)
    return 1 << (found - 1) if found else 0


def standing_ads() -> "QuerySet[Ad, tuple[int]]":
    """Return the query for the keys of all ads that may be shown now. It hangs on no clock of ours.

    What is paused, ended, not approved or not their own any more is not among them, nor what leads
    to something that is not on sale or sold out.
    """
    campaign = "group__campaign"
    now = Now()
    begun = Q(**{f"{campaign}__starts_at__lte": now})
    goes_on = Q(**{f"{campaign}__ends_at": None}) | Q(**{f"{campaign}__ends_at__gt": now})
    free = Q(
        paused_at=None,
        withheld_at=None,
        group__paused_at=None,
        group__campaign__paused_at=None,
        group__campaign__ended_at=None,
        group__campaign__advertiser__suspended_at=None,
    )
    led = conditions.is_on_sale() & conditions.is_in_stock()
    shown = conditions.clip_is_for_all()
    approved: Any = Q(is_approved=True, is_blocked=False)
    ads = Ad.objects.with_standing().filter(begun, goes_on, free, led, shown, approved)
    return ads.filter(conditions.clip_is_theirs()).order_by().values_list("pk")


def in_feed() -> "QuerySet[Ad, tuple[int]]":
    """Return the query for those that may stand in the feed."""
    return standing_ads().filter(group__placements__contains=[Placement.FEED.value])


def in_search() -> "QuerySet[Ad, tuple[int]]":
    """Return the query for those that may stand in product search: they lead to a product."""
    found = standing_ads().filter(group__placements__contains=[Placement.SEARCH.value])
    return found.filter(product__isnull=False)


STANDING = {Placement.FEED: in_feed, Placement.SEARCH: in_search}


def read(*, at: datetime, placement: Placement = Placement.FEED) -> Standing:
    """Read all ads that may be shown, and what is known of how they are received.

    Queries: 9, those of ``valuing.of``, and 1 more where some are for people who are like others.
    """
    found = Ad.objects.filter(pk__in=STANDING[placement]()).order_by("pk")
    lines = [Line._make(row) for row in found.values_list(*_FIELDS)]
    counted = _counted([line.ad for line in lines], placement, at=at)
    theirs: dict[int, list[int]] = {}
    for ad, person in prepared.rows(_INSIDERS, [[line.ad for line in lines]]) if lines else ():
        theirs.setdefault(ad, []).append(person)
    people = ((n, set(theirs[line.ad])) for n, line in enumerate(lines))
    groups, campaigns, payers_of = (
        numbered([getattr(line, name) for line in lines])
        for name in ("group", "campaign", "advertiser")
    )
    raw = _chances(lines, groups, campaigns, counted)
    spent = planning.spent({line.campaign for line in lines}) if lines else set()
    values = valuing.of(lines, placement=placement, at=at)
    paced = {lines[n].campaign for n in np.flatnonzero(values.bids_micros == AUTOMATIC)}
    return Standing(
        placement=placement,
        lines=lines,
        read_at=at,
        ids=_whole(line.ad for line in lines),
        products=_whole(line.product or 0 for line in lines),
        groups=groups,
        campaigns=campaigns,
        advertisers=payers_of,
        values=values,
        raw=raw,
        chances=chances.billionths(raw * _rightings(lines, counted)),
        costs_micros=blending.put_off_micros(_hidden(lines, groups, campaigns, at=at)),
        aims=Aims.of(lines),
        avoided=Avoided.of([line.advertiser for line in lines]),
        people=lines_of(people),
        group_lines=lines_of((n, [line.group]) for n, line in enumerate(lines)),
        product_lines=lines_of((n, [line.product or 0]) for n, line in enumerate(lines)),
        line_of={line.ad: n for n, line in enumerate(lines)},
        is_in=np.array([line.campaign not in spent for line in lines], np.bool_),
        rates=planning.rates(paced, at=at) if paced else {},
        lookalikes=Lookalikes.of(lines),
        beside=Asked.by([line.beside for line in lines]),
    )


class Counted(NamedTuple):
    """How ads were received in the last days: sums by ad, and the same of all by what is billed."""

    by_ad: dict[int, tuple[int, int, int]]
    foretold: dict[str, float]
    billed: dict[str, int]


def _counted(ads: Sequence[int], placement: Placement, *, at: datetime) -> Counted:
    recent = AdDay.objects.filter(day__gt=local_day(at - COUNTED), placement=placement)
    sums = {"n": Sum("shown"), "v": Sum("views"), "c": Sum("clicks"), "p": Sum("expected")}
    rows: Any = recent.filter(ad__in=ads).values("ad").annotate(**sums).order_by()
    by_ad = {row["ad"]: (row["n"], row["v"], row["c"]) for row in rows}
    foretold, billed = {"view": 0.0, "click": 0.0}, {"view": 0, "click": 0}
    objective = "ad__group__campaign__objective"
    rows = recent.values(objective).annotate(**sums).order_by()
    for row in rows:
        what = Objective(row[objective]).pays_for.value
        foretold[what] += row["p"]
        billed[what] += row["c" if what == "click" else "v"]
    return Counted(by_ad, foretold, billed)


def _chances(lines: Sequence[Line], groups: Counts, campaigns: Counts, counted: Counted) -> Doubles:
    """Return how likely each ad is to be billed for a showing, before that is set right."""
    raw = np.zeros(len(lines))
    rows = np.array([counted.by_ad.get(line.ad, (0, 0, 0)) for line in lines], np.float64)
    what_of = np.array([line.billed.value for line in lines])
    for what, column in (("view", 1), ("click", 2)):
        own = np.flatnonzero(what_of == what)
        if len(own):
            nested = [numbered(groups[own].tolist()), numbered(campaigns[own].tolist())]
            raw[own] = chances.shrunk(rows[own, column], rows[own, 0], nested, what=what)
    return raw


def _hidden(lines: Sequence[Line], groups: Counts, campaigns: Counts, *, at: datetime) -> Doubles:
    """Return how likely each ad is to be hidden by whom it is shown to, in any placement."""
    ads = [line.ad for line in lines]
    days = AdDay.objects.filter(day__gt=local_day(at - COUNTED), ad__in=ads)
    hidden = HiddenAd.objects.filter(at__gt=at - COUNTED, ad__in=ads)
    shown: Any = days.values_list("ad").annotate(Sum("shown")).order_by()
    said: Any = hidden.values_list("ad").annotate(Count("pk")).order_by()
    by_ad = [
        np.array([found.get(ad, 0) for ad in ads], np.float64)
        for found in (dict(said), dict(shown))
    ]
    by_ad[1] = np.maximum(by_ad[0], by_ad[1])  # those of the last minutes are not counted yet
    return chances.shrunk(by_ad[0], by_ad[1], [groups, campaigns], what="hidden")


def _rightings(lines: Sequence[Line], counted: Counted) -> Doubles:
    by = {
        what: chances.set_right(counted.foretold[what], counted.billed[what])
        for what in counted.foretold
    }
    return np.array([by[line.billed.value] for line in lines], np.float64)


_INSIDERS = """
SELECT ad, insider FROM unnest(%s::bigint[]) AS ad CROSS JOIN LATERAL ads_insiders(ad) AS insider
"""


def _whole(numbers: Iterable[int]) -> Counts:
    return np.fromiter(numbers, np.int64)


_locks = {placement: threading.Lock() for placement in Placement}
_standing: dict[Placement, Standing] = {}


def current(*, at: datetime, placement: Placement = Placement.FEED) -> Standing:
    """Return the ads that may be shown, as they were a few seconds ago at most.

    While one thread reads them anew, the others go on with what was. Queries: 0, or those of
    ``read`` and ``holding.drop_closed`` every few seconds.
    """
    known, lock = _standing.get(placement), _locks[placement]
    if known is None:
        with lock:
            known = _standing.get(placement) or read(at=at, placement=placement)
            _standing[placement] = known
    elif abs(at - known.read_at) >= READ_EVERY and lock.acquire(blocking=False):
        try:
            known = _standing[placement] = read(at=at, placement=placement)
            holding.drop_closed()
        finally:
            lock.release()
    return known


def forget() -> None:
    """Read them anew at the next call."""
    _standing.clear()
    outcomes.forget()
