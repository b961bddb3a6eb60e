"""To be seen by many, a campaign meets each viewer once in its days, and says how many it met."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.ads import making
from tests.ads.asking import ads_for
from tests.market.selling import signed_in
from tests.promote.asking import errors, planned, text, url
from vitrine.ads import bidding, campaigning, holding, planning, reaching, refusals, standing
from vitrine.ads.models import AdGroup, AdReach

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _begins_anew() -> Iterator[None]:
    yield
    for module in (bidding, holding, standing):
        module.forget()
    planning.batch.drop()


@pytest.mark.parametrize(
    "objective, shown",
    [("reach", [1, 0, 0, 1]), ("views", [1, 1, 0, 1])],
)
def test_who_met_it_is_not_bid_for_until_its_days_are_over(
    objective: str, shown: list[int]
) -> None:
    campaign = making.campaign(objective=objective)
    for _ in range(2):
        making.ad(making.group(campaign, most_shown=1, within_days=7))

    times = [timedelta(), timedelta(minutes=1), timedelta(days=2), timedelta(days=8)]
    found = [len(ads_for(at=make.NOON + later)) for later in times]

    assert found == shown


def test_somebody_else_is_met_all_the_same() -> None:
    making.ad(making.group(making.campaign(objective="reach"), most_shown=1, within_days=7))

    assert [len(ads_for(key=key)) for key in ("v_one", "v_two", "v_one")] == [1, 1, 0]


def test_it_is_once_in_seven_days_where_nobody_says_otherwise() -> None:
    advertiser = making.advertiser()
    client, new = signed_in(making.owner_of(advertiser)), url("new", advertiser.public_id)
    clip = make.clip(making.owner_of(advertiser)).public_id
    unsaid = planned(clip, most_shown="", within_days="")

    client.post(new, unsaid | {"objective": "reach"})
    client.post(new, unsaid)
    often = client.post(new, planned(clip, objective="reach", most_shown="2"))

    caps = AdGroup.objects.order_by("pk").values_list("most_shown", "within_days")
    assert list(caps) == [(1, 7), (3, 1)]
    said = "To be seen by many, each viewer gets an ad once. Choose in how many days."
    assert errors(often) == {"most_shown": said}
    reach = AdGroup.objects.order_by("pk")[0]
    with pytest.raises(refusals.MeetsAgain):
        campaigning.change_group(reach, "", campaigning.Audience(), at=make.NOON)
    with pytest.raises(IntegrityError, match="once"), transaction.atomic():
        AdGroup.objects.filter(pk=reach.pk).update(most_shown=2)


def test_people_reached_stand_on_the_campaigns_page() -> None:
    campaign, other = making.campaign(), making.campaign()
    for ad, viewers in ((making.ad(making.group(campaign)), 1_200), (making.ad(), 7)):
        for days in range(2):
            day = make.NOON.date() + timedelta(days=days)
            AdReach.objects.create(ad=ad, day=day, band="", viewers=viewers)

    payer = campaign.advertiser
    page = signed_in(making.owner_of(payer)).get(
        url("campaign", payer.public_id, campaign.public_id)
    )

    assert reaching.people([campaign.pk, other.pk]) == {campaign.pk: 2_400}
    assert "2,400 people reached" in text(page)
