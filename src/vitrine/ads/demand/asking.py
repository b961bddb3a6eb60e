"""What a demand partner is asked: places for ads, and what they stand beside. Nothing of a person.

Whatever is in a request is in ``request``; a test compares its keys with a list.
Source: OpenRTB 2.6, and the lists of AdCOM 1.0 for its numbers.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
from django.conf import settings

from vitrine.ads import blocklist, terms, tokens
from vitrine.sovereignty.cell import this_cell

WITHIN_MS = 500
"""A whole answer has to be there by then. No page waits for it, so that is patient."""
KEPT = timedelta(minutes=10)
"""How long a bid waits here at most for its place."""
LASTS_S = int((KEPT + tokens.LIVES).total_seconds())
"""What is billed of a bid is billed by then: its token is good for half an hour."""
PER_BID = 1_000
"""Prices are for a thousand views."""
WIDTH, HEIGHT = 1080, 1920
SECOND_PRICE = 2
IAB, OURS = 1, 500
"""The content taxonomy of the IAB, and one of the seller's own."""


@dataclass(frozen=True)
class Request:
    """One question. places: the ids of what is sold; context: a category of ours, or ""."""

    id: str
    places: tuple[str, ...]
    context: str
    body: bytes


def request(context: str, places: int) -> Request:
    """Return the question for bids on so many places beside a category of goods, or any ("")."""
    name, ids = uuid.uuid4().hex, tuple(str(n + 1) for n in range(places))
    origin, currency = settings.VITRINE_ORIGIN, this_cell().currency
    domain = urlsplit(origin).hostname
    site: dict[str, object] = {"domain": domain, "page": f"{origin}/", "cattax": OURS}
    if context:
        site["pagecat"] = [context]
    asked = {
        "id": name,
        "imp": [_place(each, currency) for each in ids],
        "site": site,
        "at": SECOND_PRICE,
        "tmax": WITHIN_MS,
        "cur": [currency],
        "cattax": IAB,
        "bcat": blocklist.of_iab(settings.VITRINE_AD_BLOCKED_CATEGORIES),
        "source": {
            "schain": {
                "ver": "1.0",
                "complete": 1,
                "nodes": [{"asi": domain, "sid": settings.VITRINE_CELL, "hp": 1}],
            }
        },
    }
    return Request(name, ids, context, msgspec.json.encode(asked))


def _place(name: str, currency: str) -> dict[str, object]:
    return {
        "id": name,
        "video": {"mimes": ["video/mp4"], "w": WIDTH, "h": HEIGHT},
        "bidfloor": terms.RESERVE_MICROS * PER_BID / 1_000_000,
        "bidfloorcur": currency,
        "secure": 1,
        "exp": LASTS_S,
    }
