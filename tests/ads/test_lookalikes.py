"""Ads for people who are like those who deal with the shop that pays."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from vitrine.accounts.models import Person
from vitrine.ads import bidding, campaigning, dealings, holding, lookalikes, planning, standing
from vitrine.ads.campaigning import Audience
from vitrine.ads.lookalikes import Taste
from vitrine.ads.models import AdGroup, Lookalike, PastTargeting
from vitrine.catalog.models import Merchant
from vitrine.recommend import lookalike
from vitrine.recommend.arrays import Floats

pytestmark = pytest.mark.django_db
SPACE = "of these tables"
ALONG = np.eye(8, dtype=np.float32)[0]


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    """What a process knows of ads is of its test alone."""
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


@pytest.fixture
def shop() -> Merchant:
    return make.merchant("Brass")


def ad_of(shop: Merchant, **fields: Any) -> AdGroup:
    """Let a shop advertise to the two percent who are most like its buyers."""
    advertiser = making.advertiser(merchant=shop)
    fields = {"alike": ["bought"], "alike_percent": 2} | fields
    return making.ad(making.group(making.campaign(advertiser), **fields)).group


def made(shop: Merchant, **fields: Any) -> Lookalike:
    """Make what a shop's buyers have in common: one percent is 0.9 along it, ten are 0.0."""
    usual = {
        "of": ["bought"],
        "people": 100,
        "viewers": 5_000,
        "space": SPACE,
        "direction": ALONG.tobytes(),
        "thresholds": [(9 - n) / 10 for n in range(10)],
        "made_at": make.NOON,
    }
    return Lookalike.objects.create(merchant=shop, **usual | fields)


def watching(along: float, space: str = SPACE) -> Any:
    """Return what says how far along the direction somebody's watching is."""
    rest = float(np.sqrt(1 - along**2))
    return lambda: Taste(space, along * ALONG + rest * np.eye(8, dtype=np.float32)[1])


def grown_up() -> Person:
    return make.person(born_on=date(1990, 1, 1))


def test_the_share_that_is_most_like_them_meets_the_ad(shop: Merchant) -> None:
    ad_of(shop)
    made(shop)

    assert len(ads_for(grown_up(), taste=watching(0.81))) == 1
    assert ads_for(grown_up(), taste=watching(0.79)) == []
    assert ads_for(grown_up(), taste=lambda: None) == []  # who watched nothing, or cleared it


def test_a_larger_share_is_let_in_by_the_same_direction(shop: Merchant) -> None:
    ad_of(shop, alike_percent=10)
    made(shop)

    assert len(ads_for(grown_up(), taste=watching(0.05))) == 1
    assert ads_for(grown_up(), taste=watching(-0.05)) == []


def test_it_picks_neither_minors_nor_visitors_nor_whoever_wants_nothing_picked(
    shop: Merchant,
) -> None:
    ad_of(shop)
    made(shop)
    near = watching(1.0)

    assert ads_for(make.person(born_on=date(2010, 5, 1)), taste=near) == []
    assert ads_for(make.person(), taste=near) == []
    assert ads_for(grown_up(), taste=near, is_plain=True) == []
    assert ads_for(taste=near) == []


def test_what_somebody_watches_is_asked_for_such_ads_alone(shop: Merchant) -> None:
    making.ad()

    def never() -> Taste:
        raise AssertionError("nobody needs to know")

    assert len(ads_for(grown_up(), taste=never)) == 1


@pytest.mark.parametrize(
    "fields, said",
    [
        (None, "is worked out within minutes."),
        ({"people": 0, "direction": b"", "thresholds": []}, "100 people needed"),
        ({"viewers": 2_499}, "2 % of the viewers here are too few people."),
    ],
)
def test_where_nobody_is_let_in_the_advertiser_is_told(
    shop: Merchant, fields: dict[str, Any] | None, said: str
) -> None:
    group = ad_of(shop)
    if fields is not None:
        made(shop, **fields)

    assert ads_for(grown_up(), taste=watching(1.0)) == []
    (why,) = lookalikes.waits([group], shop.pk).values()
    assert said in why


def test_nothing_is_said_of_groups_that_can_be_shown(shop: Merchant) -> None:
    group = ad_of(shop, alike=["bought"])
    made(shop, viewers=2_500)

    assert lookalikes.waits([group, making.group()], shop.pk) == {}
    assert len(ads_for(grown_up(), taste=watching(1.0))) == 1


def test_a_direction_among_other_factors_says_nothing(shop: Merchant) -> None:
    ad_of(shop)
    made(shop)

    assert ads_for(grown_up(), taste=watching(1.0, "of newer tables")) == []


