"""What the database refuses of advertisers, campaigns and ads."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests import make
from tests.ads import making
from vitrine.ads.models import Ad, AdVerdict, Campaign

pytestmark = pytest.mark.django_db


def test_what_was_reviewed_is_what_is_shown() -> None:
    ad = making.ad()
    other = make.clip(ad.clip.creator)

    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Ad.objects.filter(pk=ad.pk).update(clip=other)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AdVerdict.objects.filter(ad=ad).update(is_approved=False, reason="misleading")


def test_nobody_reviews_their_own_ads() -> None:
    ad = making.ad(is_approved=False)
    owner = making.owner_of(ad.group.campaign.advertiser)

    with pytest.raises(IntegrityError, match="nobody reviews their own"):
        AdVerdict.objects.create(ad=ad, is_approved=True, by=owner, at=make.NOON)


@pytest.mark.parametrize(
    "fields",
    [
        {"budget_minor": None},
        {"budget_minor": 0},
        {"budget_minor": None, "daily_minor": -1},
        {"ends_at": make.NOON},
    ],
)
def test_a_campaign_has_a_budget_and_a_time(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        making.campaign(**fields)


def test_what_a_campaign_is_for_is_frozen() -> None:
    campaign = making.campaign()

    with pytest.raises(IntegrityError, match="frozen"):
        Campaign.objects.filter(pk=campaign.pk).update(objective="clicks")


@pytest.mark.parametrize(
    "fields", [{"bid_micros": 0}, {"ages": ["13-17"]}, {"most_shown": 0}, {"within_days": 31}]
)
def test_a_group_bids_something_for_grown_ups(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        making.group(**fields)
