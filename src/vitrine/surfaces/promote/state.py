"""Where campaigns and ads stand, in words: the first thing that keeps one from being shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.ads import budgeting, obstacles, planning, terms
from vitrine.ads.models import Ad, Campaign
from vitrine.ads.reviewing import GROUNDS
from vitrine.orders import wallets


@dataclass(frozen=True)
class State:
    """Where something stands, in a word. tone: of its badge; why: a sentence, where one helps."""

    word: Promise
    tone: str = ""
    why: str | Promise = ""


OVER = State(gettext_lazy("Over"))
PAUSED = State(gettext_lazy("Paused"), "brass")
PARTS_PAUSED = State(
    gettext_lazy("Paused"), "brass", gettext_lazy("All its approved ads or their groups are.")
)
PLANNED = State(gettext_lazy("Planned"), "info")
STOPPED = State(gettext_lazy("Stopped by moderators"), "bad")
CLAIMED = State(
    gettext_lazy("Waits for a bank"),
    "bad",
    gettext_lazy("A bank claims a deposit back. Nothing is spent until it has decided."),
)
UNPAID = State(
    gettext_lazy("Waits for money"), "brass", gettext_lazy("Nothing is free in the wallet.")
)
SPENT = State(gettext_lazy("Budget used up"), "brass", gettext_lazy("Let it cost more to go on."))
SPENT_TODAY = State(
    gettext_lazy("Used up for today"), "info", gettext_lazy("It goes on with the next day.")
)
WAITING = State(gettext_lazy("Waits for review"), "info")
REFUSED = State(gettext_lazy("Refused"), "bad")
HIDDEN = State(gettext_lazy("Hidden by moderators"), "bad")
APPROVED = State(gettext_lazy("Approved"), "good")
RUNNING = State(gettext_lazy("Running"), "good")


def not_shown(why: str | Promise) -> State:
    """Return the state of what is approved, and cannot be shown for a reason."""
    return State(gettext_lazy("Not shown now"), "bad", why)


@dataclass(frozen=True)
class Money:
    """Campaigns of which nothing is left: in their wallet or of their whole budget, or today."""

    spent: Collection[int]
    spent_today: Collection[int]

    @classmethod
    def of(cls, campaigns: Collection[Campaign], *, at: datetime) -> Self:
        """Read it of some campaigns. Queries: 3."""
        keys = [one.pk for one in campaigns]
        return cls(planning.spent(keys), budgeting.spent_today(campaigns, at=at))


def of_campaign(
    campaign: Campaign, ads: Sequence[Ad], money: Money, waits: dict[int, str], *, at: datetime
) -> State:
    """Say where a campaign stands. ads: of ``obstacles.told``; waits: of groups. Queries: 0."""
    if campaign.ended_at or (campaign.ends_at and campaign.ends_at <= at):
        return OVER
    if campaign.advertiser.suspended_at:
        return STOPPED
    if campaign.paused_at:
        return PAUSED
    state = _of_ads(ads, waits)
    if state is not RUNNING:
        return state
    wallet = campaign.advertiser.wallet
    if wallet.stopped_at:
        return CLAIMED
    if wallets.free_micros(wallet) < terms.RESERVE_MICROS:
        return UNPAID
    if campaign.pk in money.spent:
        return SPENT
    if campaign.starts_at > at:
        return PLANNED
    return SPENT_TODAY if campaign.pk in money.spent_today else RUNNING


def _of_ads(ads: Sequence[Ad], waits: dict[int, str]) -> State:
    """Say what keeps all ads of a campaign from being shown; RUNNING where one can be."""
    free = [ad for ad in ads if ad.withheld_at is None]
    if ads and not free:
        return STOPPED
    approved = [ad for ad in free if getattr(ad, "is_approved", None)]
    if not approved:
        judged = [getattr(ad, "is_approved", None) for ad in free]
        return WAITING if None in judged or not judged else REFUSED
    on = [ad for ad in approved if ad.paused_at is None and ad.group.paused_at is None]
    if not on:
        return PARTS_PAUSED
    whys = [obstacles.of_ad(ad) or waits.get(ad.group_id, "") for ad in on]
    return RUNNING if "" in whys else not_shown(whys[0])


def of_ad(ad: Ad) -> State:
    """Say where an ad of ``with_standing`` and ``obstacles.told`` stands. Queries: 0."""
    judged = getattr(ad, "is_approved", None)
    if ad.withheld_at:
        return HIDDEN
    if judged is None:
        return WAITING
    if not judged:
        ground = GROUNDS.get(getattr(ad, "why_refused", "") or "")
        return State(REFUSED.word, REFUSED.tone, ground.words if ground else "")
    if ad.paused_at:
        return PAUSED
    why = obstacles.of_ad(ad)
    return not_shown(why) if why else APPROVED
