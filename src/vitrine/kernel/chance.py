"""Bytes that nobody can guess, fetched from the system by the page and each given out once.

Asking the system lets other threads of the process go first: a press of the order button that
asked four times waited four times for its turn, and each turn cost the processor.
"""

import os
import threading
from base64 import urlsafe_b64encode
from functools import cache

_AT_ONCE = 4096
_lock = threading.Lock()
_left = bytearray()


def taken(count: int) -> bytes:
    """Return so many random bytes."""
    with _lock:
        if len(_left) < count:
            _left.extend(os.urandom(_AT_ONCE + count))
        found = bytes(_left[-count:])
        del _left[-count:]
    return found


def token(count: int) -> str:
    """Return so many random bytes as text for an address or a key."""
    return urlsafe_b64encode(taken(count)).rstrip(b"=").decode()


def letters(length: int, allowed_chars: str) -> str:
    """Return so many letters, each of them as likely as any other of those allowed."""
    written, unfair = _alphabet(allowed_chars)
    drawn = b""
    while len(drawn) < length:
        drawn += taken(length).translate(written, unfair)
    return drawn[:length].decode()


@cache
def _alphabet(allowed: str) -> tuple[bytes, bytes]:
    """Return which letter each byte becomes, and the bytes that would favour the first letters."""
    fair = 256 - 256 % len(allowed)
    letters = allowed.encode("ascii")
    return bytes(letters[byte % len(letters)] for byte in range(256)), bytes(range(fair, 256))


def _forget() -> None:
    """Start anew in a process that was forked: its parent gives out what is left."""
    global _lock
    _lock = threading.Lock()
    _left.clear()


os.register_at_fork(after_in_child=_forget)
