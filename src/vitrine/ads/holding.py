"""The leases of this process: promised from in memory, taken and given back as they run low."""

import threading
from datetime import datetime

from vitrine.ads import leasing
from vitrine.ads.models import Campaign, Lease
from vitrine.ads.promising import Promises

_lock = threading.Lock()
_held: dict[int, Promises] = {}
_asking: set[int] = set()
_over = threading.Event()
"""Set as the process ends: what is taken then would be held by nobody."""


def promise(campaign: int, price_micros: int, chance: float, *, at: datetime) -> int | None:
    """Promise what one showing may cost; return the lease it is billed to, None where it cannot.

    Queries: 0, or those of ``leasing.end`` and ``take`` where a lease is over or runs low; one
    thread at a time asks for a campaign, and the others go on without it.
    """
    with _lock:
        if _over.is_set():
            return None
        held = _held.get(campaign)
        if held is not None and at < held.until_at and held.can(price_micros, chance):
            held.promise(price_micros, chance)
            return held.lease
        if campaign in _asking:
            return None
        _asking.add(campaign)
        _held.pop(campaign, None)
    try:
        return _renewed(campaign, held, price_micros, chance, at)
    finally:
        with _lock:
            _asking.discard(campaign)


def unpromise(campaign: int, lease: int, price_micros: int, chance: float) -> None:
    """Take back what was promised for a showing that nobody is shown.

    Of a lease that was ended meanwhile it stays held until that is closed. Queries: 0.
    """
    with _lock:
        held = _held.get(campaign)
        if held is not None and held.lease == lease:
            held.unpromise(price_micros, chance)


def could(campaign: int, price_micros: int, chance: float, *, at: datetime) -> bool:
    """Tell whether one showing more could be promised. Queries: as ``promise``."""
    lease = promise(campaign, price_micros, chance, at=at)
    if lease is None:
        return False
    unpromise(campaign, lease, price_micros, chance)
    return True


def keep(campaign: int, taken: Promises) -> bool:
    """Promise out of a lease from now on; False as the process ends."""
    with _lock:
        if not _over.is_set():
            _held[campaign] = taken
        return not _over.is_set()


def _renewed(
    campaign: int, held: Promises | None, price_micros: int, chance: float, at: datetime
) -> int | None:
    if held is not None:
        leasing.end(held, at=at)
    found = Campaign.objects.get(pk=campaign)
    taken = leasing.take(found, least_micros=price_micros, at=at)
    if taken is None:
        return None
    taken.promise(price_micros, chance)
    if not keep(campaign, taken):
        leasing.end(taken, at=at)
    return taken.lease


def give_back(*, at: datetime) -> None:
    """Give back what of all leases was not promised, as the process ends, and take no more."""
    with _lock:
        _over.set()
        held = list(_held.values())
        _held.clear()
    leasing.end(*held, at=at)


def drop_closed() -> None:
    """Promise no more from leases that were closed meanwhile. Queries: 0 or 1."""
    with _lock:
        known = {held.lease: campaign for campaign, held in _held.items()}
    if not known:
        return
    open_yet = set(Lease.objects.filter(pk__in=known, closed_at=None).values_list("pk", flat=True))
    with _lock:
        for lease in known.keys() - open_yet:
            held = _held.get(known[lease])
            if held is not None and held.lease == lease:
                del _held[known[lease]]


def forget() -> None:
    """Know of no lease any more, as a process that begins."""
    with _lock:
        _held.clear()
        _asking.clear()
        _over.clear()
