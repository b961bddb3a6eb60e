"""Whether arms have as many viewers as their shares say. Where not, nothing else can be believed:
somebody is missing, and not by chance.

The usual chi-square holds once; this is looked at each day. It weighs the counts under the shares
against the counts under shares drawn around them, and the chance that the weight ever exceeds x is
1 / x at most.
Source: Lindon and Malek, NeurIPS 2022 (anytime-valid inference for multinomial count data).
"""

from collections.abc import Sequence
from math import lgamma, log

SUSPECT = log(1_000)
"""Said of one sound experiment in a thousand at most."""
AROUND = 100.0
"""How near to the declared shares the drawn ones are: the sum of their prior counts."""


def weight(counts: Sequence[int], shares: Sequence[int]) -> float:
    """Return the logarithm of how much likelier the counts are under other shares than declared.

    shares: whole percent.
    """
    found = lgamma(AROUND) - lgamma(AROUND + sum(counts))
    for count, percent in zip(counts, shares, strict=True):
        share = percent / 100
        prior = AROUND * share
        found += lgamma(prior + count) - lgamma(prior) - count * log(share)
    return found


def is_suspect(counts: Sequence[int], shares: Sequence[int]) -> bool:
    """Tell whether counts are so far from the shares that something keeps viewers out."""
    return weight(counts, shares) >= SUSPECT
