"""What becomes available, what is kept back and what is paid, as arithmetic."""

from collections.abc import Sequence
from itertools import accumulate


def matured(sold_minor: int, pending_minor: int) -> int:
    """Return what of a sale becomes available: what is left of it after refunds.

    sold: the payee's part of the capture. pending: what is left of its order.
    """
    return max(0, min(sold_minor, pending_minor))


def held_back(amount_minor: int, percent: int) -> int:
    """Return what of an amount is kept back, rounded down: in doubt the payee has it."""
    return amount_minor * percent // 100


def taken_from(amount_minor: int, pending_minor: int) -> tuple[int, int]:
    """Split what goes back to a buyer: out of what is pending first, the rest out of what is
    available, which may become negative: later sales make up for it.
    """
    from_pending = max(0, min(amount_minor, pending_minor))
    return from_pending, amount_minor - from_pending


def freed_for_debt(available_minor: int, held_minor: Sequence[int]) -> int:
    """Return how many holdbacks, oldest first, are freed early to make up for a debt."""
    if available_minor >= 0:
        return 0
    for count, freed in enumerate(accumulate(held_minor), start=1):
        if available_minor + freed >= 0:
            return count
    return len(held_minor)


def payable(available_minor: int, minimum_minor: int) -> int:
    """Return what is paid out now: all or nothing."""
    return available_minor if available_minor >= max(minimum_minor, 1) else 0
