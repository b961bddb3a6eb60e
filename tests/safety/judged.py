"""Cases and decisions for tests."""

from datetime import datetime
from typing import Any

from tests import make
from vitrine.accounts.models import Person
from vitrine.safety import judging
from vitrine.safety.models import Case, Decision
from vitrine.safety.policy import Measure
from vitrine.safety.things import Thing


def moderator() -> Person:
    """Make a moderator."""
    return make.person(is_moderator=True)


def case(about: Any, reason: str = "spam", *, at: datetime = make.NOON) -> Case:
    """Open a case on a clip, comment, person or product."""
    return Case.open_on(Thing.of(about), reason=reason, at=at)


def decided(
    about: Any,
    measure: Measure,
    *,
    by: Person | None = None,
    reason: str = "spam",
    at: datetime = make.NOON,
) -> Decision:
    """Decide about something, as a moderator of its own."""
    opened = case(about, reason, at=at)
    return judging.decide(
        opened, by=by or moderator(), reason=reason, measure=measure, words="", at=at
    )
