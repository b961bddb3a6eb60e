"""Two thousand ads that run, of two hundred advertisers with money. Imported inside the cell."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils import timezone

from vitrine.accounts.models import Person
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdMember,
    AdRole,
    AdVerdict,
    Advertiser,
    Call,
    Campaign,
    Objective,
    Placement,
)
from vitrine.catalog.models import Product
from vitrine.orders import wallets
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import paying_in
from vitrine.orders.deposits.paying_in import DepositAttempt
from vitrine.orders.payment import sandbox
from vitrine.sovereignty.cell import this_cell
from vitrine.videos.models import Clip

ADVERTISERS, ADS_EACH = 200, 10
PAID_MINOR, DAILY_MINOR = 1_000_00, 500_00
LEAST_BID_MICROS, MOST_BID_MICROS = 3_000, 30_000


def ads() -> None:
    """Let each advertiser boost clips of one creator, at bids of their own."""
    for owner, group in _groups():
        clips = Clip.objects.filter(creator=owner).order_by("pk")[:ADS_EACH]
        _approved(Ad(group=group, clip=clip, call=Call.VISIT, by=owner) for clip in clips)


def product_ads() -> None:
    """Let each advertiser show products in product search, at bids of their own."""
    random.seed(7)
    known = list(Product.objects.on_sale().values_list("pk", flat=True))
    for owner, group in _groups(Placement.SEARCH):
        clip = Clip.objects.filter(creator=owner)[0]
        products = random.sample(known, ADS_EACH)
        _approved(
            Ad(group=group, clip=clip, product_id=product, call=Call.SHOP, by=owner)
            for product in products
        )


def _approved(ads: Iterable[Ad]) -> None:
    now, reviewer = timezone.now(), Person.objects.order_by("-pk")[0]
    made = list(ads)
    for ad in made:
        ad.made_at = now
    AdVerdict.objects.bulk_create(
        AdVerdict(ad=ad, is_approved=True, by=reviewer, at=now)
        for ad in Ad.objects.bulk_create(made)
    )


def _groups(placement: Placement = Placement.FEED) -> Iterator[tuple[Person, AdGroup]]:
    """Yield creators with a group of ads of their own, whose campaign runs and has money."""
    now = timezone.now()
    creators = Person.objects.filter(pk__in=Clip.objects.values("creator")).order_by("pk")
    for n, owner in enumerate(creators[:ADVERTISERS]):
        wallet = wallets.open_wallet(at=now)
        means = Means(sandbox.NAME, sandbox.SUCCEEDS, "Test card")
        paying_in.pay_in(
            DepositAttempt(f"bench:{n}", wallet, owner, PAID_MINOR, owner.handle, "NY", means),
            at=now,
        )
        payer = Advertiser.objects.create(name=owner.handle, wallet=wallet, opened_at=now)
        AdMember.objects.create(
            advertiser=payer, person=owner, role=AdRole.OWNER, by=owner, since_at=now
        )
        campaign = Campaign.objects.create(
            advertiser=payer, name="Boosts", objective=Objective.VIEWS, daily_minor=DAILY_MINOR,
            starts_at=now - timedelta(days=1), zone=this_cell().time_zone, by=owner, made_at=now,
        )  # fmt: skip
        step = (MOST_BID_MICROS - LEAST_BID_MICROS) // ADVERTISERS
        group = AdGroup.objects.create(
            campaign=campaign, name="All", bid_micros=LEAST_BID_MICROS + n * step, most_shown=20,
            placements=[placement.value],
        )  # fmt: skip
        yield owner, group


def run(is_on: bool) -> None:
    """Let all campaigns run, or pause them all."""
    Campaign.objects.update(paused_at=None if is_on else timezone.now())
