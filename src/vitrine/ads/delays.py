"""How long after a click things are bought: which part of what it will bring is there already.

Of each click it is known how old it is and how long it counts, so of each stretch of time after a
click, how many clicks have lived through it and how many orders came in it. Arithmetic, no clock,
no database. Source: docs/adr/0123-orders-and-returns.md.
"""

from dataclasses import dataclass

import numpy as np

from vitrine.recommend.arrays import Doubles

ENDS_H = (1, 3, 8, 24, 48, 96, 168, 336, 672)
"""When stretches of time after a click end, in hours: the last with the longest window."""
USUAL_SHARES = (0.35, 0.1, 0.1, 0.12, 0.09, 0.09, 0.07, 0.05, 0.03)
"""Of all that is bought in the longest window, before anything was."""
USUAL_ORDERS = 0.02
"""Of a click, in the longest window, before any came."""
WEIGHT = 50.0
"""Orders that what is usual weighs."""
_EDGES_H = np.array([0, *ENDS_H], np.float64)


@dataclass(frozen=True)
class Delays:
    """When things are bought after a click. shares: of the longest window's, by each stretch."""

    shares: Doubles

    def by(self, hours: Doubles) -> Doubles:
        """Return the part of all orders of the longest window that came until so many hours."""
        return np.asarray(np.interp(hours, _EDGES_H, np.cumsum([0.0, *self.shares])))

    def seen(self, ages_h: Doubles, windows_h: Doubles) -> Doubles:
        """Return the part that came until now of what some clicks would bring without an end.

        ages_h: a line for each lot of clicks, with ages that are spread over it. windows_h: how
        long each lot counts.
        """
        lived = np.minimum(ages_h, windows_h[:, None])
        return np.asarray(self.by(np.maximum(lived, 0.0)).mean(axis=1))


NOTHING_KNOWN = Delays(np.array(USUAL_SHARES))


def learnt(orders: Doubles, clicks: Doubles, ages_h: Doubles, windows_h: Doubles) -> Delays:
    """Return how long things take, from how many orders came in each stretch.

    clicks: how many each lot has. ages_h, windows_h: as in ``Delays.seen``.
    """
    lived = np.minimum(ages_h, windows_h[:, None])[:, :, None] - _EDGES_H[:-1]
    parts = np.clip(lived / np.diff(_EDGES_H), 0.0, 1.0).mean(axis=1)
    exposed = clicks @ parts if len(clicks) else np.zeros(len(ENDS_H))
    due = float(exposed @ NOTHING_KNOWN.shares)
    weight = WEIGHT / USUAL_ORDERS
    usual = (orders.sum() + WEIGHT) / (due + weight)
    rates = (orders + WEIGHT * NOTHING_KNOWN.shares) / (exposed + WEIGHT / usual)
    return Delays(np.asarray(rates / rates.sum()))
