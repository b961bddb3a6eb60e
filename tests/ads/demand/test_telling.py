"""What partners are told of their bids: what they asked to read, once it is so, at least once."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from tests import make
from tests.ads.demand.dealing import counted, page, stocked
from tests.ads.serving import LATER, bill
from tests.fakes.bidder import Bidder
from vitrine.ads.demand import telling
from vitrine.ads.models import Ad, BidNotice, Showing
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db
AFTER = make.NOON + timedelta(minutes=1)


def told(of: Bidder) -> dict[str, dict[str, list[str]]]:
    """Return what it was told, by path."""
    return {urlsplit(one).path: parse_qs(urlsplit(one).query) for one in of.told}


def test_a_win_is_told_at_once_and_a_billing_once_its_view_is_charged(bidder: Bidder) -> None:
    stocked()
    (shown,) = page()

    telling.tell_all(at=AFTER)
    assert told(bidder).keys() == {"/win"}
    bill(shown.token, at=make.NOON + LATER)
    telling.tell_all(at=AFTER)
    telling.tell_all(at=AFTER)

    assert [urlsplit(one).path for one in bidder.told] == ["/win", "/bill"]
    price_micros = Showing.objects.get().price_micros
    said = told(bidder)["/bill"]
    assert said["price"] == [telling.price(price_micros)]
    assert (said["id"], said["bid_id"]) == ([bidder.asked[0]["id"]], ["answer-1"])
    assert (said["seat_id"], said["ad_id"], said["currency"]) == (["seat-1"], ["ad-7"], ["USD"])
    assert said["imp_id"][0] in {"1", "2", "3", "20"} | {str(n) for n in range(21)}
    assert "loss" not in said
    assert "what" not in said
    assert counted()["notices told"] == 2
    left = Leaving.objects.filter(purpose="notice of a bid")
    assert [one.classes for one in left] == [["BUSINESS", "MONEY"]] * 2


def test_a_view_that_is_not_billed_is_told_as_won_alone(bidder: Bidder) -> None:
    stocked()
    page()

    telling.tell_all(at=make.NOON + timedelta(days=1))

    assert [urlsplit(one).path for one in bidder.told] == ["/win"]


@pytest.mark.parametrize("micros, said", [(2_000, "2"), (2_001, "2.001"), (100_000, "100")])
def test_prices_are_told_for_a_thousand(micros: int, said: str) -> None:
    assert telling.price(micros) == said


def test_macros_are_filled_and_sealed_and_what_nobody_knows_is_empty() -> None:
    url = "https://a.example/?p=${AUCTION_PRICE}&q=${AUCTION_PRICE:B64}&x=${AUCTION_MBR}&y=${OTHER}"

    said = telling.filled(url, {"PRICE": "2.5/3"})

    assert said == "https://a.example/?p=2.5%2F3&q=Mi41LzM%3D&x=&y=${OTHER}"


def test_who_does_not_hear_is_told_again_later_and_given_up_in_the_end(bidder: Bidder) -> None:
    stocked()
    page("v_1")
    page("v_2")
    bidder.notice_status = 500
    at = AFTER

    telling.tell_all(at=at)
    assert len(bidder.told) == 1  # of two: who does not hear is told no more this time
    for wait in (*telling.WAITS, timedelta(days=1)):
        at += wait + timedelta(minutes=1)
        telling.tell_all(at=at)
        telling.tell_all(at=at)

    assert {one.tries for one in BidNotice.objects.filter(kind="win")} == {6}
    assert not BidNotice.objects.filter(told_at__isnull=False).exists()
    bidder.notice_status = 204
    telling.tell_all(at=at + timedelta(days=1))
    assert len(bidder.told) == 12


def test_nothing_is_told_to_whom_the_operator_names_no_more(
    bidder: Bidder, settings: Settings
) -> None:
    stocked()
    page()
    (one,) = settings.VITRINE_RTB
    settings.VITRINE_RTB = [one._replace(endpoint="http://127.0.0.1:9/elsewhere")]

    telling.tell_all(at=AFTER)
    settings.VITRINE_RTB = []
    telling.tell_all(at=AFTER + timedelta(hours=1))

    assert bidder.told == []
    assert BidNotice.objects.get(kind="win").tries == 1


def test_no_billing_is_told_before_its_charge_and_no_notice_changes(bidder: Bidder) -> None:
    stocked()
    page()
    billing = BidNotice.objects.filter(kind="billing")

    with pytest.raises(IntegrityError, match="once its showing is charged"), transaction.atomic():
        billing.update(told_at=AFTER)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        billing.update(url="https://evil.example/")
    payer = Ad.objects.get().group.campaign.advertiser
    for kind, showing in (("loss", uuid4()), ("win", None)):
        with pytest.raises(IntegrityError, match="bid_notice_of"), transaction.atomic():
            BidNotice.objects.create(
                advertiser=payer, kind=kind, showing=showing, url="x", made_at=AFTER, due_at=AFTER
            )


def test_what_was_told_is_forgotten_after_a_week(bidder: Bidder) -> None:
    stocked()
    page()

    telling.forget(at=make.NOON + timedelta(days=7))
    assert BidNotice.objects.count() == 2
    telling.forget(at=make.NOON + timedelta(days=7, seconds=1))
    assert not BidNotice.objects.exists()
