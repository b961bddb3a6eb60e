"""Whom people are to be like, as an advertiser types it and reads it again."""

from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.ads import making
from tests.promote.asking import planned, text, url
from vitrine.accounts.models import Person
from vitrine.ads import dealings
from vitrine.ads.models import AdGroup, Advertiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def advertiser(owner: Person) -> Advertiser:
    return making.advertiser(owner, merchant=make.merchant("Ours", owner=owner))


def typed(owner: Person, **fields: Any) -> dict[str, Any]:
    """Return what is typed of a campaign for people who are like buyers."""
    return planned(make.clip(owner).public_id, alike=["bought"], alike_percent="7", **fields)


def test_an_audience_of_few_is_said_at_the_field_and_stays_typed(
    client: Client, owner: Person, advertiser: Advertiser
) -> None:
    answer = client.post(url("new", advertiser.public_id), typed(owner, name="What I typed"))

    assert answer.status_code == 422
    page = text(answer)
    assert "Fewer than 100 people have done that in your shop yet." in page
    assert "What I typed" in page
    assert 'value="7" selected' in page
    assert not AdGroup.objects.exists()


def test_a_group_says_whom_it_is_for_and_why_it_waits(
    client: Client, owner: Person, advertiser: Advertiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealings, "FEWEST_ALIKE", 0)

    client.post(url("new", advertiser.public_id), typed(owner))

    group = AdGroup.objects.get()
    assert (group.alike, group.alike_percent) == (["bought"], 7)
    page = text(client.get(url("campaign", advertiser.public_id, group.campaign.public_id)))
    assert "the 7 % of viewers who are most like those who: bought from it in the" in page
    assert "Not shown yet: whom its people are like is worked out within minutes." in page
    form = text(client.get(url("group", advertiser.public_id, group.public_id)))
    assert 'value="7" selected' in form


def test_a_share_without_anybody_to_be_like_is_none(
    client: Client, owner: Person, advertiser: Advertiser
) -> None:
    client.post(url("new", advertiser.public_id), planned(make.clip(owner).public_id))

    assert AdGroup.objects.get().alike_percent == 0


@pytest.mark.parametrize("wrong", ["0", "11", "x"])
def test_a_share_that_nobody_offers_is_refused(
    client: Client, owner: Person, advertiser: Advertiser, wrong: str
) -> None:
    fields = typed(owner) | {"alike_percent": wrong}

    answer = client.post(url("new", advertiser.public_id), fields)

    assert answer.status_code == 422
    assert "Select a valid choice." in text(answer)


def test_who_has_no_shop_is_not_asked_whom_people_are_to_be_like(
    client: Client, owner: Person
) -> None:
    other = making.advertiser(owner)

    assert "People like those who" not in text(client.get(url("new", other.public_id)))
    client.post(url("new", other.public_id), typed(owner))
    assert AdGroup.objects.get().alike == []
