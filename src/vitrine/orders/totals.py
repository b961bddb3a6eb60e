"""What a checkout costs, as arithmetic: per line, per part (what is handed over together), in all.

Every figure is an integer and every total is the plain sum of its parts, so nothing has to be
spread afterwards. What must be spread (a part refund over an order) goes through
``kernel.money.split``, the largest-remainder rule, so that the parts sum exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from vitrine.catalog.tax_codes import TaxCode
from vitrine.kernel.money import MAX_MINOR, share, split
from vitrine.orders import tax
from vitrine.orders.promoting import NONE, Off
from vitrine.orders.tax import TaxAmount, Taxed
from vitrine.orders.tax_rate import Rate


@dataclass(frozen=True)
class Item:
    """One line as asked for. key: names the line to the caller, e.g. a variant's primary key.

    part: names what it is handed over with.
    """

    key: int
    part: int
    unit_price_minor: int
    quantity: int
    tax_code: str = TaxCode.GENERAL
    off: Off = NONE

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.unit_price_minor < 0:
            raise ValueError("a line needs a quantity of one or more and a price of zero or more")
        if self.off.total_minor > self.goods_minor:
            raise ValueError("no more comes off a line than it costs")

    @property
    def goods_minor(self) -> int:
        return self.unit_price_minor * self.quantity

    @property
    def paid_minor(self) -> int:
        """Return what is paid for the goods after discounts, with tax inside where it is."""
        return self.goods_minor - self.off.total_minor


@dataclass(frozen=True)
class PricedItem:
    """One line with its taxes."""

    item: Item
    taxes: tuple[TaxAmount, ...]

    @property
    def tax_minor(self) -> int:
        """Return all tax of the line, on top or inside."""
        return sum(one.amount_minor for one in self.taxes)

    @property
    def by_authority(self) -> dict[str, int]:
        """Return the taxes of the line, on top or inside, by authority."""
        return {one.authority: one.amount_minor for one in self.taxes if one.amount_minor}

    @property
    def platform_liable(self) -> bool:
        """Tell whether the platform hands on any of its taxes; else the merchant does."""
        return any(one.platform_liable for one in self.taxes)


@dataclass(frozen=True)
class PartTotal:
    """What one part of the checkout comes to. fee_minor: kept by the platform."""

    part: int
    lines: tuple[PricedItem, ...]
    delivery_minor: int
    delivery_off: Off
    delivery_taxes: tuple[TaxAmount, ...]
    fee_minor: int

    @cached_property
    def goods_minor(self) -> int:
        return sum(line.item.goods_minor for line in self.lines)

    @cached_property
    def off(self) -> Off:
        """Return all that came off goods and delivery."""
        parts = [line.item.off for line in self.lines] + [self.delivery_off]
        return Off(
            sum(one.merchant_minor for one in parts), sum(one.platform_minor for one in parts)
        )

    @cached_property
    def tax_by_authority(self) -> dict[str, int]:
        """Return what each authority is owed, on top and inside together."""
        owed: defaultdict[str, int] = defaultdict(int)
        for one in self._taxes():
            owed[one.authority] += one.amount_minor
        return {authority: owed[authority] for authority in sorted(owed) if owed[authority]}

    @cached_property
    def tax_minor(self) -> int:
        return sum(one.amount_minor for one in self._taxes())

    @cached_property
    def tax_on_top_minor(self) -> int:
        """Return the tax that the buyer pays beside the shown prices."""
        return sum(one.amount_minor for one in self._taxes() if not one.included)

    @cached_property
    def total_minor(self) -> int:
        paid_minor = self.goods_minor + self.delivery_minor - self.off.total_minor
        return paid_minor + self.tax_on_top_minor

    @cached_property
    def platform_tax_minor(self) -> int:
        """Return the tax that the platform hands on to its authorities."""
        return sum(one.amount_minor for one in self._taxes() if one.platform_liable)

    @cached_property
    def merchant_minor(self) -> int:
        """Return what is the merchant's after the fee and the tax that the platform hands on.

        With it comes the tax that the merchant hands on, and what the platform took off.
        """
        made_good = self.off.platform_minor
        return self.total_minor - self.platform_tax_minor - self.fee_minor + made_good

    def _taxes(self) -> Iterable[TaxAmount]:
        for line in self.lines:
            yield from line.taxes
        yield from self.delivery_taxes


@dataclass(frozen=True)
class Totals:
    """The whole checkout, parts in ascending key order."""

    parts: tuple[PartTotal, ...]

    @cached_property
    def total_minor(self) -> int:
        return sum(one.total_minor for one in self.parts)

    @cached_property
    def goods_minor(self) -> int:
        return sum(one.goods_minor for one in self.parts)

    @cached_property
    def delivery_minor(self) -> int:
        return sum(one.delivery_minor for one in self.parts)

    @cached_property
    def discount_minor(self) -> int:
        """Return all that came off, whoever bears it."""
        return sum(one.off.total_minor for one in self.parts)

    @cached_property
    def tax_minor(self) -> int:
        return sum(one.tax_minor for one in self.parts)


def compute(
    items: Sequence[Item],
    *,
    delivery_minor: Mapping[int, int],
    rates: Mapping[int, Sequence[Rate]],
    fee_rate: Decimal,
    delivery_off: Mapping[int, Off] | None = None,
) -> Totals:
    """Return every figure of a checkout. Tax and fee are on what is paid after discounts.

    items: one currency. delivery_minor, rates: by part, since a pick-up is taxed where the store
    is. fee_rate: the platform's share of goods without tax.
    """
    by_part: defaultdict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_part[item.part].append(item)
    totals = Totals(
        tuple(
            _part_total(
                part,
                by_part[part],
                delivery_minor=delivery_minor.get(part, 0),
                delivery_off=(delivery_off or {}).get(part, NONE),
                rates=rates[part],
                fee_rate=fee_rate,
            )
            for part in sorted(by_part)
        )
    )
    if totals.total_minor > MAX_MINOR:
        raise ValueError("a checkout may not exceed the largest amount of money")
    return totals


def spread(amount_minor: int, parts: Sequence[int]) -> list[int]:
    """Split a part refund over the parts of what was charged, exactly and none over its part."""
    if not 0 <= amount_minor <= sum(parts):
        raise ValueError("a refund lies between zero and what was charged")
    return split(amount_minor, parts) if amount_minor else [0] * len(parts)


def _part_total(
    part: int,
    items: Sequence[Item],
    *,
    delivery_minor: int,
    delivery_off: Off,
    rates: Sequence[Rate],
    fee_rate: Decimal,
) -> PartTotal:
    taxed = [Taxed(item.paid_minor, item.tax_code, item.quantity) for item in items]
    delivery_paid_minor = delivery_minor - delivery_off.total_minor
    lines = tuple(
        PricedItem(item, tax.on_line(goods, rates))
        for item, goods in zip(items, taxed, strict=True)
    )
    included = sum(one.amount_minor for line in lines for one in line.taxes if one.included)
    goods_without_tax = sum(item.paid_minor for item in items) - included
    return PartTotal(
        part=part,
        lines=lines,
        delivery_minor=delivery_minor,
        delivery_off=delivery_off,
        delivery_taxes=tax.on_delivery(delivery_paid_minor, taxed, rates),
        fee_minor=share(goods_without_tax, fee_rate),
    )
