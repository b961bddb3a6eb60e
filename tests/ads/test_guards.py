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
    "fields",
    [
        {"objective": "return"},
        {"objective": "return", "target_percent": 0, "target_set_on": make.NOON.date()},
        {"objective": "return", "target_percent": 10_001, "target_set_on": make.NOON.date()},
        {"objective": "return", "target_percent": 400},
        {"objective": "clicks", "target_percent": 400, "target_set_on": make.NOON.date()},
        {"objective": "orders", "view_days": 1},
    ],
)
def test_what_is_to_bring_something_back_has_a_target_and_what_is_to_sell_counts_clicks(
    fields: dict[str, Any],
) -> None:
    with pytest.raises(IntegrityError):
        making.campaign(**fields)


def test_what_is_to_sell_leads_to_what_its_shop_sells() -> None:
    owner = make.person()
    shop = making.advertiser(owner, merchant=make.merchant(owner=owner))
    for_orders = making.group(making.campaign(shop, objective="orders"))
    for product in (None, make.product()):
        refused = pytest.raises(IntegrityError, match="leads to what its shop sells")
        with refused, transaction.atomic():
            making.ad(for_orders, product=product, call="shop" if product else "visit")

    making.ad(for_orders, product=make.product(shop.merchant), call="shop")
    no_shop = making.group(making.campaign(objective="orders"))
    making.ad(no_shop, product=make.product(), call="shop")

    assert Ad.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"bid_micros": 0}, {"ages": ["13-17"]}, {"most_shown": 0}, {"within_days": 31}]
)
def test_a_group_bids_something_for_grown_ups(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        making.group(**fields)
