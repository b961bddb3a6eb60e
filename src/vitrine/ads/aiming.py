"""Who fits which ads, over all that stand: arithmetic, no database."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, Self, TypeVar

import numpy as np

from vitrine.ads.models.dealing import in_order
from vitrine.ads.models.targeting import AGES, Aimed, picks_people
from vitrine.recommend.arrays import Counts, Flags

K = TypeVar("K", bound=Hashable)
Did = tuple[int | None, str]
"""A shop, and a ``Dealing`` with it."""
Like = tuple[int | None, tuple[str, ...], int]
"""A shop, what those had to do with it whom somebody is like, and of how many percent they are."""


@dataclass
class Picked:
    """What ads may know of a viewer.

    band: a bit for their age (``standing.band_of``), 0: nothing is picked for them, and what
    follows is not read. interests: hashtags that they watch. regions: where they have things sent.
    dealings: shops, and what they have to do with each. alike: whom they are like.
    """

    language: str
    band: int = 0
    interests: set[str] = field(default_factory=set)
    regions: set[str] = field(default_factory=set)
    dealings: set[Did] = field(default_factory=set)
    alike: set[Like] = field(default_factory=set)


class Line(Aimed, Protocol):
    """An ad, as far as it says whom it is for."""

    @property
    def languages(self) -> Collection[str]:
        """Return the languages that they read."""

    @property
    def merchant(self) -> int | None:
        """Return the advertiser's shop."""

    @property
    def alike_percent(self) -> int:
        """Return of how many percent of viewers they are who are most like its people."""


@dataclass(frozen=True)
class Asked(Generic[K]):
    """Which lines ask something of a viewer, and what. Whichever asks nothing fits everybody."""

    asks: Flags
    lines_of: dict[K, Counts]

    @classmethod
    def by(cls, keys: Sequence[Collection[K]]) -> Self:
        """Return it of what each line asks for; one of several is enough."""
        asks = np.array([bool(one) for one in keys], np.bool_)
        found = lines_of(enumerate(keys)).items()
        return cls(asks, {key: np.array(lines, np.int64) for key, lines in found})

    def fits(self, keys: Iterable[K]) -> Flags:
        """Return the lines that a viewer of whom this is known fits."""
        found = ~self.asks
        if self.lines_of:
            for key in keys:
                if key in self.lines_of:
                    found[self.lines_of[key]] = True
        return found


@dataclass(frozen=True)
class Aims:
    """Whom all ads are for, a line for each."""

    is_profiled: Flags
    ages: Counts
    languages: Asked[str]
    interests: Asked[str]
    regions: Asked[str]
    dealings: Asked[Did]
    left_out: Asked[Did]
    alike: Asked[Like]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Self:
        """Return it of ads in their order."""
        ages = [sum(1 << AGES.index(band) for band in one.ages) for one in lines]
        return cls(
            is_profiled=np.array([picks_people(one) for one in lines], np.bool_),
            ages=np.array(ages, np.int64),
            languages=Asked.by([one.languages for one in lines]),
            interests=Asked.by([[word.lower() for word in one.interests] for one in lines]),
            regions=Asked.by([one.regions for one in lines]),
            dealings=Asked.by([[(one.merchant, did) for did in one.dealings] for one in lines]),
            left_out=Asked.by([[(one.merchant, did) for did in one.left_out] for one in lines]),
            alike=Asked.by([[like_of(one)] if one.alike else [] for one in lines]),
        )

    def open_to(self, viewer: Picked) -> Flags:
        """Return the lines that a viewer fits."""
        found = self.languages.fits([viewer.language])
        if not viewer.band:
            return found & ~self.is_profiled
        found &= (self.ages == 0) | ((self.ages & viewer.band) != 0)
        found &= self.interests.fits(viewer.interests)
        found &= self.regions.fits(viewer.regions) & self.dealings.fits(viewer.dealings)
        found &= self.alike.fits(viewer.alike)
        for did in viewer.dealings & self.left_out.lines_of.keys():
            found[self.left_out.lines_of[did]] = False
        return found

    @property
    def ask_dealings(self) -> bool:
        """Tell whether any ad is for people by what they did in a shop, or not for them."""
        return bool(self.dealings.lines_of or self.left_out.lines_of)


def like_of(line: Line) -> Like:
    """Return whom the people of a line are like."""
    return line.merchant, tuple(in_order(line.alike)), line.alike_percent


def lines_of(pairs: Iterable[tuple[int, Iterable[K]]]) -> dict[K, list[int]]:
    """Return which lines belong to each key."""
    found: dict[K, list[int]] = {}
    for line, keys in pairs:
        for key in keys:
            found.setdefault(key, []).append(line)
    return found
