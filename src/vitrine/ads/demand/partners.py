"""Who bids from outside: the advertisers that the operator named an endpoint for."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from vitrine.accounts.models import Person
from vitrine.ads.models import Advertiser, DemandStop
from vitrine.sovereignty.demand_partners import DemandPartner

READ_EVERY = timedelta(seconds=10)


@dataclass(frozen=True)
class Partner:
    """An advertiser whose ads are shown where it bids for them from outside, and nowhere else.

    is_asked: neither switched off nor suspended.
    """

    named: DemandPartner
    advertiser: int
    is_asked: bool


@dataclass(frozen=True)
class _Known:
    partners: tuple[Partner, ...]
    read_at: datetime


_lock = threading.Lock()
_known: _Known | None = None


def named(*, at: datetime) -> tuple[Partner, ...]:
    """Return the partners that have an account here, as they were a few seconds ago at most.

    Queries: 0, or 2 every few seconds; none where the operator named nobody.
    """
    global _known
    known = _known
    if not settings.VITRINE_RTB:
        return ()
    if known is None or abs(at - known.read_at) >= READ_EVERY:
        with _lock:
            if _known is known:
                _known = _Known(tuple(_read()), at)
            known = _known
    return known.partners if known else ()


def _read() -> list[Partner]:
    of = {one.account: one for one in settings.VITRINE_RTB}
    rows = Advertiser.objects.filter(public_id__in=of).order_by("pk")
    stopped = set(DemandStop.objects.values_list("advertiser", flat=True))
    return [
        Partner(of[name], pk, suspended_at is None and pk not in stopped)
        for pk, name, suspended_at in rows.values_list("pk", "public_id", "suspended_at")
    ]


def stop(advertiser: Advertiser, *, by: Person, at: datetime) -> None:
    """Ask a partner for no more bids, and show none that it made; again is no error."""
    DemandStop.objects.get_or_create(advertiser=advertiser, defaults={"by": by, "at": at})


def resume(advertiser: Advertiser) -> None:
    """Ask it again; again is no error."""
    DemandStop.objects.filter(advertiser=advertiser).delete()


def forget() -> None:
    """Read them anew at the next call."""
    global _known
    _known = None
