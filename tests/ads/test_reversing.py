"""What is taken back: once, whole, free in wallet and budget, posted, whatever else goes on."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet, Sum
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests import make
from tests.ads import crowds, making
from tests.ads.crowds import Meeting
from tests.ads.serving import LATER, Worker, bill
from tests.ads.test_posting import balance, sound
from tests.nightly import IS_NIGHT
from tests.races import losers, race, winners
from vitrine.ads import counting, leasing, posting, reversing
from vitrine.ads.invariants import ads_cost_what_was_charged
from vitrine.ads.models import Ad, AdDay, Budget, Charge, Ground, Recall, Reversal
from vitrine.ads.reversing import Doubt, NothingToTakeBack
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import accounts
from vitrine.orders.models import Wallet
from vitrine.sovereignty.cell import local_day, this_cell

OVER = timedelta(hours=1)
PLAYS, BLOCKS = (200, 15) if IS_NIGHT else (15, 1)
"""Blocks in transactions of their own: what many plays left would slow the next ones down."""
PRICES = (12_345, 7_001, 9_999)


def charged(ad: Ad, *prices_micros: int, at: datetime = make.NOON) -> list[Charge]:
    worker = Worker(ad)
    for price in prices_micros:
        worker.take(at=at, least_micros=price)
        worker.serve(price, at=at)
    assert set(bill(*worker.given, at=at + LATER)) == {None}
    return list(Charge.objects.order_by("-pk")[: len(prices_micros)])[::-1]


def flood(*charges: Charge) -> list[Doubt]:
    return [Doubt(one.pk, Ground.FLOOD, 7.5) for one in charges]


@pytest.mark.django_db
def test_a_campaign_can_spend_again_what_was_taken_back_but_not_that_day() -> None:
    ad = making.ad(making.group(making.campaign(budget_minor=3, daily_minor=3)))
    payer = ad.group.campaign.advertiser
    charges = charged(ad, 10_000, 10_000, 10_000)
    leasing.close_over(at=make.NOON + OVER)
    assert not Worker(ad).take(at=make.NOON + OVER, least_micros=10_000)

    reversing.take_back(payer, flood(*charges[:2]), at=make.NOON + OVER)

    assert not Worker(ad).take(at=make.NOON + OVER, least_micros=10_000)
    tomorrow = make.NOON + timedelta(days=1)
    assert len(charged(ad, 10_000, 10_000, at=tomorrow)) == 2
    assert not Worker(ad).take(at=tomorrow, least_micros=10_000)
    leasing.close_over(at=tomorrow + OVER)
    assert sound()


@pytest.mark.django_db
def test_a_recall_takes_back_all_of_an_ad_in_a_time_and_says_why() -> None:
    ad = making.ad()
    staff = make.person(is_staff=True)
    first = charged(ad, *PRICES[:2])
    charged(ad, PRICES[2], at=make.NOON + OVER)
    other = charged(making.ad(ad.group), 5_000)
    leasing.close_over(at=make.NOON + 3 * OVER)
    when = {"since": make.NOON, "until": make.NOON + OVER, "at": make.NOON + 4 * OVER}

    made = reversing.recall(ad, words="Our own tests.", by=staff, **when)
    with pytest.raises(NothingToTakeBack):
        reversing.recall(ad, words="Our own tests.", by=staff, **when)

    assert Recall.objects.get() == made
    back = Reversal.objects.order_by("charge")
    assert [one.charge for one in back] == first
    assert {(one.reason, one.score, one.recall) for one in back} == {("hand", None, made)}
    payer = ad.group.campaign.advertiser
    assert Wallet.objects.get(pk=payer.wallet_id).spent_micros == PRICES[2] + 5_000
    assert balance(accounts.ADS) == (PRICES[2] + 5_000) // MICROS_PER_MINOR
    assert not Reversal.objects.filter(charge__in=other).exists()
    assert sound()


@pytest.mark.django_db
def test_what_is_not_spent_yet_is_not_taken_back() -> None:
    ad = making.ad()
    (one,) = charged(ad, 5_000)
    when = {"since": make.NOON, "until": make.NOON + OVER, "at": make.NOON + LATER}

    with pytest.raises(NothingToTakeBack):
        reversing.recall(ad, words="Too early.", by=make.person(), **when)

    assert not Recall.objects.exists()
    with pytest.raises(IntegrityError, match="charge that is spent"), transaction.atomic():
        Reversal.objects.create(charge=one, reason="flood", score=7.5, at=make.NOON)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong, why",
    [
        (lambda one: {"reason": "whim", "score": 7.0}, "has_reason"),
        (lambda one: {"reason": "flood"}, "was_judged"),
        (lambda one: {"reason": "hand"}, "was_judged"),
        (lambda one: {"reason": "hand", "recall": _recall(making.ad())}, "its recall's ad"),
        (lambda one: {"reason": "hand", "recall": _recall(one.ad, OVER)}, "its recall's ad"),
    ],
)
def test_a_reversal_has_its_reason(wrong: Callable[[Charge], dict[str, object]], why: str) -> None:
    ad = making.ad()
    (one,) = charged(ad, 5_000)
    leasing.close_over(at=make.NOON + OVER)
    fields = wrong(one)

    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        Reversal.objects.create(charge=one, at=make.NOON, **fields)

    assert sound()


def _recall(ad: Ad, after: timedelta = timedelta()) -> Recall:
    begin = make.NOON + after
    return Recall.objects.create(
        ad=ad, billed_from=begin, billed_until=begin + OVER, words="Why.", by=ad.by, at=make.NOON
    )


@pytest.mark.django_db
def test_what_is_taken_back_is_no_view_and_no_click_any_more() -> None:
    """Also where its day is not counted anew: a week later."""
    one = crowds.crowd()
    one.click([Meeting(f"v_{n}", make.NOON) for n in range(3)])
    leasing.close_over(at=make.NOON + OVER)
    counting.count(at=make.NOON + OVER)
    payer, charges = one.ad.group.campaign.advertiser, list(Charge.objects.order_by("pk"))
    assert AdDay.objects.get().clicks == 3

    reversing.take_back(payer, flood(charges[0]), at=make.NOON + OVER)
    counting.count(at=make.NOON + OVER)
    assert AdDay.objects.get().clicks == 2
    elsewhere = AdDay.objects.create(
        ad=one.ad, day=make.NOON.date(), placement="search", shown=9, expected=5, views=0, clicks=4
    )
    week = make.NOON + timedelta(days=7)
    for _ in range(2):
        reversing.take_back(payer, flood(charges[1]), at=week)
        counting.count(at=week)

    day = AdDay.objects.get(placement="feed")
    assert (day.shown, day.clicks) == (3, 1)
    elsewhere.refresh_from_db()
    assert elsewhere.clicks == 4


@pytest.mark.django_db
def test_what_is_taken_back_in_the_last_minutes_of_its_days_counting_is_uncounted() -> None:
    """Between the last count of yesterday's and midnight."""
    one = crowds.crowd()
    one.click([Meeting(f"v_{n}", make.NOON) for n in range(3)])
    midnight = datetime.combine(
        local_day(make.NOON) + timedelta(days=2), time.min, tzinfo=ZoneInfo(this_cell().time_zone)
    )
    leasing.close_over(at=midnight)
    counting.count(at=midnight - timedelta(minutes=5))
    payer, charge = one.ad.group.campaign.advertiser, Charge.objects.order_by("pk")[0]
    assert AdDay.objects.get().clicks == 3

    reversing.take_back(payer, flood(charge), at=midnight - timedelta(minutes=2))
    counting.count(at=midnight)

    assert AdDay.objects.get().clicks == 2
    reversing.take_back(payer, flood(*Charge.objects.all()), at=midnight + timedelta(minutes=2))
    counting.count(at=midnight + timedelta(minutes=5))
    assert AdDay.objects.get().clicks == 0


