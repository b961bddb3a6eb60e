"""The code that collects an order: derived for the buyer, stored only as a digest."""

import hashlib
import hmac

from django.conf import settings

from vitrine.orders.models import Order

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new(order_public_id: str) -> str:
    """Return the code of an order that is being placed."""
    return _derived(order_public_id, settings.SECRET_KEY)


def of_order(order: Order) -> str:
    """Return the code that the buyer shows at the counter, whichever key it was made with.

    Empty where the key is gone: the digest in the row then fits no code that we can make.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        code = _derived(order.public_id, key)
        if hmac.compare_digest(
            bytes(order.pickup_code_digest or b""), digest(order.public_id, code)
        ):
            return code
    return ""


def _derived(order_public_id: str, key: str) -> str:
    secret = hmac.new(key.encode(), b"pickup:" + order_public_id.encode(), hashlib.sha256).digest()
    number = int.from_bytes(secret, "big")
    letters = []
    for _ in range(LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def digest(order_public_id: str, code: str) -> bytes:
    """Digest a code as typed, in any case and spacing, salted by its order."""
    plain = "".join(code.upper().replace("-", "").split())
    return hashlib.sha256(f"{order_public_id}:{plain}".encode()).digest()
