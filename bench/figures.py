"""A measured figure, its reference and its goal."""

import operator
import statistics
from collections.abc import Callable
from dataclasses import dataclass

JUDGES: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le}


class NotMeasurable(Exception):
    """Something that a bench needs is missing here; the message says what, and how to get it."""


@dataclass(frozen=True)
class Figure:
    """One measurement. goal: like ">= 332" or "<= 4"; empty where none is set yet.

    reference: what was measured beside it in the same run; ratio: value to reference.
    """

    metric: str
    value: float
    unit: str
    goal: str = ""
    reference: str = ""
    reference_value: float | None = None
    ratio: float | None = None

    @property
    def ok(self) -> bool | None:
        """Tell whether the goal is met; None without a goal."""
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        return JUDGES[sign](self.value, float(bound))

    def line(self, bench: str) -> dict[str, object]:
        """Return the figure as a JSON object of the agreed shape."""
        return {
            "bench": bench,
            "metric": self.metric,
            "value": rounded(self.value),
            "unit": self.unit,
            "reference": self.reference or None,
            "reference_value": rounded(self.reference_value),
            "ratio": rounded(self.ratio),
            "goal": self.goal or None,
            "ok": self.ok,
        }


def rounded(value: float | None) -> float | None:
    """Keep four significant digits: more would pretend to know."""
    return None if value is None else float(f"{value:.4g}")


@dataclass(frozen=True)
class Compared:
    """Medians of a measure, of its reference, and of their ratio round by round."""

    value: float
    reference: float
    ratio: float


def interleaved(
    measure: Callable[[], float], reference: Callable[[], float], *, rounds: int = 5
) -> Compared:
    """Measure in turn, so that a slow minute of the machine weighs on both alike."""
    pairs = [(measure(), reference()) for _ in range(rounds)]
    return Compared(
        value=statistics.median(value for value, _ in pairs),
        reference=statistics.median(value for _, value in pairs),
        ratio=statistics.median(value / other for value, other in pairs),
    )