@pytest.mark.django_db(transaction=True)
def test_eight_who_take_the_same_back_at_once_take_it_back_once() -> None:
    ad = making.ad()
    charges = charged(ad, *PRICES)
    leasing.close_over(at=make.NOON + OVER)
    payer = ad.group.campaign.advertiser

    results = race(8, lambda _: reversing.take_back(payer, flood(*charges), at=make.NOON + OVER))

    assert losers(results) == []
    assert sorted(winners(results)) == [0] * 7 + [3]
    assert Wallet.objects.get(pk=payer.wallet_id).spent_micros == 0
    assert Budget.objects.get(campaign=ad.group.campaign, day=None).spent_micros == 0
    assert sound()


STEPS = st.one_of(
    st.tuples(st.just("bill"), st.lists(st.integers(1, 40_000), min_size=1, max_size=4)),
    st.tuples(st.just("close"), st.integers(1, 90)),
    st.tuples(st.just("back"), st.lists(st.integers(0, 20), max_size=3)),
    st.tuples(st.just("recall"), st.integers(1, 120)),
    st.tuples(st.just("post"), st.none()),
)


@pytest.mark.django_db
@pytest.mark.parametrize("block", range(BLOCKS))
def test_wallet_and_ledger_are_all_charges_less_all_reversals_whatever_happens(block: int) -> None:
    clip, seen = make.clip(), {"back": 0, "plays": 0}
    staff = make.person(is_staff=True)
    payer = making.advertiser(clip.creator, put_minor=50_000_00)

    @settings(max_examples=PLAYS, database=None)
    @given(st.lists(STEPS, min_size=3, max_size=12))
    @example([("bill", [9_999, 12_345]), ("close", 60), ("back", [0, 0]), ("recall", 90)])
    def plays(steps: list[tuple[str, object]]) -> None:
        seen["plays"] += 1
        if seen["plays"] % 20 == 0:
            making.analyze(
                "ads_ad", "ads_adgroup", "ads_budget", "ads_campaign", "ads_charge", "ads_lease",
                "ads_reversal", "orders_wallet",
            )  # fmt: skip
        campaign = making.campaign(payer)
        ad = making.ad(making.group(campaign), clip, is_approved=False)
        at = make.NOON
        for what, how in steps:
            charges = list(Charge.objects.filter(ad=ad).order_by("pk"))
            if what == "bill":
                charged(ad, *how, at=at)  # type: ignore[misc]
            elif what == "close":
                at += timedelta(minutes=how)  # type: ignore[arg-type]
                leasing.close_over(at=at)
            elif what == "back" and charges:
                some = [charges[n % len(charges)] for n in how]  # type: ignore[attr-defined]
                seen["back"] += reversing.take_back(payer, flood(*some), at=at)
            elif what == "recall":
                since = at - timedelta(minutes=how)  # type: ignore[arg-type]
                with suppress(NothingToTakeBack):
                    reversing.recall(ad, since=since, until=at, words="Why.", by=staff, at=at)
            else:
                posting.post(payer, at=at)
        leasing.close_over(at=at + OVER)
        posting.post(payer, at=at + OVER)
        _assert_equal()

    def _assert_equal() -> None:
        own = Charge.objects.filter(campaign__advertiser=payer)
        back = own.filter(reversal__isnull=False)
        total = _sum(own) - _sum(back)
        wallet = Wallet.objects.get(pk=payer.wallet_id)
        assert (wallet.spent_micros, wallet.held_micros) == (total, 0)
        assert posting.charged_micros(payer) == total
        posted = payer.bills.aggregate(n=Sum("posted_minor"))["n"] or 0
        assert posted == total // MICROS_PER_MINOR == 50_000_00 - balance(wallet.account)

    plays()

    assert seen["back"] > 0
    assert sound()


def _sum(charges: "QuerySet[Charge]") -> int:
    return charges.aggregate(n=Sum("price_micros"))["n"] or 0


@pytest.mark.django_db
def test_the_database_itself_frees_the_budget_and_the_check_sees_a_wallet_that_was_not() -> None:
    ad = making.ad()
    (one,) = charged(ad, 5_000)
    leasing.close_over(at=make.NOON + OVER)

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ads_reversal (home_cell, charge_id, reason, score, at)"
            " SELECT home_cell, id, 'flood', 7.5, now() FROM ads_charge"
        )

    life = Budget.objects.get(campaign=ad.group.campaign, day=None)
    assert life.spent_micros == one.price_micros - 5_000
    (said,) = ads_cost_what_was_charged().violations
    assert said.startswith(f"wallet {ad.group.campaign.advertiser.wallet_id} ")
