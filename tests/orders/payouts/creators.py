"""Five creators who sell for Mugs and for Rugs by their clips, at rates that change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests import make
from tests.orders.payouts.work import DAY, NUMBER, ROUTING, shipped
from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Variant
from vitrine.commission import offering, reckoning
from vitrine.commission.models import Commission
from vitrine.ledger import accounts, balances
from vitrine.ledger.accounts import Payee
from vitrine.orders import checkout
from vitrine.orders.models import Order
from vitrine.orders.payouts import banking, terms
from vitrine.videos.models import Clip


@dataclass(frozen=True)
class Creator:
    """Somebody who sells by a clip."""

    person: Person
    clip: Clip

    @property
    def payee(self) -> Payee:
        """Return their accounts."""
        return accounts.creator(self.person.public_id)

    @property
    def holds(self) -> dict[str, int]:
        """Return what they have, by the last word of each account."""
        found = balances.of(self.payee.all, currency="USD")
        return {code.rpartition(":")[2]: amount for code, amount in found.items() if amount}


@dataclass
class Troupe:
    """All five; gold: what Dee alone is offered a commission on."""

    ada: Creator
    ben: Creator
    cyd: Creator
    dee: Creator
    eve: Creator
    gold: Variant

    @property
    def all(self) -> list[Creator]:
        """Return them in the order of their names."""
        return [self.ada, self.ben, self.cyd, self.dee, self.eve]

    @property
    def holds(self) -> list[dict[str, int]]:
        """Return what each has."""
        return [each.holds for each in self.all]


def creator(handle: str) -> Creator:
    """Make somebody with a bank account, who is paid from the first cent on."""
    person = make.person(handle)
    made = Creator(person, make.clip(person))
    mine = terms.of(made.payee, at=make.NOON)
    mine.minimum_minor = 1
    mine.save(update_fields=["minimum_minor"])
    banking.name_account(
        made.payee, holder=handle, routing=ROUTING, number=NUMBER, by=person, at=make.NOON - 9 * DAY
    )
    return made


def troupe(mugs: Merchant, rugs: Merchant) -> Troupe:
    """Have Mugs give 10 %, cut to 5 % from 24 November on, and Dee 20 % on one thing; Rugs 8 %."""
    gold = make.variant(make.product(mugs), stock=5, price_minor=8_000)
    ada, ben, cyd, dee, eve = (creator(each) for each in ("ada", "ben", "cyd", "dee", "eve"))
    made = Troupe(ada, ben, cyd, dee, eve, gold)
    long_ago = make.NOON - 40 * DAY
    owner = make.person()
    usual = offering.offer(mugs, product=None, creator=None, rate_bp=1_000, by=owner, at=long_ago)
    for each in (made.ada, made.ben, made.cyd):
        usual.take(by=each.person, at=long_ago)
    offering.change(usual, 500, by=owner, at=make.NOON - 26 * DAY)
    hers = offering.offer(
        mugs, product=gold.product, creator=made.dee.person, rate_bp=2_000, by=owner, at=long_ago
    )
    hers.take(by=made.dee.person, at=long_ago)
    of_rugs = offering.offer(rugs, product=None, creator=None, rate_bp=800, by=owner, at=long_ago)
    of_rugs.take(by=made.eve.person, at=long_ago)
    offering.change(of_rugs, 1_000, by=owner, at=make.NOON + DAY)  # a rise holds at once
    return made


def by_clip(who: Creator, *things: Variant, at: datetime = make.NOON, **fields: Any) -> Order:
    """Sell things by a clip, delivery 4.95, ship them, and reckon with their creator."""
    bought = checkout.buy(make.attempt(*things, clip=who.clip, **fields), at=at)
    return reckoned(shipped(bought.group.orders.get(), at=at), at=at)


def reckoned(order: Order, *, at: datetime) -> Order:
    """Do the job that the last step left, twice: once more changes nothing."""
    reckoning.reckon(order.pk, at=at)
    reckoning.reckon(order.pk, at=at)
    return order


def due_at(order: Order) -> datetime:
    """Return when the commission of an order can be paid out: 15 days after its delivery."""
    found = Commission.objects.filter(line__order=order).exclude(due_at=None)
    return min(filter(None, found.values_list("due_at", flat=True)))
