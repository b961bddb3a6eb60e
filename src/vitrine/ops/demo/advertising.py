"""Have one of the demo's people show a clip to more people, so that the feed has an ad."""

from datetime import datetime

from vitrine.accounts.models import Person
from vitrine.ads import campaigning, load, opening, reviewing
from vitrine.ads.models import Ad, Advertiser, Campaign
from vitrine.ops.demo.cast import VIEWERS
from vitrine.ops.demo.places import COUNTRIES
from vitrine.ops.demo.reels import REELS
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import paying_in
from vitrine.orders.deposits.paying_in import DepositAttempt
from vitrine.orders.payment import sandbox
from vitrine.sovereignty.cell import this_cell
from vitrine.videos.models import Clip

PAID_MINOR, DAILY_MINOR, DAYS = 200_00, 5_00, 30


def advertise(cast: dict[str, Person], *, at: datetime) -> None:
    """Boost the oldest clip, once: paid in the sandbox, and reviewed by somebody else.

    Not before so many are out that an ad comes between them.
    """
    clips = Clip.objects.published().filter(title__in=[reel.title for reel in REELS.values()])
    by_age = list(clips.order_by("published_at").select_related("creator")[: load.BETWEEN + 1])
    if len(by_age) <= load.BETWEEN:
        return
    oldest = by_age[0]
    advertiser = opening.own_account(oldest.creator, at=at)
    made = Campaign.objects.filter(advertiser=advertiser).order_by("pk").first()
    made = made or _boost(advertiser, oldest, at=at)
    reviewer = cast[VIEWERS[-1].handle]
    for ad in Ad.objects.waiting().filter(group__campaign=made):  # again, once pictures are drawn
        reviewing.judge(ad, by=reviewer, at=at)


def _boost(advertiser: Advertiser, clip: Clip, *, at: datetime) -> Campaign:
    _, _, region, _ = COUNTRIES[this_cell().code].homes[0]
    paying_in.pay_in(
        DepositAttempt(
            key="demo:deposit",
            wallet=advertiser.wallet,
            by=clip.creator,
            amount_minor=PAID_MINOR,
            payer_name=advertiser.name,
            region=region,
            means=Means(sandbox.NAME, sandbox.SUCCEEDS, "Test card"),
        ),
        at=at,
    )
    return campaigning.boost(
        advertiser, clip, daily_minor=DAILY_MINOR, days=DAYS, by=clip.creator, at=at
    )
