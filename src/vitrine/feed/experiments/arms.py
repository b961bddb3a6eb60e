"""Which arm of an experiment a viewer is in: by a salted hash, and by nothing that is kept.

Arithmetic only. Each arm draws a waiting time for each viewer from a hash of its name and the
viewer, exponential at the rate of its share, and the shortest wins: so an arm wins as often as its
share says, whoever the others are and in whatever order they stand. Where one share grows and the
others keep their proportions, viewers move into that arm and between no others; of any two
divisions no more change arms than 2d / (1 + d), d being the least that must, and no rule that
knows one division alone can promise less.
Sources: Thaler and Ravishankar, IEEE/ACM Transactions on Networking 1998 (the highest draw wins);
Angel and Spinka, arXiv:1903.00632 (what can be promised).
"""

import hashlib
import math
from collections.abc import Mapping

BITS = 64


def arm_of(viewer: str, *, salt: str, shares: Mapping[str, int]) -> str:
    """Return the name of the viewer's arm. shares: whole percent, each above 0."""
    return min(shares, key=lambda name: (_waits(viewer, salt, name) / shares[name], name))


def _waits(viewer: str, salt: str, name: str) -> float:
    drawn = hashlib.blake2b(
        f"{name}\0{viewer}".encode(), key=salt.encode(), digest_size=BITS // 8
    ).digest()
    return -math.log((int.from_bytes(drawn) + 1) / 2**BITS)
