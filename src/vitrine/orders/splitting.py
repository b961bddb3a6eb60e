"""Split a purchase into what is handed over together: one merchant, one way, one place.

Each lot becomes an order. Source: docs/adr/0072-handed-over-by-line.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext

from vitrine.catalog.models import DeliveryOption, Location, Merchant
from vitrine.kernel.errors import Refusal
from vitrine.orders import collecting, delivering
from vitrine.orders import wanted as asking
from vitrine.orders.collecting import Collection, Shelves
from vitrine.orders.delivering import Delivery, Unserved, Ways
from vitrine.orders.models import Address
from vitrine.orders.tax import Place
from vitrine.orders.wanted import Wanted
from vitrine.sovereignty.cell import this_cell


class NoDelivery(Refusal):
    """A merchant does not deliver that way, or that store is closed. Its fact: which merchant."""

    code = "no_delivery"
    message = "That delivery or store is no longer offered. Choose another one."


class NotServedThere(NoDelivery):
    """A way of delivery does not take this purchase there. Its fact: the merchant.

    elsewhere: a region to which it would go; None where no place would help.
    """

    code = "not_served"

    def __init__(self, one: Unserved, *, merchant: str, elsewhere: str | None) -> None:
        said = gettext("“{name}” is not offered for this: {why}")
        super().__init__(said.format(name=one.option.name, why=one.why), merchant=merchant)
        self.elsewhere = elsewhere


class AddressGone(NoDelivery):
    """An address that was chosen is not in the buyer's book. Its fact: which merchant's goods."""

    code = "address_gone"
    message = "An address you chose is not in your book any more. Choose another one."


@dataclass(frozen=True)
class Choice:
    """How goods are handed over: public ids. address: the mark of a kept one; "": the purchase's.

    Neither delivery nor store: the merchant's cheapest delivery, or its first store where it
    delivers nowhere.
    """

    delivery: str = ""
    store: str = ""
    address: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether the way is left to the merchant."""
        return not (self.delivery or self.store)


@dataclass(frozen=True)
class Seller:
    """One merchant of a purchase: its ways, its stores, and where things go.

    to: where the purchase goes. addresses: by mark, where single lines may go. ordered_at: local.
    """

    merchant: Merchant
    options: Sequence[DeliveryOption]
    shelves: Sequence[Shelves]
    to: Place
    addresses: Mapping[str, Address]
    ordered_at: datetime

    def lot(self, lines: Sequence[Wanted], choice: Choice) -> "Lot":
        """Return some lines as they would be handed over together. Raises: AddressGone."""
        address = self._address(choice)
        to = self.to
        if address is not None:
            to = replace(to, region=address.region, postcode=address.postcode)
        return Lot(
            lines=tuple(lines),
            ways=delivering.ways(
                self.options,
                asking.parcel(lines, to),
                merchant=self.merchant,
                to=to,
                ordered_at=self.ordered_at,
            ),
            collections=collecting.collections(self.shelves, lines),
            choice=choice,
            to=to,
            address=address,
        )

    def split(self, lines: Sequence[Wanted], choices: Mapping[str, Choice]) -> "list[Lot]":
        """Return the lots of its lines: what is handed over alike goes together.

        choices: by public id of a variant, or of the merchant for all others of its lines.
        What was left open is settled first, so that whoever chose the same joins it.
        """
        others = choices.get(self.merchant.public_id, Choice())
        chosen: dict[Choice, list[Wanted]] = {}
        for one in lines:
            chosen.setdefault(choices.get(one.variant.public_id, others), []).append(one)
        lots: dict[Choice, Lot] = {}
        for choice, alike in sorted(chosen.items(), key=lambda pair: not pair[0].is_open):
            lot = self.lot(alike, choice)
            settled = lot.settled if choice.is_open else choice
            if settled in lots:
                lot = self.lot([*lots[settled].lines, *alike], settled)
            lots[settled] = lot
        return list(lots.values())

    def _address(self, choice: Choice) -> Address | None:
        if not choice.address:
            return None
        if choice.address not in self.addresses:
            raise AddressGone(merchant=self.merchant.public_id)
        return self.addresses[choice.address]


@dataclass(frozen=True)
class Lot:
    """Lines of one merchant that are handed over together, before their figures are known.

    to: where a parcel of it goes. address: the kept one, where that is not the purchase's.
    """

    lines: tuple[Wanted, ...]
    ways: Ways
    collections: tuple[Collection, ...]
    choice: Choice
    to: Place
    address: Address | None = None

    @property
    def merchant(self) -> Merchant:
        return self.lines[0].variant.merchant

    @property
    def collection(self) -> Collection | None:
        if not self.choice.store:
            only_collects = not self.ways.deliveries and not self.choice.delivery
            return self.collections[0] if only_collects and self.collections else None
        for one in self.collections:
            if one.store.public_id == self.choice.store:
                return one
        raise NoDelivery(merchant=self.merchant.public_id)

    @property
    def store(self) -> Location | None:
        return self.collection.store if self.collection else None

    @property
    def delivery(self) -> Delivery | None:
        if self.store is not None:
            return None
        for delivery in self.ways.deliveries:
            if self.choice.delivery in ("", delivery.option.public_id):
                return delivery
        for one in self.ways.unserved:
            if self.choice.delivery in ("", one.option.public_id):
                raise self._not_served(one)
        raise NoDelivery(merchant=self.merchant.public_id)

    @property
    def settled(self) -> Choice:
        """Return what the choice comes to where it was left open."""
        if self.store is not None:
            return Choice(store=self.store.public_id)
        delivery = self.delivery.option.public_id if self.delivery else ""
        return Choice(delivery=delivery, address=self.choice.address)

    @property
    def price_minor(self) -> int:
        return self.delivery.price_minor if self.delivery else 0

    @property
    def taxed_at(self) -> Place:
        """Return where it is taxed: a collection at its store, a parcel where it goes."""
        if self.store is None:
            return self.to
        return Place(this_cell().country, self.store.region, self.store.postcode)

    def _not_served(self, one: Unserved) -> NotServedThere:
        elsewhere = next(iter(self.ways.served), "" if self.ways.asks_postcode else None)
        if self.address is not None:
            elsewhere = None
        return NotServedThere(one, merchant=self.merchant.public_id, elsewhere=elsewhere)
