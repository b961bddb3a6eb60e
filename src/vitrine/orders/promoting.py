"""What promotions and vouchers take off a purchase, as arithmetic.

Everything is whole minor units, and what a rule gives is spread over its lines by the largest
remainder, so that the parts sum exactly. Which rules stand together is one table, ``SLOTS``.
Source: docs/adr/0065-promotions.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext, gettext_noop

from vitrine.kernel.money import share, split


class Gift(StrEnum):
    """What a promotion gives."""

    PERCENT = "percent"
    FIXED = "fixed"
    BUY_X = "buy_x"
    FREE_DELIVERY = "delivery"


class Funder(StrEnum):
    """Who bears it: the merchant, who sells for less, or the platform, who makes it good."""

    MERCHANT = "merchant"
    PLATFORM = "platform"


@dataclass(frozen=True)
class Slot:
    """A place for one rule. Of several that fit, the one that gives most takes it."""

    on_delivery: bool
    funder: Funder


PLATFORM_ON_GOODS = Slot(on_delivery=False, funder=Funder.PLATFORM)
PLATFORM_ON_DELIVERY = Slot(on_delivery=True, funder=Funder.PLATFORM)
SLOTS = (
    Slot(on_delivery=False, funder=Funder.MERCHANT),
    PLATFORM_ON_GOODS,
    Slot(on_delivery=True, funder=Funder.MERCHANT),
    PLATFORM_ON_DELIVERY,
)
"""Which rules stand together, in the order in which they apply, each on what the earlier ones left.

