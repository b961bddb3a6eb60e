"""What a partner is asked, and that nothing of a person is in it."""

from typing import Any

import pytest
from pytest_django import Settings

from tests import make
from tests.ads import making
from tests.ads.demand.dealing import page, stocked
from tests.fakes.bidder import Bidder
from vitrine import environment
from vitrine.ads.demand import keeping
from vitrine.sovereignty import demand_partners
from vitrine.sovereignty.demand_partners import DemandPartner
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db

ALLOWED = {
    *("id", "imp", "site", "at", "tmax", "cur", "cattax", "bcat", "source"),
    *("imp.id", "imp.video", "imp.bidfloor", "imp.bidfloorcur", "imp.secure", "imp.exp"),
    *("imp.video.mimes", "imp.video.w", "imp.video.h"),
    *("site.domain", "site.page", "site.cattax", "site.pagecat"),
    *("source.schain", "source.schain.ver", "source.schain.complete", "source.schain.nodes"),
    *("source.schain.nodes.asi", "source.schain.nodes.sid", "source.schain.nodes.hp"),
}
"""All that a partner may be told. No user, device, geo, ip, data or keyword is among it."""


def keys(said: Any, path: str = "") -> set[str]:
    """Return the paths of all keys."""
    if isinstance(said, list):
        return {key for each in said for key in keys(each, path)}
    if not isinstance(said, dict):
        return set()
    own = {f"{path}{name}" for name in said}
    return own | {key for name in said for key in keys(said[name], f"{path}{name}.")}


def test_a_question_says_what_is_sold_and_nothing_of_anybody(bidder: Bidder) -> None:
    clip = make.clip()
    make.tag(clip, make.product(category="Home & Garden > Things nobody knows"))
    person = make.person()

    page(person.public_id, clips=[clip.pk])
    keeping.turn(at=make.NOON)

    for asked in bidder.asked:
        assert keys(asked) <= ALLOWED
        assert person.public_id not in str(asked)
    assert {tuple(one["site"].get("pagecat", ())) for one in bidder.asked} == {("home",)}
    asked = bidder.asked[0]
    assert asked["imp"][0] == {
        "id": "1",
        "video": {"mimes": ["video/mp4"], "w": 1080, "h": 1920},
        "bidfloor": 2.0,
        "bidfloorcur": "USD",
        "secure": 1,
        "exp": 2400,
    }
    assert asked["site"] == {
        "domain": "testserver",
        "page": "http://testserver/",
        "cattax": 500,
        "pagecat": ["home"],
    }
    assert (asked["at"], asked["cur"], asked["tmax"]) == (2, ["USD"], 500)
    assert asked["source"]["schain"]["nodes"] == [{"asi": "testserver", "sid": "us", "hp": 1}]
    headers = {name.lower(): value for name, value in bidder.headers[0].items()}
    assert headers["x-openrtb-version"] == "2.6"
    assert headers.keys() <= {
        *("host", "accept-encoding", "content-length", "content-type", "user-agent"),
        "x-openrtb-version",
    }


def test_each_question_is_in_the_log_of_what_left(bidder: Bidder) -> None:
    stocked()

    left = Leaving.objects.get(destination__startswith="demand:us_")
    assert (left.purpose, left.classes) == ("bid request", ["BUSINESS", "PUBLIC"])


def test_no_partner_is_asked_where_none_is_named(settings: Settings) -> None:
    settings.VITRINE_RTB = []
    making.ad()

    assert stocked() == []
    assert not Leaving.objects.filter(purpose="bid request").exists()


def test_partners_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "us_1=https://bid.example/rtb?k=a=b, Example, Inc., NZ; us_2=http://127.0.0.1:9/x, B, US"
    monkeypatch.setenv("VITRINE_RTB", text)

    assert environment.read("VITRINE_RTB", demand_partners.read) == [
        DemandPartner("us_1", "https://bid.example/rtb?k=a=b", "Example, Inc.", "NZ"),
        DemandPartner("us_2", "http://127.0.0.1:9/x", "B", "US"),
    ]
    assert demand_partners.read("") == []


@pytest.mark.parametrize(
    "text",
    [
        "us_1",
        "us_1=https://bid.example",
        "us_1=https://bid.example, Example",
        "us_1=http://bid.example, Example, NZ",
        "us_1=https://me@bid.example, Example, NZ",
        "us_1=https://bid.example:x/, Example, NZ",
        "us_1=https://bid.example/a b, Example, NZ",
        "us_1=https:///rtb, Example, NZ",
        "us_1=https://[bad/, Example, NZ",
        "us_1=https://a.example, A, NZ; us_1=https://b.example, B, NZ",
    ],
)
def test_a_partner_that_is_named_wrongly_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match=r"name|list"):
        demand_partners.read(text)


@pytest.mark.parametrize(
    "url, is_theirs",
    [
        ("https://bid.example/win?p=${AUCTION_PRICE}", True),
        ("https://BID.example:443/", True),
        ("https://bid.example:444/", False),
        ("http://bid.example/", False),
        ("https://bid.example.evil.example/", False),
        ("https://bid.example@evil.example/", False),
        ("https://me@bid.example/", False),
        ("https://[bad/", False),
        ("//bid.example/", False),
    ],
)
def test_an_address_is_theirs_by_scheme_host_and_port(url: str, is_theirs: bool) -> None:
    one = DemandPartner("us_1", "https://bid.example/rtb", "Example", "NZ")

    assert one.has(url) is is_theirs
