"""What a commission comes to, as arithmetic. Pure.

It is on what was paid for the goods: after everything that came off, without tax and delivery. It
is rounded once for a line, half to the even cent. What goes back for units of a line goes off that
line alone, what goes back for nothing in particular off each in proportion, and the commission is
worked out anew from the rest, so that nothing is left of one whose money went back whole, however
many refunds that took.
"""

from dataclasses import dataclass

from vitrine.commission.rates import WHOLE_BP


def paid(*, goods_minor: int, off_minor: int, tax_inside_minor: int) -> int:
    """Return what a commission is on. off: borne by whomever. tax_inside: 0 where it is on top."""
    return max(0, goods_minor - off_minor - tax_inside_minor)


@dataclass(frozen=True)
class Back:
    """What of an amount went back to the buyer. Raises: ValueError for more than there was."""

    minor: int
    of_minor: int

    def __post_init__(self) -> None:
        if not 0 <= self.minor <= self.of_minor:
            raise ValueError("what went back lies between nothing and the total")

    @property
    def left_minor(self) -> int:
        return self.of_minor - self.minor


def kept(paid_minor: int, *, line: Back, rest: Back) -> int:
    """Return what is left of what was paid for a line.

    line: what went back for units of it, of what it came to. rest: what went back for nothing in
    particular, of what no units and no delivery were given back for: each line bears its part.
    """
    if not rest.of_minor:
        return 0
    left = paid_minor * line.left_minor * rest.left_minor
    return half_even(left, line.of_minor * rest.of_minor)


def commission_on(paid_minor: int, bp: int) -> int:
    """Return the commission on an amount."""
    return half_even(paid_minor * bp, WHOLE_BP)


def half_even(numerator: int, denominator: int) -> int:
    """Divide and round to the nearest whole, a half to the even one. Both are not negative."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest > denominator or (2 * rest == denominator and whole % 2))
