"""Sign what is told to programs, in the form of Standard Webhooks. Pure.

Source: https://www.standardwebhooks.com, version 1: HMAC-SHA256 of "id.timestamp.body".
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a fresh secret: 24 random bytes, base64, with the form's prefix."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def sign(body: bytes, *, message_id: str, at_s: int, with_secrets: Iterable[str]) -> str:
    """Return the signature header: one "v1,…" for each secret, the newest first."""
    said = f"{message_id}.{at_s}.".encode() + body
    return " ".join(f"v1,{_mac(secret, said)}" for secret in with_secrets)


def _mac(secret: str, said: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
