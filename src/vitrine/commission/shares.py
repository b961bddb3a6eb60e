"""What a commission comes to, as arithmetic. Pure.

It is on what was paid for the goods: after everything that came off, without tax and delivery. It
is rounded once for a line, half to the even cent. What goes back to the buyer goes off what was
paid in the same proportion, and the commission is worked out anew from the rest, so that nothing
is left of one whose money went back whole, however many refunds that took.
"""

from vitrine.commission.rates import WHOLE_BP


def paid(*, goods_minor: int, off_minor: int, tax_inside_minor: int) -> int:
    """Return what a commission is on. off: borne by whomever. tax_inside: 0 where it is on top."""
    return max(0, goods_minor - off_minor - tax_inside_minor)


def kept(paid_minor: int, *, given_back_minor: int, total_minor: int) -> int:
    """Return what is left of what was paid for a line, when so much of an order's total went back.

    Raises: ValueError for more than the total.
    """
    if not 0 <= given_back_minor <= total_minor:
        raise ValueError("what went back lies between nothing and the total")
    if not given_back_minor:
        return paid_minor
    return paid_minor - half_even(paid_minor * given_back_minor, total_minor)


def commission_on(paid_minor: int, bp: int) -> int:
    """Return the commission on an amount."""
    return half_even(paid_minor * bp, WHOLE_BP)


def half_even(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest whole, a half to the even one. Both are not negative."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))
