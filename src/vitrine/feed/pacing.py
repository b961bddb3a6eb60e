"""How many clips a viewer may begin: arithmetic on minutes, no database."""

from dataclasses import dataclass, field

MOST_AN_HOUR = 1_200
"""Clips that one viewer can begin in an hour: one every three seconds."""

MINUTES = 61
"""So many are counted, the present one in part: no hour of any sixty minutes has more."""


@dataclass(slots=True)
class Pace:
    """What a viewer began lately. minute: that of the last number in begun, since 1970."""

    minute: int = 0
    begun: list[int] = field(default_factory=list)

    def advance(self, minute: int) -> None:
        """Let time pass until a minute; one that is over counts as the present one."""
        passed = min(minute - self.minute, MINUTES)
        if passed > 0:
            self.begun = [*self.begun, *[0] * passed][-MINUTES:] if any(self.begun) else [0]
            self.minute = minute

    def room(self) -> int:
        """Return how many more may begin in the present minute."""
        return MOST_AN_HOUR - sum(self.begun)
