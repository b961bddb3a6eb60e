"""What followed from showings is counted once no token is out, and forgotten in time."""

from datetime import timedelta

import pytest

from tests import make
from tests.ads import crowds, making
from tests.ads.crowds import Meeting
from tests.ads.serving import LATER, Worker, bill
from vitrine.ads import (
    budgeting,
    counting,
    disbelieving,
    hiding,
    planning,
    showing,
    standing,
    tokens,
)
from vitrine.ads.models import (
    AdDay,
    AdHour,
    Billed,
    Budget,
    Disbelief,
    HiddenAd,
    Met,
    Objective,
    Response,
    SearchHour,
    Showing,
)
from vitrine.ads.showing import Ads, Made
from vitrine.feed import watching
from vitrine.kernel.money import MICROS_PER_MINOR

pytestmark = pytest.mark.django_db
OVER = timedelta(minutes=32)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def shown(viewer: str = "v_somebody", *, at: timedelta = timedelta(), **fields: object) -> str:
    """Show an ad to a viewer, and return its token."""
    now = make.NOON + at
    one = Worker(making.ad(making.group(making.campaign(**fields))))  # type: ignore[arg-type]
    one.take(at=now)
    text = one.serve(5_000, at=now)
    assert text is not None
    token = tokens.read(text, viewer="v_somebody", at=now + LATER)
    of = standing.read(at=now)
    line = of.lines[of.line_of[one.ad.pk]]
    made = Made(line, token.lease, token.price_micros, 0.6, token.showing, text)
    assert showing.put(Ads([made], viewer, now)).is_shown
    return text


def test_a_showing_counts_once_its_token_is_over_and_the_same_each_time() -> None:
    seen = shown()
    shown()
    bill(seen, at=make.NOON + LATER)
    bill(seen, at=make.NOON + LATER, what=Billed.CLICK)

    counting.count(at=make.NOON + timedelta(minutes=20))
    assert not AdDay.objects.exists()
    for _ in range(2):
        counting.count(at=make.NOON + OVER)

    days = AdDay.objects.order_by("ad").values_list("shown", "expected", "views", "clicks")
    assert list(days) == [(1, 0.6, 1, 1), (1, 0.6, 0, 0)]


def test_views_of_what_pays_for_clicks_count_as_well() -> None:
    text = shown(objective=Objective.CLICKS)
    bill(text, at=make.NOON + LATER)

    counting.count(at=make.NOON + OVER)

    assert AdDay.objects.values_list("shown", "views", "clicks").get() == (1, 1, 0)


def test_what_was_counted_makes_an_ad_likelier_or_less() -> None:
    text = shown()
    first = float(standing.read(at=make.NOON).raw[0])
    bill(text, at=make.NOON + LATER)
    counting.count(at=make.NOON + OVER)

    assert first == pytest.approx(0.6)
    assert float(standing.read(at=make.NOON + OVER).raw[0]) > first


def test_after_a_month_nobody_knows_who_was_shown_what() -> None:
    text = shown("v_old", objective=Objective.CLICKS)
    bill(text, at=make.NOON + LATER)
    shown("v_new", at=timedelta(days=20))
    shown("v_old", at=timedelta(days=20))
    ad = Showing.objects.order_by("pk")[0].ad
    person = make.person()
    for viewer in ("v_old", person.public_id):
        hiding.hide(ad, viewer=viewer, at=make.NOON)
    counting.count(at=make.NOON + OVER)
    later = make.NOON + timedelta(days=30, minutes=1)

    counting.forget(at=later)

    assert sorted(Showing.objects.values_list("viewer", flat=True)) == ["v_new", "v_old"]
    assert {one.viewer: len(one.ads) for one in Met.objects.all()} == {"v_new": 1, "v_old": 1}
    assert not Response.objects.exists()
    assert HiddenAd.objects.get().viewer == person.public_id
    assert AdDay.objects.get(ad=ad).views == 1
    counting.forget(at=later + timedelta(days=20))
    assert not Met.objects.exists()
    assert not Showing.objects.exists()


def test_a_viewer_who_goes_is_forgotten() -> None:
    person = make.person()
    shown(person.public_id)
    hiding.hide(Showing.objects.get().ad, viewer=person.public_id, at=make.NOON)

    watching.forget_viewer(person.public_id)

    assert not Met.objects.exists()
    assert not Showing.objects.filter(viewer=person.public_id).exists()
    assert not HiddenAd.objects.exists()


def test_what_a_viewer_saw_who_goes_is_counted_and_paid_for_as_before() -> None:
    both = [Meeting("v_goes", make.NOON), Meeting("v_stays", make.NOON)]
    assert crowds.crowd().click(both) == [None, None]

    counting.forget_viewer("v_goes")
    counting.count(at=make.NOON + OVER)

    day = AdDay.objects.get()
    assert (day.shown, day.clicks, day.spent_micros) == (2, 2, 2 * crowds.PRICE_MICROS)


