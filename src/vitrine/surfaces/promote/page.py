"""The reads for the advertisers' pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from vitrine.ads import lookalikes, obstacles, wording
from vitrine.ads.models import Ad, AdGroup, Advertiser, Campaign
from vitrine.ads.models.ad import AdQuerySet
from vitrine.surfaces.promote import state
from vitrine.surfaces.promote.state import Money, State


@dataclass(frozen=True)
class Row:
    """A campaign with where it stands."""

    campaign: Campaign
    state: State


def campaigns(advertiser: Advertiser, *, at: datetime) -> list[Row]:
    """Return an advertiser's campaigns, the newest first.

    Queries: 6, and 1 where one is for people who are like others.
    """
    found = Campaign.objects.filter(advertiser=advertiser).select_related("advertiser__wallet")
    listed = list(found.prefetch_related(Prefetch("groups__ads", _ads())).order_by("-pk"))
    money = Money.of(listed, at=at)
    of_all = [group for each in listed for group in each.groups.all()]
    waits = lookalikes.waits(of_all, advertiser.merchant_id)
    return [Row(each, _state(each, list(each.groups.all()), money, waits, at)) for each in listed]


def _state(
    campaign: Campaign,
    groups: Sequence[AdGroup],
    money: Money,
    waits: dict[int, str],
    at: datetime,
) -> State:
    ads = [ad for group in groups for ad in group.ads.all()]
    return state.of_campaign(campaign, ads, money, waits, at=at)


def _ads() -> AdQuerySet:
    return obstacles.told(Ad.objects.with_standing()).order_by("pk")


@dataclass(frozen=True)
class ShownAd:
    """An ad with where it stands."""

    ad: Ad
    state: State


@dataclass(frozen=True)
class ShownGroup:
    """A group with its ads. whom: whom it is for, in words. waits: why it cannot be shown yet."""

    group: AdGroup
    ads: list[ShownAd]
    whom: list[str]
    waits: str = ""


@dataclass(frozen=True)
class Whole:
    """A campaign with where it stands, and its groups, the oldest first."""

    state: State
    groups: list[ShownGroup]


def whole(campaign: Campaign, *, at: datetime) -> Whole:
    """Return what stands on a campaign's page.

    Queries: 5, and 1 where one group is for people who are like others.
    """
    ads = _ads().select_related("product", "clip__takedown", "clip__encoding")
    own = AdGroup.objects.filter(campaign=campaign).prefetch_related(Prefetch("ads", ads))
    found = list(own.order_by("pk"))
    waits = lookalikes.waits(found, campaign.advertiser.merchant_id)
    groups = [
        ShownGroup(
            group,
            [ShownAd(ad, state.of_ad(ad)) for ad in group.ads.all()],
            list(wording.whom(group)),
            waits.get(group.pk, ""),
        )
        for group in found
    ]
    stands = _state(campaign, found, Money.of([campaign], at=at), waits, at)
    return Whole(stands, groups)
