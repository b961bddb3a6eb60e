"""How the goods of an offer are handed over: as the form says, and what it offers for each line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from vitrine.orders import keeping
from vitrine.orders.collecting import Collection
from vitrine.orders.delivering import Delivery, Ways
from vitrine.orders.models import Address
from vitrine.orders.quote import Part, Quote, Shop
from vitrine.orders.splitting import Choice
from vitrine.orders.wanted import Wanted

FIELD = "handover-"
EACH = "each"
"""Said of a shop whose lines are each handed over as they say themselves."""


@dataclass(frozen=True)
class Way:
    """One way for one line: a delivery or a collection. address: where it goes, if elsewhere."""

    value: str
    delivery: Delivery | None = None
    collection: Collection | None = None
    address: Address | None = None


@dataclass(frozen=True)
class Line:
    """One line with its ways. chosen: the value of the way that it takes now."""

    wanted: Wanted
    name: str
    chosen: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Stall:
    """One shop's part of the sheet. lines: with their ways, where each is chosen for itself.

    may_differ: whether there is more than one way to choose from for a line. elsewhere: whether
    there is another address among them.
    """

    shop: Shop
    may_differ: bool
    elsewhere: bool
    lines: tuple[Line, ...] = ()

    @property
    def field(self) -> str:
        return f"{FIELD}{self.shop.seller.merchant.public_id}"

    @property
    def ways(self) -> Ways:
        return self.shop.together.ways

    @property
    def collections(self) -> tuple[Collection, ...]:
        return self.shop.together.collections

    @property
    def collects(self) -> bool:
        """Tell whether some line could be collected."""
        return bool(self.shop.seller.shelves)

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.shop.parts

    @property
    def value(self) -> str:
        """Return what is chosen for the whole shop."""
        return EACH if self.lines else _value(self.parts[0].choice)


def choices(asked: QueryDict) -> dict[str, Choice]:
    """Read how things are handed over, by public id of a merchant or, of each line, a variant.

    "handover-<merchant>" is "d-<delivery>", "s-<store>" or "each"; then the lines say it by
    "handover-<merchant>-<variant>", and "d-<delivery>-<address>" sends one elsewhere.
    """
    chosen: dict[str, Choice] = {}
    for name, value in asked.items():
        if name.startswith(FIELD) and (choice := _choice(str(value))):
            merchant, _, variant = name.removeprefix(FIELD).partition("-")
            if not variant or asked.get(FIELD + merchant) == EACH:
                chosen[variant or merchant] = choice
    return chosen


def choice_of(line: Wanted, chosen: Mapping[str, Choice]) -> Choice:
    """Return what is chosen for a line: by itself, or with its shop."""
    variant, merchant = line.variant.public_id, line.variant.merchant.public_id
    return chosen.get(variant) or chosen.get(merchant) or Choice()


def without(
    chosen: Mapping[str, Choice], merchant: str, wanted: Sequence[Wanted]
) -> dict[str, Choice]:
    """Return choices but for those of one merchant, which does not offer them."""
    its = {one.variant.public_id for one in wanted if one.variant.merchant.public_id == merchant}
    return {of: choice for of, choice in chosen.items() if of != merchant and of not in its}


def coming_home(chosen: Mapping[str, Choice], home: Address | None) -> dict[str, Choice]:
    """Return choices where what was sent to an address goes with all else, now that all goes there.

    home: where the purchase goes from now on.
    """
    mark = keeping.mark_of(home) if home else ""
    return {
        of: Choice(choice.delivery, choice.store) if choice.address == mark else choice
        for of, choice in chosen.items()
    }


def stalls(
    found: Quote, asked: QueryDict, addresses: Sequence[Address], home: Address | None
) -> tuple[Stall, ...]:
    """Return what the sheet offers of each shop. home: which address the purchase goes to."""
    is_one_line = sum(len(shop.lines) for shop in found.shops) == 1
    others = [] if is_one_line else [one for one in addresses if one != home]
    return tuple(_stall(shop, asked, others) for shop in found.shops)


def _stall(shop: Shop, asked: QueryDict, others: Sequence[Address]) -> Stall:
    stall = Stall(shop, _may_differ(shop, others), elsewhere=bool(others))
    if stall.may_differ and asked.get(stall.field) == EACH:
        return replace(stall, lines=tuple(_line(stall, one, others) for one in shop.lines))
    return stall


def _may_differ(shop: Shop, others: Sequence[Address]) -> bool:
    deliveries = shop.together.ways.deliveries
    ways = len(deliveries) + len(shop.seller.shelves)
    return bool(deliveries and others) or (len(shop.lines) > 1 and ways > 1)


def _line(stall: Stall, line: Wanted, others: Sequence[Address]) -> Line:
    shop = stall.shop
    chosen = shop.part_of(line)
    away = [*others, *([chosen.address] if chosen.address not in (None, *others) else [])]
    ways = [Way(_value(_sent(one)), one) for one in shop.deliveries_of(line)]
    ways += [Way(_value(_at(one)), collection=one) for one in shop.collections_of(line)]
    ways += [
        Way(_value(_sent(one, to)), one, address=to)
        for to in away
        if to is not None
        for one in shop.deliveries_of(line, to=to.mark)
    ]
    name = f"{stall.field}-{line.variant.public_id}"
    return Line(line, name, _value(chosen.choice), tuple(ways))


def _sent(delivery: Delivery, to: Address | None = None) -> Choice:
    return Choice(delivery=delivery.option.public_id, address=to.mark if to else "")


def _at(collection: Collection) -> Choice:
    return Choice(store=collection.store.public_id)


def _value(choice: Choice) -> str:
    """Return a choice as its field says it."""
    if choice.store:
        return f"s-{choice.store}"
    return f"d-{choice.delivery}" + (f"-{choice.address}" if choice.address else "")


def _choice(value: str) -> Choice | None:
    kind, _, rest = value.partition("-")
    public_id, _, mark = rest.partition("-")
    if kind == "s":
        return Choice(store=public_id)
    return Choice(delivery=public_id, address=mark) if kind == "d" else None
