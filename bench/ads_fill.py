"""Two thousand ads that run, of two hundred advertisers with money. Imported inside the cell.

Of ten advertisers three leave their bids to us, two pay for clicks, and one each is for a language,
for regions, for interests, for who looked at its shop, for who is like them, or holds viewers out.
Every fifth avoids words. So a page asks and reckons with all that it may have to.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import catalogue_fill
from vitrine.accounts.models import Person
from vitrine.ads import beside
from vitrine.ads.chances import USUAL
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdMember,
    AdRole,
    AdVerdict,
    Advertiser,
    Call,
    Campaign,
    Look,
    Lookalike,
    Objective,
    Placement,
)
from vitrine.catalog.models import Location, Merchant, Product, Stock, Variant
from vitrine.feed import lookalikes
from vitrine.orders import wallets
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import paying_in
from vitrine.orders.deposits.paying_in import DepositAttempt
from vitrine.orders.models import Address
from vitrine.orders.payment import sandbox
from vitrine.sovereignty.cell import this_cell
from vitrine.videos.models import Clip

ADVERTISERS, ADS_EACH = 200, 10
PAID_MINOR, DAILY_MINOR = 1_000_00, 500_00
LEAST_BID_MICROS, MOST_BID_MICROS = 3_000, 30_000


LEFT_TO_US, FOR_CLICKS = (0, 3, 5), (2, 6)
LOOKED, ALIKE, HELD_OUT = 6, 7, 8
AIMS: dict[int, dict[str, Any]] = {
    3: {"languages": ["en"]},
    4: {"regions": ["NY", "CA", "OH"]},
    5: {"interests": ["brass", "linen"]},
    LOOKED: {"dealings": ["looked"], "left_out": ["bought"]},
    ALIKE: {"alike": ["looked"], "alike_percent": 10},
}
AVOIDED = ("crash", "storm", "raw", "sirens", "mud")
OF_A_HASHTAG = 20
"""One clip in so many has one."""


def ads() -> None:
    """Let each advertiser show clips of one creator: see above."""
    with connection.cursor() as cursor:  # whose triggers are off: see bench/feed_fill.py
        cursor.execute(
            "UPDATE videos_clip SET description = description || ' #brass' WHERE id %% %s = 0",
            [OF_A_HASHTAG],
        )
    for n, (owner, group) in enumerate(_groups(kinds=True)):
        clips = list(Clip.objects.filter(creator=owner).order_by("pk")[:ADS_EACH])
        payer = group.campaign.advertiser
        product, call = None, Call.VISIT
        if payer.merchant is not None:
            product, call = _product(payer.merchant), Call.SHOP
        _approved(
            Ad(group=group, clip=clip, call=call, product=product, by=owner) for clip in clips
        )
        if n % 5 == 0:
            beside.put(payer, words=AVOIDED, categories=())


def _product(of: Merchant) -> Product:
    now = timezone.now()
    lamp = Product.objects.create(
        merchant=of, source_id="lamp", slug="lamp", title="Lamp", created_at=now, published_at=now
    )
    variant = Variant.objects.create(product=lamp, merchant=of, sku="lamp", price_minor=12_900)
    Stock.objects.create(
        variant=variant, location=Location.objects.get(merchant=of), on_hand=1_000, reserved=0
    )
    return lamp


def people(count: int, step: int) -> list[str]:
    """Let people have watched what every so many-th visitor did; return their cookies.

    They are of age, half of them have things sent somewhere, and each looked at some shops.
    """
    now = timezone.now()
    made = Person.objects.bulk_create(
        Person(
            email=f"viewer{n}@example.org", handle=f"viewer{n}", password="!",
            born_on=date(1960 + n % 40, 1, 1),
        )
        for n in range(count)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feed_watch w SET viewer = one.person"
            " FROM unnest(%s::text[], %s::text[]) AS one (person, visitor)"
            " WHERE w.viewer = one.visitor",
            [[one.public_id for one in made], [f"v_{n * step}" for n in range(count)]],
        )
    Address.objects.bulk_create(
        Address(
            person=one, name="Bea", line1="5 Elm Street", city="Albany", postcode="12207",
            region=("NY", "CA", "TX")[n % 3], phone="", used_at=now, first_at=now,
        )
        for n, one in enumerate(made[::2])
    )  # fmt: skip
    shops = list(Merchant.objects.order_by("pk"))
    Look.objects.bulk_create(
        Look(person=one, merchant=shop, at=now)
        for n, one in enumerate(made) for k, shop in enumerate(shops) if (n + k) % 3
    )  # fmt: skip
    return [_cookie(one) for one in made]


def _cookie(of: Person) -> str:
    client = Client()
    client.force_login(of, "vitrine.accounts.backend.Backend")
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def alike() -> None:
    """Work out who is like the people of shops, and say so if that cannot be told."""
    lookalikes.make(at=timezone.now())
    percent = AIMS[ALIKE]["alike_percent"]
    if all(one.least(percent) is None for one in Lookalike.objects.all()):
        raise RuntimeError("Nobody is like the people of any shop.")


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


def _groups(
    placement: Placement = Placement.FEED, *, kinds: bool = False
) -> Iterator[tuple[Person, AdGroup]]:
    """Yield creators with a group of ads of their own, whose campaign runs and has money.

    kinds: of each kind some, see above; else all for everybody, by the view, with bids by hand.
    """
    now = timezone.now()
    creators = Person.objects.filter(pk__in=Clip.objects.values("creator")).order_by("pk")
    for n, owner in enumerate(creators[:ADVERTISERS]):
        kind = n % 10 if kinds else None
        has_shop = kind in (LOOKED, ALIKE, HELD_OUT)
        objective = Objective.CLICKS if kind in FOR_CLICKS else Objective.VIEWS
        wallet = wallets.open_wallet(at=now)
        means = Means(sandbox.NAME, sandbox.SUCCEEDS, "Test card")
        paying_in.pay_in(
            DepositAttempt(f"bench:{n}", wallet, owner, PAID_MINOR, owner.handle, "NY", means),
            at=now,
        )
        payer = Advertiser.objects.create(
            name=owner.handle, wallet=wallet, opened_at=now,
            merchant=catalogue_fill.shop(n, now) if has_shop else None,
        )  # fmt: skip
        AdMember.objects.create(
            advertiser=payer, person=owner, role=AdRole.OWNER, by=owner, since_at=now
        )
        campaign = Campaign.objects.create(
            advertiser=payer, name="Boosts", objective=objective, daily_minor=DAILY_MINOR,
            starts_at=now - timedelta(days=1), zone=this_cell().time_zone, by=owner, made_at=now,
            holdout_percent=20 if kind == HELD_OUT else 0,
        )  # fmt: skip
        step = (MOST_BID_MICROS - LEAST_BID_MICROS) // ADVERTISERS
        bid_micros = LEAST_BID_MICROS + n * step
        if objective is Objective.CLICKS:
            bid_micros = int(bid_micros * USUAL["view"] / USUAL["click"])
        group = AdGroup.objects.create(
            campaign=campaign, name="All", most_shown=20, placements=[placement.value],
            bid_micros=None if kind in LEFT_TO_US else bid_micros, **AIMS.get(kind or 0, {}),
        )  # fmt: skip
        yield owner, group


def run(is_on: bool) -> None:
    """Let all campaigns run, or pause them all, hours after what viewers met until now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ads_met SET shown_at = ("
            "SELECT array_agg(at - interval '2 hours' ORDER BY n)"
            " FROM unnest(shown_at) WITH ORDINALITY AS one (at, n))"
        )
    Campaign.objects.update(paused_at=None if is_on else timezone.now())