def test_whose_buyers_they_are_and_what_they_did_decides(shop: Merchant) -> None:
    ad_of(shop, alike=["looked", "bought"])
    made(shop)
    made(make.merchant(), of=["looked", "bought"])

    assert ads_for(grown_up(), taste=watching(1.0)) == []

    made(shop, of=["looked", "bought"])
    standing.forget()
    assert len(ads_for(grown_up(), taste=watching(1.0))) == 1


def test_postgres_keeps_no_direction_of_few_and_no_group_without_its_share(shop: Merchant) -> None:
    for fields in ({"people": 99}, {"people": 0}, {"thresholds": [0.5]}, {"direction": b""}):
        with pytest.raises(IntegrityError, match="singles_nobody_out"), transaction.atomic():
            made(shop, **fields)
    campaign = making.campaign()
    usual: dict[str, Any] = {"alike": ["bought"], "alike_percent": 2}
    wrong: list[dict[str, Any]] = [
        {"alike_percent": 0},
        {"alike_percent": 11},
        {"alike": []},
        {"alike": ["met"]},
    ]
    for asked in wrong:
        with pytest.raises(IntegrityError, match="alike_known"), transaction.atomic():
            making.group(campaign, **usual | asked)


def test_whom_people_were_like_is_kept(shop: Merchant) -> None:
    group = ad_of(shop, aimed_at=make.NOON)
    later = make.NOON + timedelta(days=1)

    campaigning.change_group(group, "All", Audience(), at=later)

    past = PastTargeting.objects.get()
    assert (past.alike, past.alike_percent, past.until_at) == (["bought"], 2, later)
    group.refresh_from_db()
    assert (group.alike, group.alike_percent) == ([], 0)


def test_an_audience_of_few_is_refused(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = making.campaign(making.advertiser(merchant=shop))
    like_buyers = Audience(alike=("bought",), alike_percent=1)
    buyer = grown_up()
    make.purchase(make.variant(make.product(shop), stock=1), buyer=buyer)

    with pytest.raises(dealings.TooFewAlike):
        campaigning.add_group(campaign, "Few", like_buyers, at=make.NOON)
    with pytest.raises(dealings.NoShop):
        campaigning.add_group(making.campaign(), "None", like_buyers, at=make.NOON)

    monkeypatch.setattr(dealings, "FEWEST_ALIKE", 1)
    campaigning.add_group(campaign, "Enough", like_buyers, at=make.NOON)
    assert [group.name for group in campaign.groups.all()] == ["Enough"]
    assert dealings.people_of(shop.pk, ["bought"], most=9) == [buyer]
    assert dealings.people_of(shop.pk, ["looked"], most=9) == []


def test_nobody_is_picked_for_being_like_the_buyers_of_what_says_too_much(shop: Merchant) -> None:
    campaign = making.campaign(making.advertiser(merchant=shop))
    for title in ["Tea for pregnancy", *["Lamp"] * 19]:
        make.variant(make.product(shop, title=title), stock=1)

    with pytest.raises(dealings.SaysTooMuch):
        campaigning.add_group(
            campaign, "Ill", Audience(alike=("bought",), alike_percent=1), at=make.NOON
        )

    make.variant(make.product(shop, title="Unions and transoms"), stock=1)  # not the same words
    assert not dealings.says_too_much(shop.pk)


def test_what_groups_ask_for_ends_with_their_campaigns(shop: Merchant) -> None:
    group = ad_of(shop, alike=["bought", "looked"])

    assert lookalikes.asked_for(at=make.NOON) == {(shop.pk, ("looked", "bought"))}

    campaigning.end(group.campaign, at=make.NOON)
    assert lookalikes.asked_for(at=make.NOON) == set()


def test_a_direction_tells_an_audience_from_everybody() -> None:
    """What all viewers have in common says nothing; how far the threshold is holds the share."""
    dice = np.random.default_rng(5)

    def crowd(number: int, lean: float) -> Floats:
        common = np.zeros(64)
        common[:2] = 3.0, lean
        return lookalike.unit((dice.standard_normal((number, 64)) + common).astype(np.float32))

    everybody, audience = crowd(4_000, 0.0), crowd(150, 4.0)
    along = lookalike.direction(audience, everybody)
    least = lookalike.thresholds(along, everybody)

    fresh, alike = crowd(20_000, 0.0) @ along, crowd(2_000, 4.0) @ along
    shares = [float((fresh >= one).mean() * 100) for one in least]
    assert np.abs(np.array(shares) - np.arange(1, 11)).max() < 1
    assert (alike >= least[0]).mean() > 0.6
    assert abs(float(along[0])) < 0.2 < 0.8 < float(along[1])
    assert lookalike.unit(np.zeros((3, 8), np.float32)).shape == (0, 8)
