"""How much of a budget's worth the product's own pacing buys, on logs of real auctions.

Protocol of Cai et al., WSDM 2017: a budget for each thousand auctions, second price, no bid above
300. What is bought is compared with the best that could be known afterwards (a linear program).
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp
from pathlib import Path
from statistics import fmean

import numpy as np

from bench.figures import Figure, NotMeasurable
from vitrine.ads.pacing import Pacer
from vitrine.recommend.arrays import Doubles

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ads" / "ipinyou"
EPISODE = 1_000
MOST_BID = 300.0
SHARES = (32, 8, 2)
MEAN_GOALS = {32: ">= 0.965", 8: ">= 0.985", 2: ">= 0.993"}
PUBLISHED = re.compile(r"camp=(\w+), algo=(\w+), N=1000, c0=([\d.]+)\s*\|(.*)")
STEP = 0.2
"""Of the reference: the best of 0.02, 0.05, 0.1, 0.2 and 0.4 on these campaigns."""

Bid = Callable[[float, float, int], float]
Heard = Callable[[float, float, bool], None]


@dataclass(frozen=True)
class Auctions:
    """The auctions of one campaign. values: the chance of a click; usual: price of a click."""

    clicks: Doubles
    prices: Doubles
    values: Doubles
    price: float
    usual: float


@dataclass(frozen=True)
class Bought:
    """What a way of bidding bought. share: of the best known afterwards."""

    clicks: float
    share: float
    spent: float


def run(data: Path = DATA) -> Iterator[Figure]:
    """Yield clicks and shares of each campaign in a folder, and their means."""
    campaigns = sorted({path.name.split(".")[0] for path in data.glob("*.info.json")})
    if not campaigns:
        raise NotMeasurable(f"There are no campaigns in {data}: name a folder with --data.")
    shares: dict[int, list[float]] = {part: [] for part in SHARES}
    published = _published(data)
    for campaign in campaigns:
        auctions = _read(data, campaign)
        for part in SHARES:
            budget = float(int(auctions.price / part * EPISODE))
            best = sum(
                _best(auctions, slice(at, at + EPISODE), budget)
                for at in range(0, len(auctions.prices), EPISODE)
            )
            ours = _ours(auctions, budget, best)
            steps = _by_steps(auctions, budget, best)
            known = published.get((campaign, part, len(auctions.prices)))
            name = f"{campaign}_{part}"
            yield Figure(
                f"clicks_{name}", ours.clicks, "", reference="RLB, published" if known else "",
                reference_value=known, ratio=ours.clicks / known if known else None,
            )  # fmt: skip
            yield Figure(
                f"share_of_lp_{name}", ours.share, "", ">= 0.975" if name == "2997_32" else "",
                "mirror descent", steps.share, ours.share / steps.share,
            )  # fmt: skip
            yield Figure(f"spent_{name}", ours.spent, "of the budget")
            shares[part].append(ours.share)
    for part in SHARES:
        yield Figure(f"mean_share_of_lp_{part}", fmean(shares[part]), "", MEAN_GOALS[part])
    yield Figure("worst_share_of_lp_32", min(shares[32]), "", ">= 0.93")


def _read(data: Path, campaign: str) -> Auctions:
    """Read a campaign's auctions: those kept back for tests where they are there."""
    names = [f"{campaign}.test.txt", f"{campaign}.validation.txt"]
    found = [data / name for name in names if (data / name).exists()]
    if not found:
        raise NotMeasurable(f"{data} has neither {names[0]} nor {names[1]}.")
    rows = [line.split() for line in found[0].read_text().splitlines()]
    numbers = np.array([row for row in rows if len(row) == 3], np.float64)
    told = json.loads((data / f"{campaign}.info.json").read_text())
    clicks, prices, values = numbers.T
    return Auctions(
        clicks,
        prices,
        values,
        price=told["cost_train"] / told["imp_train"],
        usual=told["cost_train"] / max(told["clk_train"], 1),
    )


def _published(data: Path) -> dict[tuple[str, int, int], float]:
    """Return published clicks by campaign, budget, and the number of auctions."""
    table = data / "published_bid_performance.txt"
    lines = table.read_text().splitlines() if table.exists() else []
    return {
        (found[1], round(1 / float(found[3])), int(found[4].split("|")[1])): float(
            found[4].split("|")[3]
        )
        for found in map(PUBLISHED.search, lines)
        if found and found[2] == "rlb"
    }


def _best(of: Auctions, where: slice, budget: float) -> float:
    """Return the most value that a budget could have bought, parts of a showing included."""
    values, prices = of.values[where], of.prices[where]
    order = np.argsort(prices / np.maximum(values, 1e-12), kind="stable")
    values, spent = values[order], np.cumsum(prices[order])
    whole = int(np.searchsorted(spent, budget, side="right"))
    if whole == len(spent):
        return float(values.sum())
    before = spent[whole - 1] if whole else 0.0
    part = (budget - before) / (spent[whole] - before)
    return float(values[:whole].sum() + part * values[whole])


def _ours(of: Auctions, budget: float, best: float) -> Bought:
    pacer = Pacer(usual=of.usual)

    def bid(value: float, left: float, auctions: int) -> float:
        return pacer.bid(value, left=left, auctions=auctions)

    return _bought(of, budget, best, bid, lambda value, price, _: pacer.note(value, price))


def _by_steps(of: Auctions, budget: float, best: float) -> Bought:
    """Bid by multiplicative steps against spending faster or slower than evenly: the reference."""
    paid = of.usual
    even = budget / EPISODE

    def bid(value: float, left: float, auctions: int) -> float:
        return min(value * paid, left)

    def heard(value: float, price: float, is_won: bool) -> None:
        nonlocal paid
        paid *= exp(STEP * (even - (price if is_won else 0)) / of.price)

    return _bought(of, budget, best, bid, heard)


def _bought(of: Auctions, budget: float, best: float, bid: Bid, heard: Heard) -> Bought:
    """Let a way of bidding spend the budget of each thousand auctions."""
    clicks = gained = spent = 0.0
    log = list(zip(of.clicks.tolist(), of.prices.tolist(), of.values.tolist(), strict=True))
    for start in range(0, len(log), EPISODE):
        left, episode = budget, log[start : start + EPISODE]
        for nth, (click, price, value) in enumerate(episode):
            is_won = min(bid(value, left, len(episode) - nth), MOST_BID) >= price
            if is_won:
                left -= price
                clicks += click
                gained += value
                spent += price
            heard(value, price, is_won)
    episodes = -(-len(log) // EPISODE)
    return Bought(clicks, gained / best, spent / (budget * episodes))
