"""What the auction of a page takes, from the gates to what is promised. Imported inside the cell.

All that a page does between reading of its viewer and writing what it shows, as it does it: the
places and what they cost, caps, targeting and what is avoided, the bids, the auction of several
places with who is held out of it, and the money out of leases that are held in memory.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from bench.figures import Figure
from vitrine.ads import bidding, blending, ghosts, holding, load, serving, viewing
from vitrine.ads.aiming import Aims, Picked, lines_of
from vitrine.ads.auction import CERTAIN
from vitrine.ads.beside import Avoided, Near
from vitrine.ads.models import AGES, Dealing, Placement
from vitrine.ads.promising import Promises
from vitrine.ads.standing import Line, Standing
from vitrine.ads.valuing import AUTOMATIC, Values
from vitrine.ads.viewing import Asking, Known
from vitrine.recommend.arrays import numbered

SIZES = (2_000, 10_000)
ROUNDS, AUCTIONS, VIEWERS = 5, 2_000, 200
ADS_EACH = 10
P99_GOALS = {2_000: "<= 0.5", 10_000: "<= 2"}
CLIPS, FIRST = 10, 5
"""Of a page that begins with the fifth clip; so it has five places."""
MET, HIDDEN, WATCHED = 40, 3, 8
LANGUAGES = ("en", "es", "fr")
REGIONS = ("NY", "CA", "TX", "OH", "WA")
INTERESTS = tuple(f"interest{n}" for n in range(30))
WORDS = tuple(f"word{n}" for n in range(1_000))
PLENTY_MICROS = 10**15


class Before(NamedTuple):
    """Somebody before a page, and what was read of them."""

    asking: Asking
    known: Known


class Took(NamedTuple):
    """How long each auction took on the wall, and all of them of one core."""

    ms: list[float]
    core_s: float


def run() -> Iterator[Figure]:
    """Yield how long the auction of a page takes, and how many there are in a second."""
    for size in SIZES:
        of = field(size)
        befores = [before(of) for _ in range(VIEWERS)]
        for line in of.lines[::ADS_EACH]:
            until_at = timezone.now() + timedelta(hours=1)
            holding.keep(line.campaign, Promises(line.campaign, PLENTY_MICROS, until_at))
        ours, bare = partial(held, of), partial(one_pass, of)
        _times(ours, befores)  # what campaigns pay is learnt first
        rounds = [(_times(ours, befores), _times(bare, befores)) for _ in range(ROUNDS)]
        for name, unit, goal, told in (
            (f"p99_ms_{size}", "ms", P99_GOALS[size], _p99_ms),
            (f"per_s_{size}", "/s", ">= 5000" if size == SIZES[0] else "", _per_s),
        ):
            own, floor = ([told(took) for took in side] for side in zip(*rounds, strict=True))
            ratio = median(one / other for one, other in zip(own, floor, strict=True))
            yield Figure(
                name, median(own), unit, goal, "one pass over bids and chances", median(floor),
                ratio,
            )  # fmt: skip
        holding.forget()
        bidding.forget()


def held(of: Standing, one: Before) -> int:
    """Hold the auction of a page; return how many ads it has, with the money for them."""
    asking, known, at = one.asking, one.known, timezone.now()
    bids = bidding.bids(of, at=at)
    after = known.near.places(asking.places, asking.clips)
    most = min(load.MOST_A_PAGE, known.left(at=at))
    places = blending.places(after, asking.worths, most=most, between=asking.between)
    mask = viewing.open_to(asking, known, of, at=at)
    viewer = ghosts.Viewer(asking.key, is_measured=bool(known.picked.band))
    awards = serving.awarded(of, bids, mask, places, viewer)
    for award in awards:
        campaign, chance = of.lines[award.line].campaign, of.chance(award.line)
        if holding.promise(campaign, award.price_micros, chance, at=at) is None:
            raise RuntimeError("A lease in memory ran out: the bench measured a refusal.")
    return len(awards)


def one_pass(of: Standing, one: Before) -> int:
    """Only multiply bids by chances and find the best: no gate, no price."""
    return int(np.argmax(of.values.bids_micros * of.chances))


def _times(one: Callable[[Before], int], befores: list[Before]) -> Took:
    """Hold so many auctions."""
    took, began = [], time.thread_time()
    for n in range(AUCTIONS):
        started = time.perf_counter()
        one(befores[n % len(befores)])
        took.append(1000 * (time.perf_counter() - started))
    return Took(took, time.thread_time() - began)


def _p99_ms(took: Took) -> float:
    return float(np.percentile(took.ms, 99))


def _per_s(took: Took) -> float:
    return len(took.ms) / took.core_s


def field(size: int) -> Standing:
    """Return ads of many advertisers, some of each kind: all that a page has to look at."""
    random.seed(size)
    lines = [_line(n) for n in range(size)]
    dice = np.random.default_rng(size)
    clicks = np.array([line.objective == "clicks" for line in lines])
    rates = np.where(clicks, dice.beta(2, 150, size), dice.beta(60, 40, size))
    chances = np.rint(rates * CERTAIN).astype(np.int64)
    bids = (dice.integers(2_500, 30_000, size) / rates).astype(np.int64)
    bids[[line.bid_micros is None for line in lines]] = AUTOMATIC
    groups, campaigns, payers = (
        numbered([getattr(line, name) for line in lines])
        for name in ("group", "campaign", "advertiser")
    )
    avoids = ((n, random.sample(WORDS, 5)) for n in range(size) if payers[n] % 10 == 0)
    return Standing(
        placement=Placement.FEED, lines=lines, read_at=timezone.now(),
        ids=np.array([line.ad for line in lines], np.int64),
        products=np.array([line.product or 0 for line in lines], np.int64),
        groups=groups, campaigns=campaigns, advertisers=payers,
        values=Values(bids, np.zeros(size, np.int64), np.ones(size), np.zeros(size), {}),
        raw=rates, chances=chances, costs_micros=dice.integers(2, 40, size),
        aims=Aims.of(lines), avoided=Avoided(lines_of(avoids), {}),
        people=lines_of((n, [line.creator]) for n, line in enumerate(lines)),
        group_lines=lines_of((n, [line.group]) for n, line in enumerate(lines)),
        product_lines=lines_of((n, [line.product or 0]) for n, line in enumerate(lines)),
        line_of={line.ad: n for n, line in enumerate(lines)},
        is_in=np.ones(size, np.bool_),
        rates={line.campaign: random.uniform(20, 2_000) for line in lines},
    )  # fmt: skip


def _line(n: int) -> Line:
    """Return an ad: of ten campaigns three leave bids to us, and a few each ask for something."""
    campaign = n // ADS_EACH
    kind = campaign % 10
    aims: dict[int, dict[str, Any]] = {
        4: {"languages": LANGUAGES[:1]},
        5: {"regions": random.sample(REGIONS, 2)},
        6: {"interests": random.sample(INTERESTS, 3)},
        7: {"ages": AGES[1:3]},
        8: {"dealings": [Dealing.LOOKED.value], "left_out": [Dealing.BOUGHT.value]},
    }
    fields = ("languages", "regions", "interests", "ages", "dealings", "left_out")
    nothing: dict[str, Any] = dict.fromkeys(fields, ())
    return Line(
        ad=n + 1, public_id=f"us_{n}", advertiser=campaign, advertiser_name=f"Shop {campaign}",
        merchant=campaign, campaign=campaign, group=n // 2, clip=-n, creator=campaign,
        handle=f"shop{campaign}", product=n + 1 if kind % 2 else None, product_id="", call="shop",
        product_slug="", objective="clicks" if kind in (3, 6) else "views",
        bid_micros=None if kind in (0, 3, 5) else 1, most_shown=3, within_days=1,
        holdout_percent=20 if kind in (1, 3, 8) else 0,
        **nothing | aims.get(kind, {}),
    )  # fmt: skip


def before(of: Standing) -> Before:
    """Return somebody who has met ads, hides a few, and of whom this or that is known."""
    now_s = int(timezone.now().timestamp())
    groups = [random.choice(of.lines).group for _ in range(MET)]
    seen_s = sorted(now_s - random.randint(3_700, 20 * 86_400) for _ in range(MET))
    shops = [random.choice(of.lines).merchant for _ in range(6)]
    clips = [-random.randint(1, 10**6) for _ in range(CLIPS)]
    known = Known(
        Picked(
            random.choice(LANGUAGES), band=random.choice((0, 2, 4, 8)),
            interests=set(random.sample(INTERESTS, WATCHED)), regions={random.choice(REGIONS)},
            dealings={(shop, random.choice(list(Dealing)).value) for shop in shops},
        ),
        Near(words=set(random.sample(WORDS, 40))),
        met=list(zip(groups, seen_s, strict=True)),
        hidden=[random.choice(of.ids.tolist()) for _ in range(HIDDEN)],
    )  # fmt: skip
    worths = [random.lognormvariate(0.5, 0.4) for _ in clips]
    key = f"v_{random.randint(1, 10**9)}"
    return Before(Asking(key, AnonymousUser(), "en", FIRST, clips, worths=worths), known)
