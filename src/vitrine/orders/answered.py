"""What buyers asked of a shop, and whether it answered within the time that is declared.

A question on a product is asked once. In the messages of an order a buyer asks where they begin to
write: what follows on it, and what they write within that time of the shop's own words, belongs to
the same talk, so that "thank you" waits for no answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Min, Q

from vitrine.catalog.models import Merchant, Question, Voice
from vitrine.orders.models import Message, Order, Side
from vitrine.orders.standards import ANSWER_HOURS, Fact

IN_TIME = timedelta(hours=ANSWER_HOURS)
MOST = 5_000
"""Questions and messages that are looked at; a shop with more has its latest ones counted."""


@dataclass(frozen=True)
class Asked:
    """The facts, and what they are of by public id. What is not due yet is none."""

    facts: list[Fact] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)


def of(merchant: Merchant, *, since: datetime, at: datetime) -> Asked:
    """Return what was asked of a shop since, as far as it was answered or is due. Queries: 2."""
    found = Asked()
    for question in _questions(merchant, since=since):
        fact = _fact(question.public_id, question.at, getattr(question, "answered_at"), at=at)  # noqa: B009 (an annotation)
        if fact is not None:
            found.facts.append(fact)
            found.questions[question.public_id] = question
    for order, messages in groupby(_messages(merchant, since=since), lambda one: one.order):
        for asked_at, answered_at in talks(messages):
            fact = _fact(order.public_id, asked_at, answered_at, at=at)
            if fact is not None:
                found.facts.append(fact)
                found.orders[order.public_id] = order
    return found


def talks(messages: Iterable[Message]) -> Iterator[tuple[datetime, datetime | None]]:
    """Yield when a buyer began to write and the shop answered, for each talk of one order. Pure."""
    asked_at = said_at = None
    for one in messages:
        if one.side == Side.SELLER:
            if asked_at is not None:
                yield asked_at, one.at
            asked_at, said_at = None, one.at
        elif asked_at is None and (said_at is None or one.at - said_at > IN_TIME):
            asked_at = one.at
    if asked_at is not None:
        yield asked_at, None


def _fact(
    key: str, asked_at: datetime, answered_at: datetime | None, *, at: datetime
) -> Fact | None:
    """Return what counts; None where there is still time."""
    if answered_at is None and at - asked_at <= IN_TIME:
        return None
    return Fact(key, answered_at is None or answered_at - asked_at > IN_TIME)


def _questions(merchant: Merchant, *, since: datetime) -> list[Question]:
    asked = Question.objects.asked().filter(product__merchant=merchant, withheld_at=None)
    theirs = Q(answers__voice=Voice.SELLER, answers__withheld_at=None)
    rows = asked.filter(at__gte=since).annotate(answered_at=Min("answers__at", filter=theirs))
    return list(rows.select_related("product").order_by("-at", "-pk")[:MOST])


def _messages(merchant: Merchant, *, since: datetime) -> list[Message]:
    """Return the messages that a shop reads or wrote, order by order, the latest orders last."""
    rows = Message.objects.filter(order__merchant=merchant, at__gte=since, withheld_at=None)
    latest = rows.select_related("order").order_by("-order", "-at", "-pk")[:MOST]
    return list(reversed(latest))
