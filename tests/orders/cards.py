"""What tests of gift cards and store credit do: issue one, buy with it, send, look at all rules."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core import mail

from tests import make
from vitrine.catalog.models import Merchant, Variant
from vitrine.kernel.invariants import Finding
from vitrine.orders import (
    checkout,
    covering,
    handing_over,
    invariants,
    moving,
    purse_invariants,
    purses,
    quote,
)
from vitrine.orders.checkout import Means
from vitrine.orders.covering import Wish
from vitrine.orders.giftcards import invariants as giftcards
from vitrine.orders.giftcards.buying import CardAttempt, Gift
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    CardOffer,
    CardSale,
    Order,
    Payment,
    Purse,
)
from vitrine.orders.payment import sandbox

ONE = 2000 + 495 + 80 + 20  # a lamp, its delivery and the tax of New York
LATER = make.NOON + timedelta(hours=2)
HALF = 5_000
"""Half a hundred: what a card costs here."""


def card(amount: int, of: Merchant | None = None, **fields: Any) -> tuple[Purse, str]:
    return purses.issue(
        amount,
        key=f"card-{Purse.objects.count()}",
        merchant=of,
        by=make.person(),
        at=make.NOON,
        **fields,
    )


def bought(*lamps: Variant, codes: tuple[str, ...] = (), **fields: Any) -> Payment:
    wish = Wish(codes, bool(fields.pop("with_credit", False)), who="v_somebody")
    attempt = make.attempt(*lamps, wish=wish, **fields)
    if attempt.shown_asked_minor is None:  # what the button would have said
        offer = quote.build(attempt.wanted, choices={}, region="NY", at=make.NOON)
        seen = covering.plan(offer, replace(wish, who="v_page"), attempt.buyer, at=make.NOON)
        attempt = replace(attempt, shown_asked_minor=seen.asked_minor)
    return checkout.buy(attempt, at=make.NOON)


def selling(shop: Merchant | None = None, **fields: Any) -> Merchant:
    """Let a shop sell gift cards."""
    shop = shop or make.merchant()
    terms = {"amounts_minor": [2_500, HALF], "least_minor": 1_000, "most_minor": 20_000, **fields}
    CardOffer.objects.create(merchant=shop, by=make.person(), at=make.NOON, **terms)
    return shop


def press(shop: Merchant, token: str = sandbox.SUCCEEDS, **fields: Any) -> CardAttempt:
    """Make one press of the button that buys a card of a shop."""
    return CardAttempt(
        key=fields.pop("key", f"card-key-{CardSale.objects.count()}"),
        merchant=shop,
        buyer=fields.pop("buyer", None),
        email="bea@example.org",
        amount_minor=fields.pop("amount_minor", HALF),
        gift=Gift(fields.pop("to_email", "ada@example.org"), "Bea", "Happy day!", **fields),
        means=Means("sandbox", token, "Test card"),
    )


def code_in_mail() -> str:
    """Return the code of the last letter that tells one."""
    last = [one for one in mail.outbox if "Its code:" in one.body][-1]
    return next(line for line in last.body.splitlines() if "Its code:" in line).split()[-1]


def sent(order: Order) -> None:
    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=LATER), at=LATER)


def sound() -> bool:
    """Tell whether every invariant of orders and purses holds."""
    found: list[Finding] = [
        invariants.one_charge_per_purchase(),
        invariants.orders_add_up(),
        invariants.money_has_its_reason(),
        invariants.guards_stand(),
        purse_invariants.purses_add_up(),
        giftcards.cards_are_paid_for(),
    ]
    broken = [one for each in found for one in each.violations]
    assert broken == []
    return True
