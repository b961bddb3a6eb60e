"""The reads for the advertisers' pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.ads import lookalikes, terms, wording
from vitrine.ads.models import Ad, AdGroup, Advertiser, Campaign
from vitrine.ads.reviewing import GROUNDS
from vitrine.orders import wallets


@dataclass(frozen=True)
class State:
    """Where something stands, in a word. tone: of its badge."""

    word: Promise
    tone: str = ""


OVER = State(gettext_lazy("Over"))
PAUSED = State(gettext_lazy("Paused"), "brass")
PLANNED = State(gettext_lazy("Planned"), "info")
STOPPED = State(gettext_lazy("Stopped by moderators"), "bad")
UNPAID = State(gettext_lazy("Waits for money"), "brass")
WAITING = State(gettext_lazy("Waits for review"), "info")
REFUSED = State(gettext_lazy("Refused"), "bad")
HIDDEN = State(gettext_lazy("Hidden by moderators"), "bad")
APPROVED = State(gettext_lazy("Approved"), "good")
RUNNING = State(gettext_lazy("Running"), "good")


@dataclass(frozen=True)
class Row:
    """A campaign with where it stands."""

    campaign: Campaign
    state: State


def campaigns(advertiser: Advertiser, *, at: datetime) -> list[Row]:
    """Return an advertiser's campaigns, the newest first. Queries: 3."""
    ads = Ad.objects.with_standing()
    found = Campaign.objects.filter(advertiser=advertiser).select_related("advertiser__wallet")
    found = found.prefetch_related(Prefetch("groups__ads", ads))
    return [
        Row(each, state_of(each, [ad for group in each.groups.all() for ad in group.ads.all()], at))
        for each in found.order_by("-pk")
    ]


def state_of(campaign: Campaign, ads: Sequence[Ad], at: datetime) -> State:
    """Say where a campaign stands: the first that keeps it from being shown. Queries: 0."""
    if campaign.ended_at or (campaign.ends_at and campaign.ends_at <= at):
        return OVER
    if campaign.advertiser.suspended_at:
        return STOPPED
    if campaign.paused_at:
        return PAUSED
    free = [ad for ad in ads if ad.withheld_at is None]
    if ads and not free:
        return STOPPED
    judged = [getattr(ad, "is_approved", None) for ad in free]
    if True not in judged:
        return WAITING if None in judged or not judged else REFUSED
    if wallets.free_micros(campaign.advertiser.wallet) < terms.RESERVE_MICROS:
        return UNPAID
    return PLANNED if campaign.starts_at > at else RUNNING


@dataclass(frozen=True)
class ShownAd:
    """An ad with where it stands, and why it was refused."""

    ad: Ad
    state: State
    why: str | Promise


def shown_ad(ad: Ad) -> ShownAd:
    """Say where an ad of ``with_standing`` stands. Queries: 0."""
    judged = getattr(ad, "is_approved", None)
    state = {None: WAITING, True: APPROVED, False: REFUSED}[judged]
    if judged and ad.paused_at:
        state = PAUSED
    if ad.withheld_at:
        state = HIDDEN
    ground = GROUNDS.get(getattr(ad, "why_refused", "") or "")
    return ShownAd(ad, state, ground.words if ground else "")


@dataclass(frozen=True)
class ShownGroup:
    """A group with its ads. whom: whom it is for, in words. waits: why it cannot be shown yet."""

    group: AdGroup
    ads: list[ShownAd]
    whom: list[str]
    waits: str = ""


def groups(campaign: Campaign) -> list[ShownGroup]:
    """Return a campaign's groups with their ads, the oldest first.

    Queries: 2, and 1 where one is for people who are like others.
    """
    ads = Ad.objects.with_standing().select_related("clip", "product").order_by("pk")
    own = AdGroup.objects.filter(campaign=campaign).prefetch_related(Prefetch("ads", ads))
    found = list(own.order_by("pk"))
    waits = lookalikes.waits(found, campaign.advertiser.merchant_id)
    return [
        ShownGroup(
            group,
            [shown_ad(ad) for ad in group.ads.all()],
            list(wording.whom(group)),
            waits.get(group.pk, ""),
        )
        for group in found
    ]
