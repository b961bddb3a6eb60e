"""Prices to come that have come: from then on they are the regular price.

What a thing costs is read off the clock and does not wait for this. Whoever writes a price does:
an editor, a feed or a program that says the price anew means the one that holds now, and beside a
price to come that has come it would count for nothing.
"""

from datetime import datetime

from django.db.models import F

from vitrine.catalog.models import Merchant, Variant


def settle(*, merchant: Merchant | None = None, at: datetime) -> None:
    """Let them be the regular prices, of one shop or of all. Again is no error. Queries: 1."""
    come = Variant.objects.filter(next_from__lte=at)
    if merchant is not None:
        come = come.filter(merchant=merchant)
    come.update(price_minor=F("next_minor"), next_minor=None, next_from=None)
