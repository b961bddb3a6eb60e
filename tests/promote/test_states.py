"""Where campaigns and ads stand, as their people read it, and what they are told of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import Worker
from tests.orders.deposits import paid
from tests.promote.asking import text, url
from vitrine.accounts import telling
from vitrine.accounts.models import Notice, Person
from vitrine.ads import authorising, campaigning, emptying, standing
from vitrine.ads.models import Ad, AdGroup, AdMember, AdRole, Advertiser, Budget, Campaign
from vitrine.catalog.models import Product, Stock
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db


@pytest.fixture
def ad(owner: Person) -> Ad:
    """Return an ad of a shop that runs, and leads to what it sells."""
    shop = make.merchant("Ours", owner=owner)
    lamp = make.product(shop)
    make.variant(lamp, stock=3)
    campaign = making.campaign(
        making.advertiser(owner, merchant=shop), starts_at=timezone.now() - timedelta(days=1)
    )
    return making.ad(making.group(campaign, placements=["feed"]), product=lamp, call="shop")


def use_up(ad: Ad, *, day: bool) -> None:
    """Let the whole budget of its campaign, or that of today, be held."""
    assert Worker(ad).take(at=timezone.now())
    own = Budget.objects.filter(campaign=ad.group.campaign, day__isnull=not day)
    own.update(limit_micros=1_000_000, held_micros=1_000_000)


def lend(ad: Ad) -> None:
    """Let the clip be somebody's who lent it, and takes it back."""
    clip = make.clip()
    given = authorising.give(clip, at=timezone.now())
    of = ad.group.campaign.advertiser
    authorising.take_up(given, of, by=making.owner_of(of), at=timezone.now())
    making.ad(ad.group, clip)
    Ad.objects.filter(pk=ad.pk).update(withheld_at=timezone.now())
    authorising.revoke(given, at=timezone.now())


STATES: list[tuple[Callable[[Ad], object], str, str]] = [
    (lambda ad: None, "Running", ""),
    (lambda ad: use_up(ad, day=False), "Budget used up", "Let it cost more to go on."),
    (lambda ad: use_up(ad, day=True), "Used up for today", "It goes on with the next day."),
    (lambda ad: campaigning.pause(ad.group, at=make.NOON), "Paused", "All its approved ads"),
    (lambda ad: campaigning.pause(ad, at=make.NOON), "Paused", "All its approved ads"),
    (lambda ad: Stock.objects.update(on_hand=0), "Not shown now", "is sold out."),
    (
        lambda ad: Product.objects.update(withdrawn_at=make.NOON),
        "Not shown now",
        "What its button leads to is not on sale now.",
    ),
    (
        lambda ad: Clip.objects.update(visibility=Visibility.PRIVATE),
        "Not shown now",
        "This clip is private.",
    ),
    (lend, "Not shown now", "Its creator does not let you advertise with this clip any more."),
    (
        lambda ad: AdGroup.objects.update(alike=["bought"], alike_percent=5),
        "Not shown now",
        "Not shown yet: whom its people are like",
    ),
    (lambda ad: Wallet.objects.update(stopped_at=make.NOON), "Waits for a bank", "A bank claims"),
]


@pytest.mark.parametrize("stop, word, why", STATES)
def test_a_campaign_runs_only_where_one_of_its_ads_can_be_shown(
    client: Client, ad: Ad, stop: Callable[[Ad], object], word: str, why: str
) -> None:
    stop(ad)

    campaign = ad.group.campaign
    payer = campaign.advertiser.public_id
    home = text(client.get(url("home", payer)))
    page = text(client.get(url("campaign", payer, campaign.public_id)))

    for shown in (home, page):
        assert f">{word}</span>" in shown
        assert why in shown
    if word == "Running":
        assert standing.standing_ads().count() == 1


def test_an_ad_says_why_it_is_not_shown(client: Client, ad: Ad) -> None:
    Stock.objects.update(on_hand=0)

    page = text(client.get(url("ad", ad.group.campaign.advertiser.public_id, ad.public_id)))

    assert ">Not shown now</span>" in page
    assert "What its button leads to is sold out." in page


def told(person: Person) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(person=person).order_by("pk").values_list("item", "path")
    return [(telling.says("ad", item=item), path) for item, path in rows]


def test_what_is_used_up_is_told_once_until_there_is_something_again(
    advertiser: Advertiser, owner: Person
) -> None:
    now, purse = timezone.now(), make.person()
    AdMember.objects.create(
        advertiser=advertiser, person=purse, role=AdRole.MONEY, since_at=now, by=owner
    )
    campaign = making.campaign(advertiser, starts_at=now - timedelta(days=1))
    assert Worker(making.ad(making.group(campaign))).take(at=now)
    life = Budget.objects.filter(campaign=campaign, day=None)
    wallet = Wallet.objects.filter(pk=advertiser.wallet_id)
    held = life.get().held_micros

    emptying.tell_all(at=now)
    life.update(spent_micros=100_00 * MICROS_PER_MINOR - held)  # it may come back yet
    emptying.tell_all(at=now)
    assert told(owner) == []
    life.update(held_micros=0, spent_micros=100_00 * MICROS_PER_MINOR)
    wallet.update(held_micros=0, spent_micros=1_000_00 * MICROS_PER_MINOR)
    for minutes in (1, 2):
        emptying.tell_all(at=now + timedelta(minutes=minutes))

    spent = "A campaign of yours has used up its budget, and is shown no more"
    emptied = "What you paid in for ads is used up: nothing is shown until you add"
    page = url("campaign", advertiser.public_id, campaign.public_id)
    money = url("money", advertiser.public_id)
    assert told(owner) == [(spent, page), (emptied, money)]
    assert told(purse) == [(emptied, money)]
    life.update(limit_micros=200_00 * MICROS_PER_MINOR)
    paid(wallet.get(), amount_minor=1_000_00, by=owner)
    emptying.tell_all(at=now + timedelta(minutes=3))
    assert Campaign.objects.get().spent_at is Advertiser.objects.get().emptied_at is None
    life.update(spent_micros=200_00 * MICROS_PER_MINOR)
    emptying.tell_all(at=now + timedelta(minutes=4))
    assert told(owner)[2:] == [(spent, page)]
