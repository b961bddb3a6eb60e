"""From which day until which: the form above analytics."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext, ngettext

from vitrine.kernel.periods import PeriodForm
from vitrine.surfaces.studio.analytics import Span


@dataclass(frozen=True)
class Preset:
    """Days that are one tap away."""

    label: str
    query: str
    is_chosen: bool


class SpanForm(PeriodForm):
    """Days of a creator's figures, with those that are one tap away."""

    PRESETS: ClassVar = (7, 28, 90, 365)

    def presets(self, span: Span) -> list[Preset]:
        """Return the spans that end today, one tap each."""
        made = []
        for days in self.PRESETS:
            since = self.today - timedelta(days=days - 1)
            query = f"?since={since}&until={self.today}"
            is_chosen = (span.since, span.until) == (since, self.today)
            label = ngettext("{number} day", "{number} days", days).format(number=days)
            if days == self.PRESETS[-1]:
                label = gettext("A year")
            made.append(Preset(label, query, is_chosen))
        return made
