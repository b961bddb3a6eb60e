"""An ad that runs in a cell. Runs inside the cell: see Site.inside."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.journeys.tastes import put_films
from vitrine.accounts.models import Person
from vitrine.ads import campaigning
from vitrine.ads.models import Ad, Call, Campaign, Charge, Placement, Response


def advertised(payer: str) -> dict[str, str]:
    """Let an advertiser show a clip from now on, on which a product is tagged, and which leads to a
    profile; return the public ids of the ad and its clip.
    """
    now = timezone.now()
    advertiser = making.advertiser(make.person(), name=payer)
    campaign = making.campaign(advertiser, starts_at=now - timedelta(hours=1))
    ad = making.ad(making.group(campaign))
    lamp = make.product(title="Brass lamp")
    make.variant(lamp, stock=3)
    make.tag(ad.clip, lamp)
    put_films([ad.clip])
    return {"ad": ad.public_id, "clip": ad.clip.public_id}


def to_boost(creator: str) -> str:
    """Put a clip out of somebody who never advertised; return its public id."""
    clip = make.clip(Person.objects.get(handle=creator), title="Boats at noon")
    put_films([clip])
    return str(clip.public_id)


def searched_for(payer: str, word: str) -> dict[str, str]:
    """Put ten things with a word on sale, of which one is advertised in product search."""
    owner = make.person()
    shop = make.merchant(payer, owner=owner)
    things = [make.product(shop, title=f"{word} {n}") for n in range(10)]
    for thing in things:
        make.variant(thing, stock=3, price_minor=2_500)
    campaign = making.campaign(
        making.advertiser(owner, name=payer, merchant=shop),
        starts_at=timezone.now() - timedelta(hours=1),
    )
    group = making.group(campaign, placements=[Placement.SEARCH.value], most_shown=20)
    ad = making.ad(group, product=things[0], call=Call.SHOP)
    put_films([ad.clip])
    return {"ad": ad.public_id, "product": things[0].get_absolute_url()}


def followed(ad: str) -> list[str]:
    """Return what an ad was billed for, and what followed from it for nothing. ad: or its clip."""
    billed = Charge.objects.filter(ad__in=_named(ad)).values_list("billed", flat=True)
    more = Response.objects.filter(ad__in=_named(ad)).values_list("what", flat=True)
    return [*billed, *more]


def ended(ad: str) -> None:
    """End the campaign of an ad, if it goes on. ad: or its clip."""
    for campaign in Campaign.objects.filter(groups__ads__in=_named(ad), ended_at=None):
        campaigning.end(campaign, at=timezone.now())


def _named(ad: str) -> QuerySet[Ad]:
    return Ad.objects.filter(Q(public_id=ad) | Q(clip__public_id=ad))
