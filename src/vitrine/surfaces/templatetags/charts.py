"""Numbers as the shapes of a chart, whose plot is 100 by 100."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template

register = template.Library()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; text, since templates write numbers for people."""

    x: str
    y: str
    width: str
    height: str


@register.filter
def bars(values: Sequence[int]) -> list[Bar]:
    """Draw values as bars from left to right; the highest one fills the height."""
    most, step = max([*values, 1]), 100 / max(len(values), 1)
    heights = [max(value, 0) * 100 / most for value in values]
    return [
        Bar(f"{place * step:.2f}", f"{100 - height:.2f}", f"{step * 0.8:.2f}", f"{height:.2f}")
        for place, height in enumerate(heights)
    ]
