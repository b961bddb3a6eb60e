"""The weights of one page: as they are declared, or with an experiment's changes.

Only what is weighed anew at each page can differ between viewers. What a watch says of its clip
(``LIKED`` and the like) is learnt into tables that are everybody's, and is the same for all.
Source: docs/adr/0098-experiments.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from vitrine.feed import weights
from vitrine.recommend.mixing import Rules

Pair = tuple[float, float]
"""What a source's word counts: once as a share of the viewer's best, once as the root of it."""


class Layer(IntEnum):
    """What a weight has its say in. Experiments of two layers run beside each other."""

    SPEAKING = 1
    MIXING = 2


class Bound(NamedTuple):
    """Between what an experiment may have a weight, both included."""

    layer: Layer
    least: float
    most: float


BAD = ("refused", "reported")
GOOD = [name for name in weights.VALUE if name not in BAD]

BOUNDS = {
    "TRUST.near.best": Bound(Layer.SPEAKING, 0.0, 4.0),
    "TRUST.near.root": Bound(Layer.SPEAKING, 0.0, 4.0),
    "TRUST.factors.best": Bound(Layer.SPEAKING, 0.0, 4.0),
    "TRUST.factors.root": Bound(Layer.SPEAKING, 0.0, 4.0),
    "TRUST.heat.best": Bound(Layer.SPEAKING, 0.0, 4.0),
    "TRUST.heat.root": Bound(Layer.SPEAKING, 0.0, 4.0),
    **{f"VALUE.{name}": Bound(Layer.SPEAKING, 0.0, 20.0) for name in GOOD},
    **{f"VALUE.{name}": Bound(Layer.SPEAKING, -40.0, 0.0) for name in BAD},
    "FRESH": Bound(Layer.SPEAKING, 0.0, 4.0),
    "RECEIVED": Bound(Layer.SPEAKING, 0.0, 20.0),
    "MET": Bound(Layer.SPEAKING, 0.0, 10.0),
    "TASTE": Bound(Layer.SPEAKING, 0.0, 4.0),
    "FOLLOWED": Bound(Layer.SPEAKING, 0.0, 2.0),
    "FRESH_HALF_LIFE_HOURS": Bound(Layer.SPEAKING, 6.0, 720.0),
    "NEAR_FADES": Bound(Layer.SPEAKING, 0.3, 1.0),
    "NEAR_POPULAR": Bound(Layer.SPEAKING, 0.0, 1.0),
    "RULES.worth": Bound(Layer.MIXING, 0.1, 0.95),
    "RULES.new": Bound(Layer.MIXING, 0.02, 0.5),
    "LIKENESS": Bound(Layer.MIXING, 0.0, 1.0),
}
"""The weights that an experiment may change, by their names in ``weights.py``."""


@dataclass(frozen=True)
class Weights:
    """What a page is chosen by, as far as it can differ between viewers.

    value: of what may come of a showing, in the order of ``weights.VALUE``.
    """

    value: tuple[float, ...]
    near: Pair
    factors: Pair
    heat: Pair
    fresh: float
    received: float
    met: float
    taste: float
    followed: float
    fresh_half_life_hours: float
    near_fades: float
    near_popular: float
    likeness: float
    rules: Rules


def declared(name: str) -> float:
    """Return a weight of ``BOUNDS`` as it is for everybody who is in no experiment."""
    first, _, rest = name.partition(".")
    found = getattr(weights, first)
    if first == "TRUST":
        source, _, kind = rest.partition(".")
        return float(found[source][kind == "root"])
    if first == "VALUE":
        return float(found[rest])
    return float(getattr(found, rest) if rest else found)


def changed(changes: Iterable[tuple[str, float]]) -> Weights:
    """Return the weights with some changes. Raises: KeyError for a name without bounds."""
    return _changed(tuple(sorted(changes)))


@lru_cache(maxsize=256)
def _changed(changes: tuple[tuple[str, float], ...]) -> Weights:
    said = {name: declared(name) for name in BOUNDS}
    for name, value in changes:
        least, most = BOUNDS[name][1:]
        said[name] = min(max(value, least), most)
    return Weights(
        value=tuple(said[f"VALUE.{name}"] for name in weights.VALUE),
        near=_pair(said, "TRUST.near"),
        factors=_pair(said, "TRUST.factors"),
        heat=_pair(said, "TRUST.heat"),
        fresh=said["FRESH"],
        received=said["RECEIVED"],
        met=said["MET"],
        taste=said["TASTE"],
        followed=said["FOLLOWED"],
        fresh_half_life_hours=said["FRESH_HALF_LIFE_HOURS"],
        near_fades=said["NEAR_FADES"],
        near_popular=said["NEAR_POPULAR"],
        likeness=said["LIKENESS"],
        rules=replace(weights.RULES, worth=said["RULES.worth"], new=said["RULES.new"]),
    )


def _pair(said: Mapping[str, float], source: str) -> Pair:
    return said[f"{source}.best"], said[f"{source}.root"]


OURS = changed(())
"""For everybody who is in no experiment."""
