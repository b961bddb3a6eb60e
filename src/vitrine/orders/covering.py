"""What a buyer wants to pay with before the bank, and what that covers of a quote.

Source: docs/adr/0073-gift-cards-and-credit.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext, gettext_noop

from vitrine.accounts import limits
from vitrine.accounts.limits import Action
from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.orders import purses, tendering
from vitrine.orders.models import Purse, PurseKind
from vitrine.orders.quote import Quote
from vitrine.orders.tendering import Due, Fund, Share

MOST_CARDS = 5
NO_SUCH_CARD = gettext_noop("There is no gift card with this code. Check how it is written.")
STOPPED = gettext_noop("This gift card was stopped. Ask whoever gave it to you.")
OVER = gettext_noop("The time of this gift card is over.")
EMPTY = gettext_noop("Nothing is left on this gift card.")
IN_USE = gettext_noop(
    "What is left on this gift card is held for a purchase. If that is not paid, it is free again "
    "within minutes."
)
ELSEWHERE = gettext_noop("This gift card can be spent at {shop} only.")


class CardDoesNotPay(Refusal):
    """A gift card was typed that pays nothing here: its sentence says why."""

    code = "card_does_not_pay"
    message = "This gift card does not pay here. Take it out to see the total without it."


@dataclass(frozen=True)
class Wish:
    """What a buyer wants to pay with before the bank. who: by what wrong codes are counted."""

    codes: tuple[str, ...] = ()
    with_credit: bool = False
    who: str = ""
    is_new: bool = True

    def __bool__(self) -> bool:
        return self.with_credit or any(self.codes)


NOTHING_ELSE = Wish()


@dataclass(frozen=True)
class Cover:
    """How a purchase is paid: shares of purses, the rest by the bank. cards: with their codes.

    credit: what the buyer has, spent or not. why: why the last code pays nothing.
    """

    total_minor: int
    shares: tuple[Share, ...] = ()
    purses: Mapping[int, Purse] = field(default_factory=dict)
    cards: tuple[tuple[str, Purse], ...] = ()
    credit: tuple[Purse, ...] = ()
    why: str = ""

    @property
    def stored_minor(self) -> int:
        return sum(one.amount_minor for one in self.shares)

    @property
    def asked_minor(self) -> int:
        """Return what is left for the bank."""
        return self.total_minor - self.stored_minor

    def of_purse(self, purse: Purse) -> int:
        """Return what a purse pays."""
        return sum(one.amount_minor for one in self.shares if one.purse == purse.pk)

    def of_part(self, number: int) -> int:
        """Return what purses pay of a part."""
        return sum(one.amount_minor for one in self.shares if one.part == number)


NO_COVER = Cover(0)


def plan(offer: Quote, wish: Wish, person: Person | None, *, at: datetime) -> Cover:
    """Return how a quote is paid. Queries: 0 without a wish; 1 for credit; 2 or 3 for each code.

    Raises: TooFast, where too many wrong codes were tried.
    """
    if not wish:
        return Cover(offer.total_minor)
    shops = {part.merchant.pk for part in offer.parts}
    cards, why = _cards(wish, shops, at=at)
    credit = credit_for(person, at=at) if wish.with_credit and person else ()
    funds = [*(card for _, card in cards), *credit]
    shares = tendering.share(
        [
            Due(number, part.merchant.pk, part.figures.total_minor)
            for number, part in enumerate(offer.parts)
        ],
        [Fund(one.pk, one.free_minor, one.merchant_id) for one in funds],
    )
    return Cover(
        offer.total_minor,
        tuple(shares),
        {one.pk: one for one in funds},
        tuple(cards),
        credit,
        why,
    )


def credit_for(person: Person, *, at: datetime) -> tuple[Purse, ...]:
    """Return the credit that somebody can spend. Queries: 1."""
    mine = Purse.objects.credit_of(person).spendable(at=at).select_related("merchant")
    return tuple(mine.filter(put_minor__gt=F("spent_minor") + F("held_minor")))


def card_of(code: str, wish: Wish, *, at: datetime) -> Purse | None:
    """Find a card by its code; a wrong one counts as a guess. Raises: TooFast. Queries: 2 or 3."""
    if limits.is_over(wish.who, Action.CARD, is_new=wish.is_new, at=at):
        raise limits.TooFast(Action.CARD, limits.seconds_left(Action.CARD, at=at))
    found = Purse.objects.select_related("merchant").filter(
        kind=PurseKind.CARD, code_digest__in=purses.digests(code)
    )
    card = found.first()
    if card is None:
        limits.spend(wish.who, Action.CARD, is_new=wish.is_new, at=at)
    else:
        purses.know_by_newest_key(card, code)
    return card


def _cards(wish: Wish, shops: set[int], *, at: datetime) -> tuple[list[tuple[str, Purse]], str]:
    """Return the cards that pay here, with their codes, and why one that was typed does not."""
    cards: dict[int, tuple[str, Purse]] = {}
    why = ""
    for code in wish.codes[:MOST_CARDS]:
        card = card_of(code, wish, at=at)
        no = _why_not(card, shops, at=at)
        if no or card is None:
            why = why or no
        else:
            cards.setdefault(card.pk, (code, card))
    return list(cards.values()), why


def _why_not(card: Purse | None, shops: set[int], *, at: datetime) -> str:
    if card is None:
        return gettext(NO_SUCH_CARD)
    if card.stopped_at is not None:
        return gettext(STOPPED)
    if card.is_over(at):
        return gettext(OVER)
    if card.merchant is not None and card.merchant_id not in shops:
        return gettext(ELSEWHERE).format(shop=card.merchant.name)
    if card.free_minor <= 0:
        return gettext(IN_USE if card.held_minor else EMPTY)
    return ""
