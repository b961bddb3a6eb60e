"""What gift cards and store credit pay of each part of a purchase, as arithmetic on minor units.

Source: docs/adr/0073-gift-cards-and-credit.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fund:
    """What can be spent. merchant: where alone; None: everywhere."""

    purse: int
    free_minor: int
    merchant: int | None = None


@dataclass(frozen=True)
class Due:
    """What is to be paid for one part of a purchase."""

    part: int
    merchant: int
    amount_minor: int


@dataclass(frozen=True)
class Share:
    """What one purse pays of one part."""

    part: int
    purse: int
    amount_minor: int


def share(dues: Sequence[Due], funds: Sequence[Fund]) -> list[Share]:
    """Return what each fund pays of each part: as much as can be paid at all.

    What can be spent in one shop alone goes first, then in the order given. Parts are paid one
    after the other, so that as few as possible are left for the bank: it charges for each.
    """
    left = [due.amount_minor for due in dues]
    shares = []
    for fund in sorted(funds, key=lambda one: one.merchant is None):
        rest = fund.free_minor
        for number, due in enumerate(dues):
            amount = min(rest, left[number]) if fund.merchant in (None, due.merchant) else 0
            if amount > 0:
                shares.append(Share(due.part, fund.purse, amount))
                left[number] -= amount
                rest -= amount
    return shares


def given_back(amount_minor: int, *, asked_left_minor: int) -> tuple[int, int]:
    """Split a refund: to the provider up to what is left of what it took, the rest to the purses.

    The buyer's bank never gets more than it gave; what a card paid goes back to the card.
    """
    to_provider = min(amount_minor, max(asked_left_minor, 0))
    return to_provider, amount_minor - to_provider


def back_to(amount_minor: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what goes back to each purse, the last one that paid first.

    taken: purse and what of its money was not given back yet, in the order in which they paid.
    Raises: ValueError for more than they paid.
    """
    shares, rest = [], amount_minor
    for purse, most in reversed(taken):
        amount = min(rest, most)
        if amount > 0:
            shares.append((purse, amount))
            rest -= amount
    if rest:
        raise ValueError("no more goes back to cards and credit than they paid")
    return shares
