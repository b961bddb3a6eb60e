"""Sales, clocks and banks for tests of payouts."""

from datetime import datetime, timedelta

from tests import make
from vitrine.catalog.models import Merchant
from vitrine.ledger import accounts, balances
from vitrine.ledger.accounts import Payee
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import BankAccount, Order, PayoutTerms
from vitrine.orders.payouts import banking, terms

DAY = timedelta(days=1)
ROUTING, NUMBER = "021000021", "123456789"


def payee(shop: Merchant) -> Payee:
    """Return a shop's accounts."""
    return accounts.merchant(shop.public_id)


def sold(shop: Merchant, cents: int, *, at: datetime = make.NOON) -> Order:
    """Sell something of a price, delivery 4.95, and ship it."""
    thing = make.variant(make.product(shop), stock=1, price_minor=cents)
    return shipped(make.purchase(thing).group.orders.get(), at=at)


def shipped(order: Order, *, at: datetime = make.NOON) -> Order:
    """Ship an order, and take its money."""
    key = handing_over.ship(order, Parcel("Post", "1"), by=make.person(), at=at)
    moving.make(key, at=at)
    order.refresh_from_db()
    return order


def refunded(order: Order, *, at: datetime) -> None:
    """Give a buyer their money back."""
    key = handing_over.refund(order, by=make.person(), at=at, reason="Too small")
    moving.make(key, at=at)


def banked(shop: Merchant, *, at: datetime = make.NOON, number: str = NUMBER) -> BankAccount:
    """Name a shop's bank account."""
    return banking.name_account(
        payee(shop), holder=shop.name, routing=ROUTING, number=number, by=make.person(), at=at
    )


def agreed(shop: Merchant, **said: object) -> PayoutTerms:
    """Agree on other terms with a shop; its turn is today."""
    found = terms.of(payee(shop), at=make.NOON)
    for name, value in said.items():
        setattr(found, name, value)
    found.save()
    return found


def holds(shop: Merchant) -> dict[str, int]:
    """Return what a shop has, by the last word of each account."""
    found = balances.of(payee(shop).all, currency="USD")
    return {code.rpartition(":")[2]: amount for code, amount in found.items() if amount}
