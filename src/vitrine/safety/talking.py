"""What people say of goods and orders, as far as the cell's list of words allows it.

What is held is a row that only its author reads, and a case at the desk.
"""

from datetime import datetime
from typing import TypeVar

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Question, Voice
from vitrine.catalog.models.question import speaks_for
from vitrine.kernel.errors import Refusal
from vitrine.orders import reviewing
from vitrine.orders.models import Message, Order, Review, Side
from vitrine.orders.models.review import NotBought
from vitrine.orders.reviewing import Draft
from vitrine.safety.filtering import WordRefused
from vitrine.safety.models import Case, Effect, ListedWord, Origin
from vitrine.safety.things import Thing

S = TypeVar("S", Review, Question, Message)


class NotYoursToAnswer(Refusal):
    """Only the shop and those who bought the thing answer."""

    code = "not_yours_to_answer"
    message = "The shop answers this, and people who bought it here."


def review(product: Product, draft: Draft, *, by: Person, at: datetime) -> Review:
    """Write or change one's review; it may be held. Raises: WordRefused, and as ``reviewing``."""
    is_held = _must_wait(draft.text)
    with transaction.atomic():
        said = reviewing.review(product, draft, by=by, at=at, is_withheld=is_held)
        return _weighed(said, is_held=is_held, at=at)


def ask(product: Product, text: str, *, by: Person, at: datetime) -> Question:
    """Ask something about a product; it may be held. Raises: WordRefused, PostingSuspended."""
    is_held = _must_wait(text)
    with transaction.atomic():
        said = Question.ask(product, text, by=by, at=at, is_withheld=is_held)
        return _weighed(said, is_held=is_held, at=at)


def answer(question: Question, text: str, *, by: Person, at: datetime) -> Question:
    """Answer as the shop, or as somebody who bought it; it may be held.

    Raises: NotYoursToAnswer, WordRefused, QuestionGone, PostingSuspended.
    """
    voice = _voice(question.product, by)
    is_held = _must_wait(text)
    with transaction.atomic():
        said = question.answer(text, by=by, voice=voice, at=at, is_withheld=is_held)
        return _weighed(said, is_held=is_held, at=at)


def reply(review: Review, text: str, *, by: Person, at: datetime) -> None:
    """Answer a review for its shop. Nothing can be held there, so what would wait is refused.

    Raises: WordRefused.
    """
    if ListedWord.effect_on(text):
        raise WordRefused
    review.reply(text, by=by, at=at)


def write(order: Order, text: str, *, side: Side, by: Person | None, at: datetime) -> Message:
    """Write to the other side of an order; it may be held.

    Raises: WordRefused, PostingSuspended.
    """
    is_held = _must_wait(text)
    with transaction.atomic():
        said = Message.write(order, text, side=side, by=by, at=at, is_withheld=is_held)
        return _weighed(said, is_held=is_held, at=at)


def may_answer(product: Product, person: Person) -> bool:
    """Tell whether a person may answer questions on a product. Queries: 1 or 2."""
    try:
        _voice(product, person)
    except NotYoursToAnswer:
        return False
    return True


def _voice(product: Product, person: Person) -> Voice:
    if speaks_for(person, product.merchant):
        return Voice.SELLER
    try:
        Review.bought_line(product, person)
    except NotBought:
        raise NotYoursToAnswer from None
    return Voice.BUYER


def _must_wait(text: str) -> bool:
    effect = ListedWord.effect_on(text)
    if effect == Effect.REFUSE:
        raise WordRefused
    return effect == Effect.HOLD


def _weighed(said: S, *, is_held: bool, at: datetime) -> S:
    if is_held:
        Case.open_on(Thing.of(said), reason="other", at=at, origin=Origin.HELD)
    return said
