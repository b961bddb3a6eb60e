"""Creators have their share of what ads with their clips cost: once it is sure, and to the cent."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import make
from tests.ads import lending, making
from tests.races import losers, race, winners
from vitrine.ads import authorising, reversing, sharing
from vitrine.ads.invariants import ads_cost_what_was_charged, creators_have_their_share
from vitrine.ads.models import AdEarning, Authorisation, Ground
from vitrine.ads.reversing import Doubt
from vitrine.commission.invariants import commissions_add_up
from vitrine.ledger import accounts, balances
from vitrine.ledger.models import Transfer

pytestmark = pytest.mark.django_db
SURE = make.NOON + timedelta(days=16)


def has_minor(link: Authorisation) -> int:
    """Return what the creator can be paid."""
    account = accounts.creator(link.clip.creator.public_id).available
    return balances.of([account], currency="USD")[account]


def sound() -> bool:
    for check in (creators_have_their_share, ads_cost_what_was_charged, commissions_add_up):
        assert check().violations == []
    return True


def test_a_fifth_is_the_creators_once_it_is_sure_and_once() -> None:
    link = lending.lent(at=make.NOON)
    lending.billed(link, 30_000, 25_000, at=make.NOON)

    assert sharing.pay(link, at=make.NOON + timedelta(days=14)) is None
    earned = sharing.pay(link, at=SURE)

    assert earned
    assert (earned.number, earned.total_micros, earned.posted_minor) == (1, 55_000, 1)
    assert has_minor(link) == 1
    assert sharing.pay(link, at=SURE) is None
    assert sound()


def test_what_is_taken_back_later_is_taken_off_the_share() -> None:
    link = lending.lent(at=make.NOON)
    first, *_ = lending.billed(link, 100_000, 75_000, at=make.NOON)
    sharing.pay_all(at=SURE)
    assert has_minor(link) == 3

    assert link.advertiser
    assert reversing.take_back(link.advertiser, [Doubt(first.pk, Ground.FLOOD, 9.0)], at=SURE) == 1
    sharing.pay_all(at=SURE)

    assert [one.posted_minor for one in link.earnings.order_by("number")] == [3, -2]
    assert has_minor(link) == 1
    assert sound()


def test_what_is_taken_back_long_after_the_link_ended_is_taken_off_as_well() -> None:
    link = lending.lent(at=make.NOON)
    first, *_ = lending.billed(link, 100_000, 75_000, at=make.NOON)
    authorising.revoke(link, at=SURE)
    sharing.pay_all(at=SURE)
    later = SURE + 2 * sharing.STILL_LOOKED_AT

    assert link.advertiser
    reversing.take_back(link.advertiser, [Doubt(first.pk, Ground.FLOOD, 9.0)], at=later)
    sharing.pay_all(at=later)

    assert [one.posted_minor for one in link.earnings.order_by("number")] == [3, -2]
    assert sound()


@settings(max_examples=15, database=None)
@given(st.lists(st.lists(st.integers(1, 90_000), max_size=3), min_size=1, max_size=5))
def test_earnings_come_to_the_whole_minor_units_of_the_share(rounds: list[list[int]]) -> None:
    lent = lending.lent(at=make.NOON)
    for days, prices in enumerate(rounds):
        lending.billed(lent, *prices, at=make.NOON + timedelta(days=days))
        sharing.pay(lent, at=SURE + timedelta(days=days))

    total = sum(price for prices in rounds for price in prices)
    assert (lent.earnings.aggregate(n=Sum("posted_minor"))["n"] or 0) == total // 50_000
    assert has_minor(lent) == total // 50_000


def test_what_a_link_was_given_with_holds(settings: LazySettings) -> None:
    settings.VITRINE_AD_SHARE_PERCENT = 50
    link = lending.lent(at=make.NOON)
    settings.VITRINE_AD_SHARE_PERCENT = 0
    lending.billed(link, 40_000, at=make.NOON)

    sharing.pay_all(at=SURE)

    assert has_minor(link) == 2
    with pytest.raises(IntegrityError, match="agreed on before"), transaction.atomic():
        Authorisation.objects.filter(pk=link.pk).update(share_bp=0)


def test_a_charge_is_under_the_authorisation_of_its_time(settings: LazySettings) -> None:
    first = lending.lent(at=make.NOON)
    lending.billed(first, 100_000, at=make.NOON)
    later = make.NOON + timedelta(days=1)
    authorising.revoke(first, at=later)
    settings.VITRINE_AD_SHARE_PERCENT = 10
    second = lending.lent(first.clip, first.advertiser, at=later)
    lending.billed(second, 100_000, at=later)

    sharing.pay_all(at=SURE + timedelta(days=1))

    posted = {one.authorisation_id: one.posted_minor for one in AdEarning.objects.all()}
    assert posted == {first.pk: 2, second.pk: 1}


def test_nobody_shares_with_themselves_nor_with_another_of_the_same_clip() -> None:
    creator = make.person()
    own = making.advertiser(creator)
    clip = make.clip(creator)
    to_itself = lending.lent(clip, own, at=make.NOON)
    assert to_itself.share_bp == 0
    lending.billed(to_itself, 500_000, at=make.NOON)
    other = lending.lent(clip, at=make.NOON)
    lending.billed(other, 50_000, at=make.NOON)

    sharing.pay_all(at=SURE)

    assert has_minor(other) == 1


def test_no_earning_is_without_its_transfer_nor_of_another_amount() -> None:
    link = lending.lent(at=make.NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ads_adearning_posted IMMEDIATE")
    with pytest.raises(IntegrityError, match="not what was posted"), transaction.atomic():
        AdEarning.objects.create(
            authorisation=link, number=1, total_micros=500_000, posted_minor=10, at=make.NOON
        )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ads_adearning_posted DEFERRED")
    lending.billed(link, 100_000, at=make.NOON)
    earned = sharing.pay(link, at=SURE)
    assert earned

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AdEarning.objects.update(posted_minor=3)


@pytest.mark.django_db(transaction=True)
def test_eight_who_pay_at_once_pay_once() -> None:
    link = lending.lent(at=make.NOON)
    lending.billed(link, 100_000, at=make.NOON)

    results = race(8, lambda _: sharing.pay(link, at=SURE))

    assert losers(results) == []
    assert len([one for one in winners(results) if one]) == 1
    assert Transfer.objects.filter(reason_kind="adshare").count() == 1
    assert sound()
