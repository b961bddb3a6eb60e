"""What is held of a lease is what viewers were shown, however often a page had to try."""

import random
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db.models import F

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.ads.selling import buyer, scene
from vitrine.ads import bidding, holding, holdout, planning, standing
from vitrine.ads.models import Ad, Lease, Meeting, Showing
from vitrine.ads.promising import Promises
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


def kept_micros(ad: Ad) -> int:
    """Return what a process that ends keeps of an ad's leases for what was shown."""
    holding.give_back(at=make.NOON)
    leases = Lease.objects.filter(campaign=ad.group.campaign)
    assert leases  # else it would be nothing for another reason
    return sum(lease.amount_micros for lease in leases)


def test_what_was_taken_back_is_as_if_it_had_never_been_promised() -> None:
    dice = random.Random(5)
    for _ in range(200):
        drawn = [(dice.randint(1, 90_000), dice.random(), dice.random() < 0.5) for _ in range(20)]
        one, other = (Promises(1, 10**6, make.NOON) for _ in range(2))
        for price, chance, _ in drawn:
            one.promise(price, chance)
        for price, chance, is_shown in drawn:
            if is_shown:
                other.promise(price, chance)
            else:
                one.unpromise(price, chance)

        assert abs(one.kept_micros - other.kept_micros) <= 1
        assert one.can(50_000, 0.5) == other.can(50_000, 0.5)

        for price, chance, is_shown in drawn:
            if is_shown:
                one.unpromise(price, chance)
        assert one.kept_micros == 0
        assert one.can(10**6, 1.0)


@pytest.mark.django_db
def test_an_ad_beside_one_that_has_no_money_is_promised_for_once() -> None:
    rich = making.ad(making.group(bid_micros=90_000))
    poor = making.ad(making.group(bid_micros=60_000))
    standing.current(at=make.NOON)
    wallet = Wallet.objects.filter(pk=poor.group.campaign.advertiser.wallet_id)
    wallet.update(held_micros=F("put_minor") * MICROS_PER_MINOR)

    assert [one.ad for one in ads_for()] == [rich.public_id]

    assert kept_micros(rich) == Showing.objects.get().price_micros


@pytest.mark.django_db
def test_what_was_paused_a_moment_ago_holds_nothing() -> None:
    ad, other = making.ad(making.group(bid_micros=90_000)), making.ad()
    standing.current(at=make.NOON)
    Ad.objects.filter(pk=ad.pk).update(paused_at=make.NOON)

    assert [one.ad for one in ads_for()] == [other.public_id]

    price = Showing.objects.get().price_micros
    assert (kept_micros(ad), kept_micros(other)) == (0, price)


@pytest.mark.django_db
def test_who_is_held_out_holds_nothing() -> None:
    it = scene(holdout_percent=50)
    viewer = buyer()
    while not holdout.is_held(viewer.public_id, it.campaign.pk, 50, secret=settings.SECRET_KEY):
        viewer = buyer()

    assert [ads_for(viewer) for _ in range(3)] == [[], [], []]

    assert Meeting.objects.filter(is_held=True).count() == 1
    assert kept_micros(it.ad) == 0
