"""Bids are kept in stock ahead; what is late or lies is refused, counted, and left alone."""

from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import OperationalError
from pytest_django import Settings

from tests import make
from tests.ads import making
from tests.ads.demand.dealing import counted, stocked
from tests.fakes.bidder import Bidder
from vitrine.ads.demand import counting, keeping, stock
from vitrine.ads.models import (
    Ad,
    AdGroup,
    AdVerdict,
    Advertiser,
    BidNotice,
    Campaign,
    DemandDay,
    DemandStop,
)
from vitrine.sovereignty.bounds import Bounds

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def own_ad(of: Bidder) -> Ad:
    return Ad.objects.get(public_id=of.crid)


def test_bids_are_asked_for_ahead_until_the_stock_is_full(bidder: Bidder) -> None:
    offers = stocked()

    assert len(offers) == keeping.FULL == len(bidder.asked[0]["imp"])
    assert {(one.ad, one.bid.price_micros) for one in offers} == {(own_ad(bidder).pk, 5_000)}
    assert {one.until for one in offers} == {make.NOON + timedelta(minutes=10)}
    stocked(at=make.NOON + SECOND)
    assert len(bidder.asked) == 1
    assert counted() == {"requests": 1, "answers": 1, "bids in order": keeping.FULL}


def test_each_context_has_a_stock_and_a_partner_is_asked_once_a_turn(bidder: Bidder) -> None:
    for context in ("", "home", "toys"):
        stock.want(context, at=make.NOON)

    for second in range(3):
        keeping.turn(at=make.NOON + second * SECOND)
        assert len(bidder.asked) == second + 1

    said = [tuple(one["site"].get("pagecat", ())) for one in bidder.asked]
    assert sorted(said) == [(), ("home",), ("toys",)]


def test_what_no_page_is_beside_any_more_is_not_asked_for(bidder: Bidder) -> None:
    stock.want("", at=make.NOON)

    keeping.turn(at=make.NOON + stock.WANTED)

    assert bidder.asked == []


def test_a_bid_is_good_as_long_as_it_says_less_the_life_of_a_token(bidder: Bidder) -> None:
    bidder.bid = {"exp": 1_860}

    offers = stocked()

    assert {one.until for one in offers} == {make.NOON + timedelta(minutes=1)}
    keeping.turn(at=make.NOON + timedelta(minutes=1))
    assert counted()["not used in time"] == keeping.FULL
    told = BidNotice.objects.filter(kind="loss")
    assert told.count() == keeping.FULL
    assert "loss=2&" in told[0].url


@pytest.mark.parametrize(
    "thing, reason",
    [
        ("another's", "ad of another"),
        ("unknown", "no such ad"),
        ("not looked at", "ad not approved"),
        ("refused", "ad not approved"),
        ("paused", "ad not running"),
        ("ended", "ad not running"),
        ("clicks", "ad paid by click"),
        ("ages", "ad for some people"),
    ],
)
def test_a_bid_is_for_an_ad_of_theirs_that_is_approved_and_runs(
    bidder: Bidder, thing: str, reason: str
) -> None:
    ad = own_ad(bidder)
    group, campaign = ad.group, ad.group.campaign
    if thing == "another's":
        bidder.crid = making.ad().public_id
    elif thing == "unknown":
        bidder.crid = "us_01JBXQ6E3M8V5T2W9YAKCDFGH0"
    elif thing == "not looked at":
        bidder.crid = making.ad(group, is_approved=False).public_id
    elif thing == "refused":
        AdVerdict.objects.create(
            ad=ad, is_approved=False, reason="age", by=make.person(), at=make.NOON,
            instead_of=ad.verdicts.get(),
        )  # fmt: skip
    elif thing == "paused":
        AdGroup.objects.update(paused_at=make.NOON)
    elif thing == "ended":
        Campaign.objects.update(ended_at=make.NOON)
    elif thing == "clicks":
        clicks = making.campaign(campaign.advertiser, objective="clicks")
        bidder.crid = making.ad(making.group(clicks)).public_id
    else:
        AdGroup.objects.update(ages=["25-34"])

    assert stocked() == []

    assert counted() == {"requests": 1, "answers": 1, reason: keeping.FULL}
    assert BidNotice.objects.filter(kind="loss").count() == keeping.FULL
    stocked(at=make.NOON + 29 * SECOND)
    assert len(bidder.asked) == 1
    stocked(at=make.NOON + keeping.IDLE)
    assert len(bidder.asked) == 2