def test_places_are_counted_by_hour_and_refusals_by_day_and_both_forgotten() -> None:
    for minutes, places in ((1, 2), (1, 1), (2, 2), (61, 2)):
        planning.offered(places, at=make.NOON + timedelta(minutes=minutes))
        if places == 2:
            planning.batch.flush(at=make.NOON)
    disbelieving.note([disbelieving.Refused(tokens.Reason.FORGED, Billed.VIEW)])
    disbelieving.batch.flush(at=make.NOON)

    hours = AdHour.objects.order_by("hour_at").values_list("hour_at", "places", "auctions")
    assert list(hours) == [(make.NOON, 5, 3), (make.NOON + HOUR, 2, 1)]
    planning.forget(at=make.NOON + timedelta(days=8, minutes=1))
    disbelieving.forget(at=make.NOON + timedelta(days=32))
    assert AdHour.objects.get().places == 2
    assert not Disbelief.objects.exists()


def test_a_campaign_means_to_spend_what_is_left_by_the_auctions_to_come() -> None:
    """In each hour of the day before there were 400 of the feed, of which many had two places."""
    campaigns = [
        making.group(
            making.campaign(daily_minor=96_00, zone="UTC", budget_minor=None),
            placements=placements,
            bid_micros=None,
        ).campaign
        for placements in (["feed"], ["search"], ["feed", "search"])
    ]
    for hour in range(1, 25):
        hour_at = make.NOON - hour * HOUR
        AdHour.objects.create(hour_at=hour_at, places=700, auctions=400)
        for one in campaigns:
            SearchHour.objects.create(campaign=one, hour_at=hour_at, places=50)

    rates = planning.rates([one.pk for one in campaigns], at=make.NOON)

    micros, hours = 96_00 * 10_000, 12
    assert [rates[one.pk] for one in campaigns] == pytest.approx(
        [micros / (hours * auctions) for auctions in (450, 50, 450)]
    )
    planning.forget(at=make.NOON + timedelta(days=8))
    assert not SearchHour.objects.exists()


def test_until_searches_were_counted_a_few_are_expected() -> None:
    one = making.campaign(daily_minor=96_00, zone="UTC", budget_minor=None)
    making.group(one, placements=["search"], bid_micros=None)

    for _ in range(2):
        planning.searched([one.pk], at=make.NOON - HOUR)
    planning.searches.flush(at=make.NOON)
    (rate,) = planning.rates([one.pk], at=make.NOON).values()

    assert SearchHour.objects.get().places == 2
    expected = 12 * (planning.FEWEST_SEARCHES_A_DAY - 2) / 24
    assert rate == pytest.approx(96_00 * 10_000 / expected)


def test_what_an_account_has_left_is_shared_by_what_its_campaigns_wish() -> None:
    """20.00 a day for all. By hand 6.00 went yesterday: 14.00 are left, a quarter for the smaller.

    It is noon; the days of the cell and of the campaigns end at midnight of the same clocks.
    """
    owner = make.person()
    payer = making.advertiser(owner)
    big, small, by_hand, hidden = (
        making.campaign(
            payer, daily_minor=daily_minor, budget_minor=None, starts_at=make.NOON - 3 * DAY
        )
        for daily_minor in (90_00, 30_00, 50_00, 50_00)
    )
    for one, bid_micros in ((big, None), (small, None), (by_hand, 10_000)):
        making.ad(making.group(one, bid_micros=bid_micros))
    making.ad(making.group(hidden), is_approved=False)
    midday = make.NOON.astimezone(big.time_zone).replace(hour=12)
    budgeting.limit_all(payer, daily_minor=20_00, by=owner, at=midday)
    for hour in range(1, 25):
        AdHour.objects.create(hour_at=midday - hour * HOUR, places=100, auctions=100)
    Budget.objects.create(
        campaign=by_hand, day=midday.date() - DAY, spent_micros=18_00 * MICROS_PER_MINOR
    )

    rates = planning.rates([big.pk], at=midday)

    # Of 36 hours since yesterday began 18.00 went, so in the 12 to come it will be 6.00.
    assert rates == pytest.approx(
        {
            big.pk: 10_50 * MICROS_PER_MINOR / 1_200,
            small.pk: 3_50 * MICROS_PER_MINOR / 1_200,
        }
    )


def test_a_wallet_lasts_the_day_of_the_cell() -> None:
    payer = making.advertiser(put_minor=5_00)
    one = making.campaign(payer, daily_minor=90_00, budget_minor=None)
    making.ad(making.group(one, bid_micros=None))
    midday = make.NOON.astimezone(one.time_zone).replace(hour=12)
    for hour in range(1, 25):
        AdHour.objects.create(hour_at=midday - hour * HOUR, places=100, auctions=100)

    (rate,) = planning.rates([one.pk], at=midday).values()

    assert rate == pytest.approx(5_00 * MICROS_PER_MINOR / 1_200)
