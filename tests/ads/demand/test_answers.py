"""Reading what partners answer: each lie is refused by name, and nothing that comes raises."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.nightly import IS_NIGHT
from vitrine.ads.demand import answers, asking
from vitrine.ads.demand.answers import MOST_BYTES, Read, Refused
from vitrine.ads.demand.asking import Request
from vitrine.kernel import ids
from vitrine.sovereignty.demand_partners import DemandPartner

PARTNER = DemandPartner("us_1", "https://bid.example/rtb", "Example", "NZ")
ASKED = Request("question", ("1", "2"), "", b"")
CRID = ids.new()


def bid(**said: Any) -> dict[str, Any]:
    return {"id": "a", "impid": "1", "price": 5.0, "crid": CRID} | said


def answer(*bids: Any, **said: Any) -> bytes:
    seats = [{"seat": "s", "bid": list(bids)}]
    return json.dumps({"id": "question", "cur": "USD", "seatbid": seats} | said).encode()


def read(body: bytes) -> Read:
    return answers.read(body, ASKED, of=PARTNER, currency="USD")


def why(body: bytes) -> list[Refused]:
    found = read(body)
    assert found.bids == []
    return [reason for reason, _ in found.refused]


def test_a_bid_in_order_is_read_in_whole_micros_for_a_view() -> None:
    url = "https://bid.example/win"
    found = read(answer(bid(price=5.1239, exp=2000, nurl=url, burl=url, adid="x"), bidid="b"))

    (one,) = found.bids
    assert (one.price_micros, one.ad, one.lasts_s) == (5_123, CRID, 2000)
    assert (one.auction, one.answer, one.place, one.seat) == ("question", "b", "1", "s")
    assert (one.nurl, one.burl, one.lurl, one.adid) == (url, url, "", "x")
    assert found.refused == []


@pytest.mark.parametrize("said", [{"seatbid": []}, {"seatbid": None}, {"nbr": 2, "seatbid": []}])
def test_who_wants_nothing_is_not_refused(said: dict[str, Any]) -> None:
    assert read(answer(**said)) == Read()


@pytest.mark.parametrize(
    "body, reason",
    [
        (b" " * (MOST_BYTES + 1), Refused.TOO_BIG),
        (b"", Refused.MALFORMED),
        (b"<html>", Refused.MALFORMED),
        (b"\xff{}", Refused.MALFORMED),
        (b"[" * MOST_BYTES, Refused.MALFORMED),
        (b'{"x":' * 10_000, Refused.MALFORMED),
        (b'{"id": 7}', Refused.MALFORMED),
        (answer(seatbid={}), Refused.MALFORMED),
        (answer(seatbid=[{"bid": {}}]), Refused.MALFORMED),
        (answer(bid(), id="another"), Refused.ANOTHER),
        (answer(bid(), cur="EUR"), Refused.CURRENCY),
        (b'{"id": "question", "seatbid": [{"bid": [7]}]}', Refused.UNREAD),
    ],
)
def test_an_answer_that_is_none_is_refused_by_name(body: bytes, reason: Refused) -> None:
    assert why(body) == [reason]


@pytest.mark.parametrize(
    "said, reason",
    [
        ({"id": ""}, Refused.UNREAD),
        ({"id": "\x00"}, Refused.UNREAD),
        ({"price": None}, Refused.UNREAD),
        ({"price": "much"}, Refused.UNREAD),
        ({"nurl": "https://bid.example/ü"}, Refused.UNREAD),
        ({"burl": "https://bid.example/" + "x" * 1000}, Refused.UNREAD),
        ({"impid": "3"}, Refused.PLACE),
        ({"price": 0}, Refused.PRICE),
        ({"price": -5}, Refused.PRICE),
        ({"price": 100.01}, Refused.PRICE),
        ({"price": 1e300}, Refused.PRICE),
        ({"price": "NaN"}, Refused.PRICE),
        ({"price": "-sNaN"}, Refused.PRICE),
        ({"price": "Infinity"}, Refused.PRICE),
        ({"price": 1.999}, Refused.FLOOR),
        ({"dealid": "d"}, Refused.DEAL),
        ({"cat": ["IAB1", "IAB25-3"]}, Refused.CATEGORY),
        ({"exp": 1800}, Refused.TOO_SHORT),
        ({"exp": -1}, Refused.TOO_SHORT),
        ({"nurl": "https://evil.example/"}, Refused.ELSEWHERE),
        ({"burl": "http://bid.example/"}, Refused.ELSEWHERE),
        ({"lurl": "https://bid.example/#${AUCTION_ID}"}, Refused.ELSEWHERE),
        ({"lurl": "https://bid.example/" + "${AUCTION_ID}" * 13}, Refused.ELSEWHERE),
        ({"crid": "their-own-creative"}, Refused.NO_AD),
        ({"crid": f"{CRID}\n"}, Refused.NO_AD),
        ({"crid": ""}, Refused.NO_AD),
    ],
)
def test_a_bid_that_is_not_in_order_is_refused_by_name(
    said: dict[str, Any], reason: Refused
) -> None:
    assert why(answer(bid(**said))) == [reason]


def test_a_price_of_a_million_digits_costs_nothing_to_refuse() -> None:
    said = answer(bid()).replace(b"5.0", b"9e999999999")
    assert why(said) in ([Refused.PRICE], [Refused.UNREAD])
    assert why(answer(bid()).replace(b"5.0", b"1e-999999999")) == [Refused.PRICE]
    assert why(answer(bid()).replace(b"5.0", b"9" * 50_000)) == [Refused.PRICE]


def test_one_place_and_one_name_are_good_for_one_bid() -> None:
    found = read(answer(bid(), bid(impid="2"), bid(id="b"), bid(id="c", impid="2")))

    assert [one.place for one in found.bids] == ["1"]
    assert [reason for reason, _ in found.refused] == [Refused.TWICE] * 3


def test_one_bad_bid_does_not_spoil_the_others() -> None:
    found = read(answer(7, bid(price=-1), bid(id="b", impid="2")))

    assert [one.id for one in found.bids] == ["b"]
    assert [reason for reason, _ in found.refused] == [Refused.UNREAD, Refused.PRICE]


def test_bids_that_are_sold_together_alone_are_refused() -> None:
    assert why(answer(seatbid=[{"group": 1, "bid": [bid()]}])) == [Refused.TOGETHER]


def test_a_loss_is_told_to_nobody_else() -> None:
    found = read(answer(bid(price=-1, lurl="https://evil.example/")))

    ((_, refused),) = found.refused
    assert refused is not None
    assert refused.lurl == ""


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = ("id", "impid", "price", "crid", "nurl", "burl", "lurl", "exp", "cat", "cattax", "dealid")
_BID = st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, _JSON)).map(lambda x: bid() | x)
_ANSWER = st.fixed_dictionaries(
    {"id": st.just("question") | _JSON},
    optional={
        "cur": st.just("USD") | _JSON,
        "bidid": _JSON,
        "seatbid": st.lists(
            st.fixed_dictionaries(
                {"bid": st.lists(_BID | _JSON, max_size=3)},
                optional={"seat": _JSON, "group": _JSON},
            ),
            max_size=2,
        )
        | _JSON,
    },
)


@settings(max_examples=10_000 if IS_NIGHT else 150)
@given(st.binary(max_size=64) | _ANSWER.map(lambda said: json.dumps(said).encode()))
def test_whatever_comes_is_read_or_refused_and_never_raises(body: bytes) -> None:
    found = read(body)

    assert all(reason in Refused for reason, _ in found.refused)
    for one in found.bids:
        assert 2_000 <= one.price_micros <= 100_000
        assert one.place in ASKED.places
        assert one.lasts_s > 1800
        assert ids.PATTERN.match(one.ad)
        assert all(PARTNER.has(url) for url in (one.nurl, one.burl, one.lurl) if url)
    assert len({one.place for one in found.bids}) == len(found.bids)


def test_a_question_can_be_answered_in_what_may_be_read() -> None:
    asked = asking.request("home", 20)
    said = [bid(id=f"{n}", impid=name) for n, name in enumerate(asked.places)]
    found = answers.read(answer(*said, id=asked.id), asked, of=PARTNER, currency="USD")

    assert len(found.bids) == 20
