"""Scores in words, for the shop's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_percent
from django.utils.translation import gettext, gettext_noop

from vitrine.catalog.models import Question
from vitrine.orders.health import Health
from vitrine.orders.models import Order
from vitrine.orders.standards import ENOUGH, Score
from vitrine.sovereignty.cell import locale

_WORDS = {
    "late": (
        gettext_noop("Sent late"),
        gettext_noop(
            "Parcels that left after the day on which they were to leave, or wait past it, of all "
            "that were to leave by now. A parcel is to leave one working day after it was ordered, "
            "or when your packing time is over, if that is later."
        ),
    ),
    "cancelled": (
        gettext_noop("Cancelled by you"),
        gettext_noop("Orders that somebody of your shop cancelled, of all that were placed."),
    ),
    "refunded": (
        gettext_noop("Given back"),
        gettext_noop("Orders that were refunded after they had left, of all that left."),
    ),
    "unanswered": (
        gettext_noop("Not answered in time"),
        gettext_noop(
            "Questions on your products and messages on orders that had no answer within 24 hours, "
            "of all that were asked. A message within 24 hours of your own is part of that talk."
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A score with its words. against, questions: what counts against the shop, newest first."""

    score: Score
    title: str
    meaning: str
    against: Sequence[Order]
    questions: Sequence[Question]

    @property
    def percent(self) -> str:
        """Return how many of a hundred count against the shop."""
        return _percent(self.score.percent)

    @property
    def consequence(self) -> str:
        """Say what stands, and what happens past the threshold."""
        most = _percent(self.score.standard.most_percent)
        if not self.score.is_judged:
            said = gettext("Too few to judge: it counts from {enough}. At most {most} then.")
            return said.format(enough=ENOUGH, most=most)
        if self.score.is_past:
            said = gettext(
                "Past {most}. Moderators may warn the shop; if it stays so, suspend it. You are "
                "told why, and can appeal."
            )
            return said.format(most=most)
        return gettext("Fine: at most {most}.").format(most=most)


def told(health: Health) -> list[Told]:
    """Return the scores in words, each with the orders behind it."""
    found = []
    for score in health.scores:
        title, meaning = _WORDS[score.standard.code]
        keys = dict.fromkeys(fact.key for fact in score.against)  # an order may have several talks
        against = [health.orders[key] for key in keys if key in health.orders]
        questions = [health.questions[key] for key in keys if key in health.questions]
        found.append(Told(score, gettext(title), gettext(meaning), against, questions))
    return found


def _percent(of: Decimal) -> str:
    return str(format_percent(of / 100, decimal_quantization=False, locale=locale()))
