"""Who is held out of a campaign, so that it shows what would have been sold without it. Pure.

A share of viewers by a keyed hash: the same in every process, and nothing is kept for it.
"""

import hashlib
import hmac
from functools import cache

MOST_PERCENT = 50
USUAL_PERCENT = 5
PERCENTS = (0, 5, 10, 20, 50)
_BYTES = 8


def is_held(viewer: str, campaign: int, percent: int, *, secret: str) -> bool:
    """Tell whether a viewer gets no ad of a campaign. secret: the cell's."""
    drawn = hashlib.blake2b(
        f"{campaign}\0{viewer}".encode(), key=_derived(secret), digest_size=_BYTES
    ).digest()
    return int.from_bytes(drawn) * 100 < percent << (8 * _BYTES)


@cache
def _derived(secret: str) -> bytes:
    """Derive the key of holdouts from the cell's secret, which signs other things too."""
    return hmac.digest(secret.encode(), b"vitrine.ads.holdout", "sha256")
