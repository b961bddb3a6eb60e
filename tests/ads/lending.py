"""A creator's clip that an advertiser shows, and what was billed for it."""

from datetime import datetime, timedelta

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from vitrine.ads import authorising, leasing
from vitrine.ads.models import Advertiser, Authorisation, Charge
from vitrine.videos.models import Clip

OVER = timedelta(hours=1)


def lent(
    clip: Clip | None = None,
    to: Advertiser | None = None,
    *,
    at: datetime,
) -> Authorisation:
    """Lend a clip to an advertiser."""
    to = to or making.advertiser()
    given = authorising.give(clip or make.clip(), at=at)
    authorising.take_up(given, to, by=making.owner_of(to), at=at)
    given.refresh_from_db()
    return given


def billed(given: Authorisation, *prices_micros: int, at: datetime) -> list[Charge]:
    """Show the clip as an ad, and bill views of it. The leases are over afterwards."""
    assert given.advertiser
    campaign = making.campaign(given.advertiser, starts_at=at)
    one = Worker(making.ad(making.group(campaign), given.clip))
    for price in prices_micros:
        assert one.take(at=at, least_micros=price)
        assert one.serve(price, at=at)
        assert bill(one.given[-1], at=at + LATER) == [None]
    leasing.close_over(at=at + OVER)
    return list(Charge.objects.filter(campaign=campaign).order_by("pk"))
