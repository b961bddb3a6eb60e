"""The bids that this process has in stock, by partner and context. Each is good for one showing."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from vitrine.ads.demand.answers import Bid

WANTED = timedelta(minutes=5)
"""How long bids for a context are kept in stock after a page was last beside it."""
MOST_CONTEXTS = 32


@dataclass(frozen=True, eq=False)
class Offer:
    """A bid in stock. partner, ad: primary keys. until: it goes on no page after that."""

    partner: int
    context: str
    ad: int
    bid: Bid
    until: datetime


_lock = threading.Lock()
_offers: dict[tuple[int, str], list[Offer]] = {}
_wanted: dict[str, datetime] = {}


def want(context: str, *, at: datetime) -> None:
    """Note that a page is beside a context, so that bids for it are kept in stock."""
    with _lock:
        if context in _wanted or len(_wanted) < MOST_CONTEXTS:
            _wanted[context] = at


def wanted(*, at: datetime) -> list[str]:
    """Return the contexts that pages were beside of late; the others are forgotten."""
    with _lock:
        for context in [one for one, last in _wanted.items() if at - last >= WANTED]:
            del _wanted[context]
        return list(_wanted)


def put(offers: Collection[Offer]) -> None:
    """Take bids into stock, or back into it."""
    with _lock:
        for offer in offers:
            _offers.setdefault((offer.partner, offer.context), []).append(offer)


def count(partner: int, context: str) -> int:
    """Return how many bids of a partner for a context there are."""
    return len(_offers.get((partner, context), ()))


def best(partners: Collection[int], context: str, *, at: datetime) -> dict[int, Offer]:
    """Return of each ad the highest bid for a context; of equals the one that came first."""
    found: dict[int, Offer] = {}
    with _lock:
        for partner in partners:
            for offer in _offers.get((partner, context), ()):
                known = found.get(offer.ad)
                if at < offer.until and (
                    known is None or offer.bid.price_micros > known.bid.price_micros
                ):
                    found[offer.ad] = offer
    return found


def take(offers: Collection[Offer], *, at: datetime) -> tuple[list[Offer], list[Offer]]:
    """Take bids out of the stock, all or none; return what was taken, or else what is gone.

    Where another page took one before, another for the same ad serves that is no lower: its price
    was made against the lower one.
    """
    taken: list[Offer] = []
    gone: list[Offer] = []
    with _lock:
        for one in offers:
            among = _offers.get((one.partner, one.context), [])
            found = one if one in among else _no_lower(one, among, at)
            if found is None:
                gone.append(one)
            else:
                among.remove(found)
                taken.append(found)
    if gone:
        put(taken)
        return [], gone
    return taken, []


def _no_lower(than: Offer, among: Collection[Offer], at: datetime) -> Offer | None:
    return next(
        (
            one
            for one in among
            if one.ad == than.ad
            and at < one.until
            and one.bid.price_micros >= than.bid.price_micros
        ),
        None,
    )


def swept(*, at: datetime) -> list[Offer]:
    """Take out, and return, the bids that no page used in time."""
    gone: list[Offer] = []
    with _lock:
        for key, offers in list(_offers.items()):
            gone += [one for one in offers if at >= one.until]
            _offers[key] = [one for one in offers if at < one.until]
            if not _offers[key]:
                del _offers[key]
    return gone


def forget() -> None:
    """Have no bids, as a process that begins."""
    with _lock:
        _offers.clear()
        _wanted.clear()
