"""The code that collects an order: derived for the buyer, stored only as a digest."""

import hashlib
import hmac

from django.conf import settings

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def of_order(order_public_id: str) -> str:
    """Return the code that the buyer shows at the counter."""
    secret = hmac.new(
        settings.SECRET_KEY.encode(), b"pickup:" + order_public_id.encode(), hashlib.sha256
    ).digest()
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
