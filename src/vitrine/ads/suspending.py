"""Keep an advertiser from advertising, and let it advertise again.

None of its ads is shown from the next page on, whatever a process remembers (``showing.py``). All
its leases are closed with it, so that the write of a charge refuses whatever comes back later, and
what they held is free in the wallet at once.
"""

from datetime import datetime

from django.db import transaction

from vitrine.ads import leasing
from vitrine.ads.models import Advertiser


@transaction.atomic
def suspend(advertiser: Advertiser, *, at: datetime) -> None:
    """Show and bill nothing of an advertiser any more. Twice is no error.

    Locks: the advertiser, so that no lease is taken meanwhile, then what closing leases locks.
    """
    Advertiser.objects.filter(pk=advertiser.pk, suspended_at=None).update(suspended_at=at)
    leasing.close_all(advertiser, at=at)


def reinstate(advertiser: Advertiser) -> None:
    """Let its campaigns go on that run. Queries: 1."""
    Advertiser.objects.filter(pk=advertiser.pk).update(suspended_at=None)
