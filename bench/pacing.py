"""How much of a budget's worth the product's own pacing buys, on logs of real auctions.

Protocol of Cai et al., WSDM 2017: a budget for each thousand auctions, second price, no bid above
300. What is bought is compared with the best that could be known afterwards (a linear program).
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import exp, isfinite, nan
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

import numpy as np

from bench.figures import Figure, NotMeasurable
from vitrine.ads.pacing import Pacer
from vitrine.recommend.arrays import Doubles

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ads" / "ipinyou"
EPISODE = 1_000
MOST_BID = 300.0
SHARES = (32, 8, 2)
MEAN_GOALS = {32: ">= 0.965", 8: ">= 0.985", 2: ">= 0.993"}
TABLE = "published_bid_performance.txt"
PUBLISHED = re.compile(r"camp=(\w+), algo=(\w+), N=1000, c0=([\d.]+)\s*\|(.*)")
ALGORITHMS = {"rlb": "RLB", "ss_mdp": "SS-MDP"}
STEP = 0.2
"""Of the reference: the best of 0.02, 0.05, 0.1, 0.2 and 0.4 on these campaigns."""

FIELDS = ("click", "price", "chance")
"""Of a line of a log; lines with more or fewer say something else."""
TRAINED = ("cost_train", "imp_train", "clk_train")

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

    @property
    def episodes(self) -> int:
        """Return how many budgets there are."""
        return -(-len(self.prices) // EPISODE)


class Published(NamedTuple):
    """What an algorithm bought of a log, as published."""

    clicks: float
    cost: float


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
    published = read_published(data)
    for campaign in campaigns:
        auctions = read(data, campaign)
        for part in SHARES:
            budget = float(int(auctions.price / part * EPISODE))
            best = sum(
                best_value(auctions, slice(at, at + EPISODE), budget)
                for at in range(0, len(auctions.prices), EPISODE)
            )
            name = f"{campaign}_{part}"
            if not budget or not best:
                yield Figure(f"lp_{name}", best, f"for {budget:g} an episode: nothing to share")
                continue
            ours = _ours(auctions, budget, best)
            steps = _by_steps(auctions, budget, best)
            known = published.get((campaign, part, len(auctions.prices)), {})
            yield _beside(f"clicks_{name}", ours.clicks, "", "RLB", known, "clicks")
            if "SS-MDP" in known:
                yield _beside(f"clicks_{name}_ss_mdp", ours.clicks, "", "SS-MDP", known, "clicks")
            yield Figure(
                f"share_of_lp_{name}", ours.share, "", ">= 0.975" if name == "2997_32" else "",
                "mirror descent", steps.share, ours.share / steps.share if steps.share else None,
            )  # fmt: skip
            costs = {
                algorithm: one._replace(cost=one.cost / (budget * auctions.episodes))
                for algorithm, one in known.items()
            }
            yield _beside(f"spent_{name}", ours.spent, "of the budget", "RLB", costs, "cost")
            shares[part].append(ours.share)
    for part in SHARES:
        if shares[part]:
            yield Figure(f"mean_share_of_lp_{part}", fmean(shares[part]), "", MEAN_GOALS[part])
    if shares[32]:
        yield Figure("worst_share_of_lp_32", min(shares[32]), "", ">= 0.93")


def _beside(
    metric: str, value: float, unit: str, algorithm: str, known: dict[str, Published], what: str
) -> Figure:
    """Return a figure beside what was published of an algorithm, where anything was."""
    if algorithm not in known:
        return Figure(metric, value, unit)
    theirs = float(getattr(known[algorithm], what))
    ratio = value / theirs if theirs else None
    return Figure(metric, value, unit, "", f"{algorithm}, published", theirs, ratio)


def read(data: Path, campaign: str) -> Auctions:
    """Read a campaign's auctions: those kept back for tests where they are there.

    Raises: NotMeasurable, which names file and line.
    """
    names = [f"{campaign}.test.txt", f"{campaign}.validation.txt"]
    found = [data / name for name in names if (data / name).exists()]
    if not found:
        raise NotMeasurable(f"{data} has neither {names[0]} nor {names[1]}.")
    rows = []
    for number, line in enumerate(found[0].read_text().splitlines(), 1):
        fields = line.split()
        if len(fields) != len(FIELDS):  # a header, or where an episode begins
            continue
        rows.append([_number(*one, found[0], number) for one in zip(FIELDS, fields, strict=True)])
    if not rows:
        raise NotMeasurable(f"{found[0]} has no line of {', '.join(FIELDS)}.")
    clicks, prices, values = np.array(rows, np.float64).T
    cost, showings, clicked = _trained(data / f"{campaign}.info.json")
    return Auctions(clicks, prices, values, price=cost / showings, usual=cost / max(clicked, 1.0))


def _number(name: str, text: str, where: Path, line: int) -> float:
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not (isfinite(number) and number >= 0):
        raise NotMeasurable(f"{where}, line {line}: {text!r} is no {name}.")
    return number


def _trained(info: Path) -> tuple[float, float, float]:
    """Return what a campaign's training log cost, its showings and clicks."""
    try:
        told = json.loads(info.read_text())
    except json.JSONDecodeError as error:
        raise NotMeasurable(f"{info}, line {error.lineno}: {error.msg}.") from None
    if not isinstance(told, dict):
        raise NotMeasurable(f"{info}, line 1: not an object.")
    found = []
    for name in TRAINED:
        number = told.get(name)
        if (
            not isinstance(number, int | float)
            or number < 0
            or (name != "clk_train" and not number)
        ):
            raise NotMeasurable(f"{info}: {name} is {number!r}, and has to be a number above 0.")
        found.append(float(number))
    return found[0], found[1], found[2]


def read_published(data: Path) -> dict[tuple[str, int, int], dict[str, Published]]:
    """Return what was published, by campaign, part of the budget, and the number of auctions.

    Raises: NotMeasurable, which names the line.
    """
    table, found = data / TABLE, dict[tuple[str, int, int], dict[str, Published]]()
    lines = table.read_text().splitlines() if table.exists() else []
    for number, line in enumerate(lines, 1):
        row = PUBLISHED.search(line)
        if row is None or row[2] not in ALGORITHMS:
            continue
        try:
            _, auctions, _, clicks, cost = (float(text) for text in row[4].split("|")[:5])
            key = row[1], round(1 / float(row[3])), int(auctions)
        except (ValueError, ZeroDivisionError):
            raise NotMeasurable(f"{table}, line {number}: not a row of the table.") from None
        found.setdefault(key, {})[ALGORITHMS[row[2]]] = Published(clicks, cost)
    return found


def best_value(of: Auctions, where: slice, budget: float) -> float:
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
        # What is worth nothing is not bid for: no price of it is too high.
        return min(value * pacer.price_of_value(left / auctions, auctions), left) if value else 0.0

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
    return Bought(clicks, gained / best, spent / (budget * of.episodes))
