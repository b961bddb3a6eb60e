"""What a refund gives back and takes from whom, as arithmetic on minor units.

An order is pieces: each line, and the delivery. A piece of so many units is given back unit by
unit, each sum by what was due up to there, so that all units together come to exactly the piece.
An amount without goods comes off everything that is left, in proportion. Whatever comes in
whatever order, no sum is given back twice, and once all is given back nothing is left of any.
Source: docs/adr/0070-after-the-order.md.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from vitrine.kernel.money import split


@dataclass(frozen=True)
class Sums:
    """Money of an order, or of a part of it. amount: what the buyer paid for it, with its taxes.

    fee, fee_taxes: the platform's share and its tax. made_good: what the platform took off and
    gave the merchant. taxes: by authority, whoever hands them on.
    """

    amount_minor: int = 0
    fee_minor: int = 0
    made_good_minor: int = 0
    taxes: Mapping[str, int] = field(default_factory=dict)
    fee_taxes: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Sums") -> "Sums":
        return self._with(other, 1)

    def __sub__(self, other: "Sums") -> "Sums":
        return self._with(other, -1)

    def _with(self, other: "Sums", sign: int) -> "Sums":
        return Sums(
            self.amount_minor + sign * other.amount_minor,
            self.fee_minor + sign * other.fee_minor,
            self.made_good_minor + sign * other.made_good_minor,
            _added(self.taxes, other.taxes, sign),
            _added(self.fee_taxes, other.fee_taxes, sign),
        )

    @property
    def tax_minor(self) -> int:
        """Return all tax that the buyer paid with it."""
        return sum(self.taxes.values())

    def passed_on(self, liable: Collection[str]) -> int:
        """Return what of it never was the merchant's. liable: whose tax the platform hands on."""
        taxes = sum(amount for name, amount in self.taxes.items() if name in liable)
        return self.fee_minor + sum(self.fee_taxes.values()) + taxes

    def merchant_minor(self, liable: Collection[str]) -> int:
        """Return what of it is the merchant's."""
        return self.amount_minor + self.made_good_minor - self.passed_on(liable)


@dataclass(frozen=True)
class Line:
    """A line as it was sold. paid: after discounts, with tax inside where prices have it inside."""

    quantity: int
    paid_minor: int
    made_good_minor: int
    taxes: Mapping[str, int]


def pieces(
    lines: Sequence[Line],
    delivery: Line,
    *,
    included: bool,
    fee_minor: int,
    fee_taxes: Mapping[str, int],
) -> list[Sums]:
    """Return each line's sums and, last, the delivery's. The fee is on goods without tax."""
    inside = [sum(line.taxes.values()) if included else 0 for line in lines]
    bare = [line.paid_minor - tax for line, tax in zip(lines, inside, strict=True)]
    fees = [*_split(fee_minor, bare), 0]
    by_authority = {name: _split(amount, fees) for name, amount in fee_taxes.items()}
    return [
        Sums(
            line.paid_minor + (0 if included else sum(line.taxes.values())),
            fees[number],
            line.made_good_minor,
            dict(line.taxes),
            {name: parts[number] for name, parts in by_authority.items()},
        )
        for number, line in enumerate([*lines, delivery])
    ]


def spread_taxes(by_authority: Mapping[str, int], parts: Sequence[int]) -> list[dict[str, int]]:
    """Split taxes that are known per authority and per part, but not for each pair, exactly.

    The last part has what the others leave.
    """
    left, found = dict(by_authority), []
    for part in parts:
        names = list(left)
        shares = dict(zip(names, _split(part, list(left.values())), strict=True))
        left = _added(left, shares, -1)
        found.append(shares)
    return found


def of_units(piece: Sums, *, before: int, more: int, of: int) -> Sums:
    """Return what some more units of a piece come to, after those that were given back before."""
    if not 0 <= before <= before + more <= of:
        raise ValueError("no more units are given back than were sold")
    return _part(piece, before + more, of) - _part(piece, before, of)


def in_proportion(left: Sums, amount_minor: int) -> Sums:
    """Return what an amount comes to that is given back without goods."""
    if not 0 < amount_minor <= left.amount_minor:
        raise ValueError("an amount lies above zero and within what is left")
    return _part(left, amount_minor, left.amount_minor)


def fitted(wanted: Sums, left: Sums, *, liable: Collection[str], is_last: bool = True) -> Sums:
    """Return a refund that takes from nobody more than is left, nor gives anybody anything.

    What rounding, or a refund before, left too little of is made up by the other sums. The last
    refund is all that is left. is_last: no goods are left to be given back, not even such as the
    platform alone paid for.
    """
    amount = min(wanted.amount_minor, left.amount_minor)
    if amount == left.amount_minor:
        made_good = min(wanted.made_good_minor, left.made_good_minor)
        least = left.passed_on(liable) - amount
        return left if is_last else replace(left, made_good_minor=max(made_good, least))
    taken = Sums(
        amount,
        min(wanted.fee_minor, left.fee_minor),
        min(wanted.made_good_minor, left.made_good_minor),
        _least(wanted.taxes, left.taxes),
        _least(wanted.fee_taxes, left.fee_taxes),
    )
    over = -taken.merchant_minor(liable)
    if over > 0:
        return _shifted(taken, -over, taken, liable)
    over = taken.merchant_minor(liable) - left.merchant_minor(liable)
    return _shifted(taken, over, left - taken, liable) if over > 0 else taken


def together(all_of_them: Iterable[Sums]) -> Sums:
    """Add sums up."""
    return reduce(Sums.__add__, all_of_them, Sums())


def _shifted(taken: Sums, by_minor: int, most: Sums, liable: Collection[str]) -> Sums:
    """Take more (or less) of what never was the merchant's: the fee first, the taxes last.

    most: how much of each may be shifted at most. A made-good discount can only be taken less.
    """
    sign = 1 if by_minor > 0 else -1
    missing = abs(by_minor)
    fee = min(missing, most.fee_minor)
    missing -= fee
    fee_taxes, missing = _drawn(most.fee_taxes, missing)
    taxes, missing = _drawn({k: v for k, v in most.taxes.items() if k in liable}, missing)
    return Sums(
        taken.amount_minor,
        taken.fee_minor + sign * fee,
        taken.made_good_minor - sign * missing,
        _added(taken.taxes, taxes, sign),
        _added(taken.fee_taxes, fee_taxes, sign),
    )


def _drawn(most: Mapping[str, int], missing: int) -> tuple[dict[str, int], int]:
    drawn = {}
    for name, amount in most.items():
        drawn[name] = min(missing, amount)
        missing -= drawn[name]
    return drawn, missing


def _part(whole: Sums, numerator: int, denominator: int) -> Sums:
    def part(amount: int) -> int:
        return amount * numerator // denominator

    return Sums(
        part(whole.amount_minor),
        part(whole.fee_minor),
        part(whole.made_good_minor),
        {name: part(amount) for name, amount in whole.taxes.items()},
        {name: part(amount) for name, amount in whole.fee_taxes.items()},
    )


def _split(amount_minor: int, weights: Sequence[int]) -> list[int]:
    return split(amount_minor, weights) if sum(weights) else [0] * len(weights)


def _least(wanted: Mapping[str, int], left: Mapping[str, int]) -> dict[str, int]:
    return {name: min(amount, left.get(name, 0)) for name, amount in wanted.items()}


def _added(mine: Mapping[str, int], others: Mapping[str, int], sign: int) -> dict[str, int]:
    names = {**mine, **others}
    return {name: mine.get(name, 0) + sign * others.get(name, 0) for name in names}
