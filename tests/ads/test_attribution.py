"""Whose sale an order's lines are in the database, and what stands once money goes back."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.ads import making
from tests.ads.selling import (
    AFTER,
    DAY,
    HOUR,
    Scene,
    ad_of,
    bought,
    buyer,
    cancelled,
    scene,
    shipped,
    swept,
    touched,
)
from tests.races import losers, race
from vitrine.ads import counting, invariants, leasing, reckoning, reversing
from vitrine.ads.models import (
    Billed,
    Campaign,
    Charge,
    Credit,
    CreditReversal,
    Ground,
    Meeting,
    Objective,
    Sale,
    Showing,
    Why,
)
from vitrine.ads.reversing import Doubt
from vitrine.feed import history, watching
from vitrine.feed.models import Habit
from vitrine.orders import moving, refunding
from vitrine.orders.models import Dispute, Order, OrderLine, Payment

pytestmark = pytest.mark.django_db
VIEW, CLICK = Billed.VIEW, Billed.CLICK


@pytest.fixture
def it() -> Scene:
    return scene()


def broken() -> list[str]:
    return [*invariants.ads_are_credited_once().violations]


def test_a_click_gets_the_credit_for_what_was_paid_for_each_line(it: Scene) -> None:
    bea = buyer()
    token = touched(it.ad, bea, VIEW, CLICK, at=make.NOON - 6 * DAY)
    order = bought(it.lamp, it.cup, by=bea, quantity=2)

    (lamps, first), (cups, second) = swept()

    assert (lamps, cups) == (20_000, 8_000)
    assert {first.line.variant, second.line.variant} == {it.lamp, it.cup}
    assert (first.ad, first.campaign, first.what) == (it.ad, it.campaign, "click")
    assert (first.showing, first.touched_at) == (token.showing, make.NOON - 6 * DAY)
    assert first.bought_at == order.placed_at
    assert Sale.objects.values_list("paid_minor", "sales_minor").get() == (28_000, 28_000)
    assert broken() == []


@pytest.mark.parametrize(
    "what, ago, is_credited",
    [
        (VIEW, 23 * HOUR, True),
        (VIEW, 25 * HOUR, False),
        (CLICK, 7 * DAY, True),
        (CLICK, 7 * DAY + timedelta(seconds=1), False),
        (CLICK, -timedelta(minutes=1), False),
    ],
)
def test_nothing_counts_outside_its_window(
    it: Scene, what: Billed, ago: timedelta, is_credited: bool
) -> None:
    bea = buyer()
    touched(it.ad, bea, what, at=make.NOON - ago)
    bought(it.lamp, by=bea)

    assert bool(swept()) is is_credited
    assert Sale.objects.get().sales_minor == 10_000


def test_each_campaign_has_the_windows_that_it_declared_and_keeps_them() -> None:
    it = scene(click_days=28, view_days=7, objective=Objective.CLICKS)
    bea = buyer()
    touched(it.ad, bea, VIEW, at=make.NOON - 6 * DAY)
    bought(it.lamp, by=bea)
    assert len(swept()) == 1

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        type(it.campaign).objects.update(click_days=1)
    for wrong in ({"click_days": 29}, {"view_days": 8}, {"holdout_percent": 51}):
        with pytest.raises(IntegrityError, match=r"campaign_[wh]"), transaction.atomic():
            making.campaign(it.payer, **wrong)


def test_who_sells_nothing_has_the_credit_for_what_is_on_the_clip(it: Scene) -> None:
    creator = make.person()
    ad = ad_of(making.advertiser(creator))
    make.tag(ad.clip, it.lamp.product)
    bea = buyer()
    touched(ad, bea, CLICK, at=make.NOON - HOUR)
    bought(it.lamp, it.cup, by=bea)

    ((lamp, credit),) = swept()

    assert (lamp, credit.line.variant, credit.ad) == (10_000, it.lamp, ad)


def test_a_shop_has_no_credit_for_what_another_sells(it: Scene) -> None:
    other = scene()
    make.tag(it.ad.clip, other.lamp.product)
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    bought(other.lamp, by=bea)

    assert swept() == []


def test_nobody_is_followed_who_is_not_known_or_wants_nothing_picked(it: Scene) -> None:
    plain, stranger = buyer(), "v_somebody"
    touched(it.ad, plain, CLICK, at=make.NOON - HOUR, is_measured=False)
    touched(it.ad, stranger, CLICK, at=make.NOON - HOUR)
    for by in (plain, None):
        bought(it.lamp, by=by)

    assert swept() == []
    assert Sale.objects.count() == 2


@pytest.mark.parametrize("how", ["unprofile", "pause", "start over", "clear", "leave"])
def test_whoever_wants_to_be_forgotten_is_credited_to_nothing(it: Scene, how: str) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    Meeting.objects.create(
        campaign=it.campaign, viewer=bea.public_id, is_held=True, first_at=make.NOON
    )
    forget: dict[str, Any] = {
        "unprofile": lambda: Habit.unprofile(bea, at=make.NOON),
        "pause": lambda: Habit.pause(bea, at=make.NOON),
        "start over": lambda: watching.start_over(key=bea.public_id, at=make.NOON),
        "clear": lambda: history.forget(bea, at=make.NOON),
        "leave": lambda: watching.forget_viewer(bea.public_id),
    }

    forget[how]()
    bought(it.lamp, by=bea)

    assert swept() == []
    assert not Meeting.objects.exists()
    assert not Showing.objects.filter(is_measured=True).exists()


def test_one_clip_taken_out_of_a_history_takes_no_ad_with_it(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)

    history.forget(bea, clip=it.ad.clip, at=make.NOON)

    assert Showing.objects.get().is_measured


def test_an_order_is_credited_by_its_own_time_however_late_the_job_is(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, VIEW, at=make.NOON - 20 * HOUR)
    order = bought(it.lamp, by=bea)
    touched(it.ad, bea, CLICK, at=make.NOON + DAY)

    reckoning.sweep(at=make.NOON + timedelta(seconds=30))
    assert not Sale.objects.exists()  # what was told of at that moment may be on its way
    reckoning.sweep(at=make.NOON + 2 * DAY)
    touched(it.ad, bea, CLICK, at=make.NOON + 3 * DAY)
    reckoning.reckon(order.pk, at=make.NOON + 4 * DAY)

    credit = Credit.objects.get()
    assert (credit.what, credit.at) == ("view", make.NOON + 2 * DAY)


def test_what_is_cancelled_loses_its_credit_once(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, it.cup, by=bea)
    assert [left for left, _ in swept()] == [10_000, 4_000]

    cancelled(order)

    assert [left for left, _ in swept()] == [0, 0]
    reversed_ = CreditReversal.objects.order_by("pk").values_list("amount_minor", "why")
    assert list(reversed_) == [(10_000, "given back"), (4_000, "given back")]
    sale = Sale.objects.get()
    assert (sale.paid_minor, sale.sales_minor, sale.is_over) == (14_000, 0, True)
    assert broken() == []


def test_what_was_cancelled_before_it_was_followed_is_a_credit_of_nothing(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    cancelled(bought(it.lamp, by=bea))

    assert [left for left, _ in swept()] == [0]
    assert broken() == []


def give_back_units(order: Order, line: OrderLine, units: int) -> None:
    with transaction.atomic():
        payment = Payment.objects.locked().get(group__orders=order)
        made = refunding.units(
            order, payment, {line.pk: units}, key=f"{line.pk}:{units}", by=make.person(),
            at=AFTER, reason="Torn",
        )  # fmt: skip
    assert made is not None
    moving.make(made.move.key, at=AFTER)


def test_what_goes_back_takes_its_part_of_the_credit_to_the_cent(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = shipped(bought(it.lamp, it.cup, by=bea, quantity=3))
    lamps, _ = order.lines.order_by("pk")
    assert [left for left, _ in swept()] == [30_000, 12_000]

    give_back_units(order, lamps, 1)
    assert [left for left, _ in swept()] == [20_000, 12_000]
    made = refunding.amount(order, 777, key="late", by=make.person(), at=AFTER, reason="Late")
    moving.make(made, at=AFTER)

    stands = [left for left, _ in swept()]
    left_of_order = order.total_minor - 10_400  # a lamp with 4 % tax
    assert stands == [
        round(minor * (left_of_order - 777) / left_of_order) for minor in (20_000, 12_000)
    ]
    assert Sale.objects.get().sales_minor == sum(stands)
    give_back_units(order, lamps, 2)
    assert next(left for left, _ in swept()) == 0
    assert broken() == []


def test_what_a_bank_takes_back_takes_its_part_of_the_credit(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, by=bea)
    swept()

    Dispute.objects.create(
        payment=order.group.payment, order=order, provider="sandbox", reference="dp",
        currency="USD", amount_minor=order.total_minor // 4, reason="fraud", state="lost",
        opened_at=AFTER, closed_at=AFTER,
    )  # fmt: skip

    of = order.total_minor
    assert [left for left, _ in swept()] == [round(10_000 * (of - of // 4) / of)]
    assert broken() == []


def test_a_charge_that_is_taken_back_takes_its_credit_with_it(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, VIEW, at=make.NOON - HOUR)
    bought(it.lamp, by=bea)
    assert [left for left, _ in swept()] == [10_000]

    leasing.close_over(at=make.NOON)
    false = Doubt(Charge.objects.get().pk, Ground.FLOOD, 9.0)
    assert reversing.take_back(it.campaign.advertiser, [false], at=AFTER) == 1

    assert [left for left, _ in swept()] == [0]
    assert CreditReversal.objects.get().why == Why.FALSE
    assert Sale.objects.get().sales_minor == 10_000  # it was sold all the same
    assert broken() == []
    bought(it.cup, by=bea)
    assert len(swept()) == 1  # nor is anything else credited to it


def test_postgres_refuses_a_wrong_credit_and_a_change_of_one(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, it.cup, by=bea)
    (_, known), _ = swept()
    line = order.lines.order_by("pk")[1]
    other = ad_of(it.payer)

    def refused(why: str, **fields: Any) -> None:
        right = {
            "line": line, "ad": known.ad, "campaign": known.campaign, "what": "click", "at": AFTER,
            "showing": known.showing, "touched_at": known.touched_at, "bought_at": known.bought_at,
            "amount_minor": 4_000,
        }  # fmt: skip
        with pytest.raises(IntegrityError, match=why), transaction.atomic():
            Credit.objects.create(**(right | fields))

    refused("duplicate key", line=known.line, amount_minor=10_000)
    refused("what was paid for its line", amount_minor=4_001)
    refused("what was paid for its line", bought_at=AFTER)
    refused("window of its campaign", touched_at=make.NOON - 8 * DAY)
    refused("window of its campaign", campaign=other.group.campaign)
    for rows in (Credit.objects.all(), CreditReversal.objects.all()):
        CreditReversal.objects.create(credit=known, amount_minor=1, why="given back", at=AFTER)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(amount_minor=1)
    with pytest.raises(IntegrityError, match="than there was"), transaction.atomic():
        CreditReversal.objects.create(credit=known, amount_minor=9_999, why="given back", at=AFTER)


def test_check_finds_what_is_wrong(it: Scene) -> None:
    bea = buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, by=bea)
    assert broken() == [f"order {order.public_id} is not followed"]

    swept()
    Sale.objects.update(sales_minor=1)
    assert broken() == [
        f"credits of order {order.public_id} come to 10000, of which 1 was not given back"
    ]


def test_a_shop_that_does_not_advertise_is_not_followed() -> None:
    thing = make.variant(stock=3)
    bought(thing, by=make.person(born_on=date(1990, 1, 1)))

    assert swept() == []
    assert not Sale.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_who_follow_an_order_at_once_credit_it_and_take_back_once() -> None:
    it, bea = scene(), buyer()
    touched(it.ad, bea, CLICK, at=make.NOON - HOUR)
    order = bought(it.lamp, by=bea)

    assert losers(race(8, lambda _: reckoning.reckon(order.pk, at=AFTER))) == []
    assert Credit.objects.get().amount_minor == 10_000
    cancelled(order)
    assert losers(race(8, lambda _: reckoning.reckon(order.pk, at=AFTER))) == []
    assert CreditReversal.objects.get().amount_minor == 10_000


@pytest.mark.parametrize("over", ["ended_at", "ends_at"])
def test_a_month_after_a_campaign_nobody_knows_who_met_it(over: str) -> None:
    long_ago, lately, runs = (scene(holdout_percent=5).campaign for _ in range(3))
    for one, days in ((long_ago, 32), (lately, 30)):
        Campaign.objects.filter(pk=one.pk).update(**{over: make.NOON - days * DAY})
    for one in (long_ago, lately, runs):
        Meeting.objects.create(
            campaign=one, viewer="us_1", is_held=True, first_at=make.NOON - 300 * DAY
        )

    counting.forget(at=make.NOON)

    left = Meeting.objects.order_by("campaign").values_list("campaign", flat=True)
    assert list(left) == [lately.pk, runs.pk]
