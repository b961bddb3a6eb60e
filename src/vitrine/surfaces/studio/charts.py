"""Lines on a chart: numbers to points of an SVG whose plot is 100 by 100. No Django."""

from collections.abc import Sequence
from dataclasses import dataclass

SIDE = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """One series. points: for a polyline. area: for a path filled down to the ground."""

    points: str
    area: str


def line(values: Sequence[float], *, most: float) -> Line:
    """Draw values from left to right, 0 at the bottom and most at the top.

    A single value is drawn as a level line, since a point would not be seen.
    """
    shown = list(values) * 2 if len(values) == 1 else list(values)
    step = SIDE / max(len(shown) - 1, 1)
    places = [
        f"{place * step:.2f},{SIDE - SIDE * min(value / most, 1.0) if most else SIDE:.2f}"
        for place, value in enumerate(shown)
    ]
    points = " ".join(places)
    return Line(points, f"M0,{SIDE:g} L{' '.join(places)} L{SIDE:g},{SIDE:g} Z" if places else "")


def ceiling(values: Sequence[int]) -> int:
    """Return a round number that no value goes beyond: 1, 2, 4, 5, 6, 8 or 10 times a power of 10.

    At least 4, so that the middle of the axis is a whole number too.
    """
    most = max([*values, 4])
    power = int("1".ljust(len(str(most)), "0"))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= most)
