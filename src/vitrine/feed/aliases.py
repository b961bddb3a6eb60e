"""What facts of watching are kept under where they shall not be kept under a person's name.

Views must be counted once per viewer and day whatever is forgotten. So the name of such a fact is
made from the viewer's and the day with a key of the cell: one day's facts stay together, two days'
do not, and nobody can read the person from it. Source: docs/adr/0046-history.md.
"""

import base64
import hashlib
import hmac
from datetime import date
from functools import cache

from django.conf import settings

NOBODYS = "x_"
"""The beginning that Postgres lets a fact's viewer change to (0003_views.py)."""


def alias(key: str, day: date) -> str:
    """Return what a viewer is called in the facts of a day. Queries: 0."""
    digest = hashlib.blake2b(
        f"{key}/{day.isoformat()}".encode(), digest_size=16, key=_key(settings.SECRET_KEY)
    ).digest()
    return NOBODYS + base64.urlsafe_b64encode(digest).decode().rstrip("=")


@cache
def _key(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"vitrine.feed.aliases", "sha256")
