"""What a click of each ad brings: how many orders within its window, and for how much.

Counted of clicks by how much of their time has passed, drawn to the ads of the same product, to
those of the same shop and to all, and set right as it turns out. Arithmetic, no database.
Source: docs/adr/0123-orders-and-returns.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vitrine.ads import chances
from vitrine.ads.delays import USUAL_ORDERS
from vitrine.recommend.arrays import Counts, Doubles

STRENGTH = 150.0
"""Clicks that what is alike weighs: as many as have some three orders."""
FEW_ORDERS = 3.0
"""Orders that it weighs for what one comes to."""
RIGHTED_DAYS = 4
"""What was foretold earlier was foretold by somebody who knew less."""
CHECKED = 50.0
"""Orders that were foretold, beyond which what they turned out to be is what sets right."""


@dataclass(frozen=True)
class Lots:
    """What came of clicks of ads, a line for each ad.

    clicks: each as much as has come of what it will bring. orders, sales_minor: what stands.
    prices_minor: of what the ad leads to; 0 where it leads to nothing, or nothing is known.
    foretold, came: how many orders were foretold to have come by now of the clicks of the last
    RIGHTED_DAYS, and how many did, where any were foretold.
    whole: which part of all orders, within the longest window, comes within the ad's.
    products, shops: numbered from 0.
    """

    clicks: Doubles
    orders: Doubles
    sales_minor: Doubles
    prices_minor: Doubles
    foretold: Doubles
    came: Doubles
    whole: Doubles
    products: Counts
    shops: Counts


@dataclass(frozen=True)
class Yields:
    """What one click of each ad brings. raw: orders, before they are set right.

    orders: within the window of its campaign. sales_minor: what these come to.
    """

    raw: Doubles
    orders: Doubles
    sales_minor: Doubles


def of(lots: Lots) -> Yields:
    """Return what a click of each ad is expected to bring."""
    nested: Sequence[Counts] = (lots.products, lots.shops)
    rates = drawn(lots.orders, lots.clicks, nested, usual=USUAL_ORDERS, strength=STRENGTH)
    raw = np.minimum(rates, 1.0) * lots.whole
    right = chances.set_right(float(lots.foretold.sum()), float(lots.came.sum()), checked=CHECKED)
    priced = lots.prices_minor > 0
    times = drawn(
        np.where(priced, lots.sales_minor / np.where(priced, lots.prices_minor, 1.0), 0.0),
        np.where(priced, lots.orders, 0.0),
        nested,
        usual=1.0,
        strength=FEW_ORDERS,
    )
    orders = np.minimum(raw * right, 1.0)
    return Yields(raw, orders, orders * times * lots.prices_minor)


def drawn(
    sums: Doubles, counts: Doubles, nested: Sequence[Counts], *, usual: float, strength: float
) -> Doubles:
    """Return the mean of each, drawn to what it belongs to, and that to all.

    nested: for each the line of what it belongs to, the smallest first. usual: the mean before
    anything was counted. strength: how many what is alike weighs. Orders are so few that each is
    counted once: what is alike to something is what it is not itself.
    """
    means, nothing = np.full(len(counts), usual), np.zeros(len(counts))
    lines = [np.zeros(len(counts), np.int64), *reversed(nested), np.arange(len(counts))]
    levels = [(np.bincount(n, sums)[n], np.bincount(n, counts)[n]) for n in lines]
    for (all_of, number), (own, of) in zip(levels, [*levels[1:], (nothing, nothing)], strict=True):
        means = (all_of - own + means * strength) / (number - of + strength)
    return np.asarray(means)
