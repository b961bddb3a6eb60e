"""An advertiser's days as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vitrine.ads.figures import Figures
from vitrine.sovereignty.cell import shortly


@dataclass(frozen=True)
class Chart:
    """Days, the earliest first, as bars: what they cost, and how many views they had."""

    days: Sequence[tuple[date, Figures]]

    @property
    def spent(self) -> list[int]:
        """Return what each day cost, in micros."""
        return [told.spent_micros for _, told in self.days]

    @property
    def views(self) -> list[int]:
        """Return the views of each day."""
        return [told.views for _, told in self.days]

    @property
    def most_micros(self) -> int:
        """Return what the dearest day cost."""
        return max(self.spent)

    @property
    def most_views(self) -> int:
        """Return the views of the day with most."""
        return max(self.views)

    @property
    def first(self) -> str:
        """Say which day it begins with."""
        return shortly(self.days[0][0])

    @property
    def last(self) -> str:
        """Say which day it ends with."""
        return shortly(self.days[-1][0])
