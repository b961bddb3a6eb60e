"""Changing a campaign: its days, its budgets, and what cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.ads import making
from tests.promote.asking import text, url
from vitrine.ads import campaigning
from vitrine.ads.models import Advertiser, Campaign

pytestmark = pytest.mark.django_db

FAR = datetime(2190, 2, 2, 5, 0, tzinfo=UTC)
"""Midnight in New York."""


def change(client: Client, campaign: Campaign, **typed: Any) -> Any:
    page = url("campaign", campaign.advertiser.public_id, campaign.public_id)
    usual = {"name": "Lamps", "daily_minor": "", "budget_minor": "100"}
    return client.post(page, usual | typed)


def test_a_planned_campaign_does_not_end_before_it_begins(
    client: Client, advertiser: Advertiser
) -> None:
    campaign = making.campaign(advertiser, starts_at=FAR)

    first, day_before = (
        change(client, campaign, last_on=day) for day in ("2190-02-02", "2190-02-01")
    )

    assert (first.status_code, day_before.status_code) == (302, 422)
    assert "It ends before it begins." in text(day_before)
    assert 'value="2190-02-01"' in text(day_before)
    campaign.refresh_from_db()
    assert campaign.ends_at == FAR + timedelta(days=1)
    with pytest.raises(campaigning.EndsFirst):
        campaigning.change(campaign, name="", daily_minor=None, budget_minor=1, ends_at=FAR, at=FAR)


def test_another_name_moves_no_end(client: Client, advertiser: Advertiser) -> None:
    noon = timezone.now().replace(microsecond=0) + timedelta(days=3)
    campaign = making.campaign(advertiser, ends_at=noon)
    day = noon.astimezone(campaign.time_zone).date()

    change(client, campaign, name="Brass", last_on=day)
    campaign.refresh_from_db()
    renamed = campaign.name, campaign.ends_at
    change(client, campaign, last_on=day + timedelta(days=1))
    campaign.refresh_from_db()

    assert renamed == ("Brass", noon)
    midnight = datetime.combine(day, datetime.min.time(), campaign.time_zone)
    assert campaign.ends_at == midnight + timedelta(days=2)
