"""Tell people once that a campaign's whole budget is used up, or what they paid in for ads."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from vitrine.accounts import telling
from vitrine.ads import terms
from vitrine.ads.models import AdRole, Advertiser, Budget, Campaign
from vitrine.kernel import sweeping
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet


def tell_all(*, at: datetime) -> None:
    """Tell of what is used up by ads that were billed for; what leases hold may come back.

    Safe to run twice: who was told is written down until there is something again.
    Queries: 4, and 3 for each that is told.
    """
    campaigns, payers = _spent(), _emptied()
    Campaign.objects.exclude(spent_at=None).exclude(pk__in=campaigns).update(spent_at=None)
    Advertiser.objects.exclude(emptied_at=None).exclude(pk__in=payers).update(emptied_at=None)
    running = Campaign.objects.running(at=at)
    sweeping.each(
        running.filter(pk__in=campaigns, spent_at=None).select_related("advertiser"),
        lambda one: _tell_spent(one, at=at),
    )
    advertise = Exists(running.filter(advertiser=OuterRef("pk")))
    sweeping.each(payers.filter(advertise, emptied_at=None), lambda one: _tell_emptied(one, at=at))


def _spent() -> "QuerySet[Campaign]":
    used = F("spent_micros") + terms.RESERVE_MICROS
    budgets = Budget.objects.filter(day=None, limit_micros__lt=used)
    return Campaign.objects.kept().filter(pk__in=budgets.values("campaign"))


def _emptied() -> "QuerySet[Advertiser]":
    put = F("put_minor") * MICROS_PER_MINOR
    wallets = Wallet.objects.filter(spent_micros__gt=put - terms.RESERVE_MICROS)
    return Advertiser.objects.filter(wallet__in=wallets.exclude(spent_micros=0))


@transaction.atomic
def _tell_spent(campaign: Campaign, *, at: datetime) -> None:
    if Campaign.objects.filter(pk=campaign.pk, spent_at=None).update(spent_at=at):
        of = campaign.advertiser
        path = f"{of.get_absolute_url()}campaigns/{campaign.public_id}/"
        _tell(of, AdRole.CAMPAIGNS, path, f"{campaign.pk}:{int(at.timestamp())}:spent", at)


@transaction.atomic
def _tell_emptied(of: Advertiser, *, at: datetime) -> None:
    if Advertiser.objects.filter(pk=of.pk, emptied_at=None).update(emptied_at=at):
        item = f"{of.pk}:{int(at.timestamp())}:emptied"
        _tell(of, AdRole.MONEY, f"{of.get_absolute_url()}money/", item, at)


def _tell(of: Advertiser, role: AdRole, path: str, item: str, at: datetime) -> None:
    people = of.people([AdRole.OWNER, role])
    telling.tell_all(
        [telling.News(telling.Kind.AD, one.pk, None, path, at, item=item) for one in people]
    )