def test_who_wants_nothing_is_asked_again_later(bidder: Bidder) -> None:
    bidder.status = 204

    stocked()
    stocked(at=make.NOON + 29 * SECOND)
    assert len(bidder.asked) == 1
    stocked(at=make.NOON + keeping.IDLE)

    assert counted() == {"requests": 2, "answers": 2, "no bids": 2}


@pytest.mark.parametrize(
    "lie, reason",
    [
        ("silent", "late"),
        ("trickles", "late"),
        ("gone", "unreachable"),
        ("status", "wrong status"),
        ("elsewhere", "wrong status"),
        ("big", "too big"),
        ("text", "malformed"),
        ("currency", "another currency"),
    ],
)
def test_an_answer_that_is_none_is_counted_and_its_partner_left_alone(
    bidder: Bidder, lie: str, reason: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    if lie in {"silent", "trickles"}:
        monkeypatch.setattr(keeping, "BOUNDS", Bounds(within_s=0.1, most_bytes=1 << 20))
    bidder.stays_silent, bidder.trickles = lie == "silent", lie == "trickles"
    bidder.status = {"status": 500, "elsewhere": 302}.get(lie, 200)
    bidder.body = {"text": b"<html>", "big": b" " * 70_000, "gone": b""}.get(lie)
    bidder.answer = {"cur": "EUR"} if lie == "currency" else {}
    if lie == "gone":
        one = settings.VITRINE_RTB[0]
        settings.VITRINE_RTB = [one._replace(endpoint="http://127.0.0.1:1/")]

    assert stocked() == []

    said = counted()
    assert (said[reason], said["left alone"]) == (1, 1)
    assert stocked(at=make.NOON + 4 * SECOND) == []
    assert counted()["requests"] == 1


def test_who_fails_again_is_left_alone_twice_as_long_and_heard_again_after(bidder: Bidder) -> None:
    bidder.status = 500
    payer = own_ad(bidder).group.campaign.advertiser_id
    at, waits = make.NOON, []
    for _ in range(9):
        stocked(at=at)
        until = keeping._courses[payer].alone_until
        waits.append(until - at)
        at = until

    assert waits[:3] == [keeping.ALONE, 2 * keeping.ALONE, 4 * keeping.ALONE]
    assert waits[-1] == keeping.LONGEST_ALONE
    assert len(bidder.asked) == 9
    bidder.status = 200
    assert len(stocked(at=at)) == keeping.FULL
    assert keeping._courses[payer].failures == 0


@pytest.mark.parametrize("how", ["switched off", "suspended", "unknown"])
def test_a_partner_that_is_off_is_not_asked(bidder: Bidder, how: str, settings: Settings) -> None:
    payer = own_ad(bidder).group.campaign.advertiser
    if how == "switched off":
        DemandStop.objects.create(advertiser=payer, by=make.person(), at=make.NOON)
    elif how == "suspended":
        Advertiser.objects.update(suspended_at=make.NOON)
    else:
        one = settings.VITRINE_RTB[0]
        settings.VITRINE_RTB = [one._replace(account="us_nobody")]

    assert stocked() == []
    assert bidder.asked == []


def test_how_long_answers_took_is_told_by_limits() -> None:
    payer = making.advertiser().pk
    for took_ms in [3.0] * 97 + [100.0, 450.0, 9_000.0]:
        counting.took(payer, took_ms)
    counting.batch.flush(at=make.NOON)
    day = DemandDay.objects.latest("pk").day

    said = counting.days([payer], since=day)[payer][day]

    shares = [counting.quantile_ms(said, share) for share in (0.5, 0.99, 1.0)]
    assert shares == [3, 512, 4096]
    assert counting.quantile_ms({}, 0.5) is None
    counting.forget(at=make.NOON + timedelta(days=30))
    assert DemandDay.objects.exists()
    counting.forget(at=make.NOON + timedelta(days=31))
    assert not DemandDay.objects.exists()


class Twice(Event):
    """An end that comes after two turns."""

    turns = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.turns += 1
        return self.turns > 2


@pytest.mark.django_db(transaction=True)
def test_the_thread_goes_on_after_a_turn_that_failed(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[datetime] = []

    def fails(*, at: datetime) -> None:
        begun.append(at)
        raise OperationalError("the database restarts")

    monkeypatch.setattr(keeping, "turn", fails)

    keeping._ask_until(Twice())

    assert len(begun) == 2


def test_the_thread_runs_where_somebody_is_named_alone(
    bidder: Bidder, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(Thread, "start", lambda self: begun.append(self.name))

    keeping.keep_asking()
    settings.VITRINE_RTB = []
    keeping.keep_asking()

    assert begun == ["demand"]
