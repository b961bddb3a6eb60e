"""The code of a card that was bought: made from a seed and the cell's key, so that the letter that
tells it can be written again after a death. Once it is sent the seed is forgotten, and with it the
code.
"""

import hashlib
import hmac

from django.conf import settings

from vitrine.orders import purses
from vitrine.orders.models import CardSale


def made_from(seed: bytes) -> str:
    """Return the code that a new seed makes."""
    return _derived(seed, settings.SECRET_KEY)


def of_sale(sale: CardSale) -> str:
    """Return the code of a card that nobody was told yet, whichever key it was made with.

    sale: with its card. Empty where the seed is forgotten, or the key is gone.
    """
    if sale.code_seed is None or sale.purse is None:
        return ""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        code = _derived(bytes(sale.code_seed), key)
        if bytes(sale.purse.code_digest or b"") in purses.digests(code):
            return code
    return ""


def kept(code: str) -> dict[str, bytes | str]:
    """Return what a card keeps of its code."""
    return {"code_digest": purses.digests(code)[0], "code_end": purses.plain(code)[-4:]}


def _derived(seed: bytes, key: str) -> str:
    drawn = hmac.new(key.encode(), b"card-code:" + seed, hashlib.sha256).digest()
    letters = "".join(purses.ALPHABET[byte % 32] for byte in drawn[: purses.LENGTH])
    return purses.grouped(letters)