One of each merchant on its goods, one of the platform on all goods, and free delivery from either.
Two rules for one slot never add up: the better one counts.
"""


@dataclass(frozen=True)
class Rule:
    """One promotion that runs. merchant: whose goods; None: everybody's, which the platform bears.

    percent: a fraction. buy, get: of every buy + get pieces the get cheapest are free.
    least_minor: from which sum of goods on, before any discount. code: what had to be typed.
    """

    key: int
    gift: Gift
    merchant: int | None = None
    percent: Decimal = Decimal(0)
    amount_minor: int = 0
    buy: int = 0
    get: int = 0
    least_minor: int = 0
    code: str = ""

    @property
    def funder(self) -> Funder:
        return Funder.PLATFORM if self.merchant is None else Funder.MERCHANT

    def fits(self, slot: Slot) -> bool:
        """Tell whether it is for that slot."""
        return self.funder is slot.funder and slot.on_delivery == (self.gift is Gift.FREE_DELIVERY)


@dataclass(frozen=True)
class Line:
    """Goods of one line. key: names it to the caller."""

    key: int
    merchant: int
    unit_minor: int
    quantity: int

    @property
    def goods_minor(self) -> int:
        return self.unit_minor * self.quantity


@dataclass(frozen=True)
class Fare:
    """What the delivery of one part would cost: of what is handed over together. part: its key."""

    part: int
    merchant: int
    amount_minor: int


@dataclass(frozen=True)
class Off:
    """What comes off one line or one delivery, by who bears it."""

    merchant_minor: int = 0
    platform_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.merchant_minor + self.platform_minor

    def more(self, amount_minor: int, funder: Funder) -> "Off":
        """Return it with some more borne by somebody."""
        if funder is Funder.PLATFORM:
            return replace(self, platform_minor=self.platform_minor + amount_minor)
        return replace(self, merchant_minor=self.merchant_minor + amount_minor)


NONE = Off()
TOO_LITTLE = gettext_noop("This code counts from a larger sum on.")
BETTER = gettext_noop("Something better counts already; the two do not add up.")
NOTHING = gettext_noop("This code takes nothing off what you buy here.")


@dataclass(frozen=True)
class Given:
    """What came off. lines: by line key. deliveries: by part key. used: keys of rules.

    of_platform: the platform's rules that count, by slot.
    """

    lines: dict[int, Off] = field(default_factory=dict)
    deliveries: dict[int, Off] = field(default_factory=dict)
    used: tuple[int, ...] = ()
    unused: dict[int, str] = field(default_factory=dict)
    of_platform: dict[Slot, int] = field(default_factory=dict)

    def on_line(self, key: int) -> Off:
        """Return what comes off a line."""
        return self.lines.get(key, NONE)

    def on_delivery(self, part: int) -> Off:
        """Return what comes off the delivery of a part."""
        return self.deliveries.get(part, NONE)

    def why_not(self, key: int) -> str:
        """Say why a rule did not count, in the language of the page; nothing where it did."""
        return gettext(self.unused[key]) if key in self.unused else ""


def give(lines: Sequence[Line], fares: Sequence[Fare], rules: Iterable[Rule]) -> Given:
    """Return what rules take off a purchase.

    A merchant's rule counts over all of its lines and fares, in however many parts they go. It
    gives the same in whatever order they are told.
    """
    rules = sorted(rules, key=lambda rule: rule.key)
    purchase = _Purchase(lines, fares)
    of_platform: dict[Slot, int] = {}
    for slot in SLOTS:
        fitting = [rule for rule in rules if rule.fits(slot)]
        for scope in dict.fromkeys(rule.merchant for rule in fitting):
            counts = purchase.fill([rule for rule in fitting if rule.merchant == scope])
            if counts and counts.funder is Funder.PLATFORM:
                of_platform[slot] = counts.key
    return Given(
        {key: off for key, off in purchase.lines.items() if off.total_minor},
        {key: off for key, off in purchase.deliveries.items() if off.total_minor},
        tuple(purchase.used),
        {key: why for key, why in purchase.unused.items() if key not in purchase.used},
        of_platform,
    )


class _Purchase:
    """A purchase while rules are applied to it."""

    def __init__(self, lines: Sequence[Line], fares: Sequence[Fare]) -> None:
        self.goods = sorted(lines, key=lambda line: line.key)
        self.fares = sorted(fares, key=lambda fare: fare.part)
        self.lines = {line.key: NONE for line in lines}
        self.deliveries = {fare.part: NONE for fare in fares}
        self.used: list[int] = []
        self.unused: dict[int, str] = {}

    def fill(self, rules: Sequence[Rule]) -> Rule | None:
        """Let the best of some rules of one slot and scope count. Returns it."""
        best: tuple[int, Rule, list[int]] | None = None
        for rule in rules:
            parts = self._parts(rule)
            if sum(parts) > (best[0] if best else 0):
                if best:
                    self.unused[best[1].key] = BETTER
                best = sum(parts), rule, parts
            else:
                self.unused.setdefault(rule.key, BETTER if sum(parts) else self._why(rule))
        if best is None:
            return None
        _, rule, parts = best
        self.used.append(rule.key)
        if rule.gift is Gift.FREE_DELIVERY:
            for fare, part in zip(self._fares(rule), parts, strict=True):
                self.deliveries[fare.part] = self.deliveries[fare.part].more(part, rule.funder)
        else:
            for line, part in zip(self._scope(rule), parts, strict=True):
                self.lines[line.key] = self.lines[line.key].more(part, rule.funder)
        return rule

    def _parts(self, rule: Rule) -> list[int]:
        """Return what a rule takes off each line, or each delivery, of its scope."""
        lines = self._scope(rule)
        goods_minor = sum(line.goods_minor for line in lines)
        if not lines or goods_minor < rule.least_minor:
            return []
        if rule.gift is Gift.FREE_DELIVERY:
            return [
                fare.amount_minor - self.deliveries[fare.part].total_minor
                for fare in self._fares(rule)
            ]
        left = [line.goods_minor - self.lines[line.key].total_minor for line in lines]
        return _GIVE[rule.gift](rule, lines, left)

    def _why(self, rule: Rule) -> str:
        goods_minor = sum(line.goods_minor for line in self._scope(rule))
        return TOO_LITTLE if 0 < goods_minor < rule.least_minor else NOTHING

    def _scope(self, rule: Rule) -> list[Line]:
        return [line for line in self.goods if rule.merchant in (None, line.merchant)]

    def _fares(self, rule: Rule) -> list[Fare]:
        return [fare for fare in self.fares if rule.merchant in (None, fare.merchant)]


def _percent(rule: Rule, lines: Sequence[Line], left: Sequence[int]) -> list[int]:
    return _spread(min(share(sum(left), rule.percent), sum(left)), left)


def _fixed(rule: Rule, lines: Sequence[Line], left: Sequence[int]) -> list[int]:
    return _spread(min(rule.amount_minor, sum(left)), left)


def _buy_x(rule: Rule, lines: Sequence[Line], left: Sequence[int]) -> list[int]:
    """Let the cheapest pieces go, so many of each full set, the dearest sets first.

    Of pieces that cost the same those go that an earlier rule left most of: of what is free
    already nothing could be taken.
    """
    pieces = sorted(
        piece
        for index, line in enumerate(lines)
        for piece in [(-line.unit_minor, Fraction(left[index], line.quantity), index)]
        * line.quantity
    )
    size = rule.buy + rule.get
    parts = [0] * len(lines)
    for end in range(size, len(pieces) + 1, size):
        for _, _, index in pieces[end - rule.get : end]:
            parts[index] += lines[index].unit_minor
    return [min(part, most) for part, most in zip(parts, left, strict=True)]


def _spread(amount_minor: int, left: Sequence[int]) -> list[int]:
    return split(amount_minor, left) if amount_minor else [0] * len(left)


_GIVE: dict[Gift, Callable[[Rule, Sequence[Line], Sequence[int]], list[int]]] = {
    Gift.PERCENT: _percent,
    Gift.FIXED: _fixed,
    Gift.BUY_X: _buy_x,
}
