"""The jobs of ads: leases that are over, and what is forgotten."""

from datetime import timedelta

from django.utils import timezone

from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.kills.jobs import Job, kills, periodic, with_files
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Budget, Disbelief, Lease
from vitrine.sovereignty.cell import local_day


@kills("ads.close_leases")
def close_leases() -> Job:
    at = timezone.now() - timedelta(hours=1)
    one = Worker(making.ad(making.group(making.campaign(starts_at=at))))
    with_files(one.ad.clip)
    assert one.take(at=at)
    text = one.serve(5_000, at=at)
    assert text is not None
    assert bill(text, at=at + LATER) == [None]
    campaign = one.ad.group.campaign

    def is_done() -> None:
        assert Lease.objects.get(campaign=campaign).closed_at is not None
        life = Budget.objects.get(campaign=campaign, day=None)
        assert (life.held_micros, life.spent_micros) == (0, 5_000)
        assert ads_cost_what_was_charged().violations == []

    return periodic(is_done)


@kills("ads.forget")
def forget() -> Job:
    old = local_day(timezone.now() - timedelta(days=31))
    Disbelief.objects.get_or_create(day=old, reason="forged", defaults={"reports": 1})

    def is_done() -> None:
        assert not Disbelief.objects.filter(day=old).exists()

    return periodic(is_done)
