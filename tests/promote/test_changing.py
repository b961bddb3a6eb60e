"""Changing a campaign: its days, its budgets, and what cannot be."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import Worker
from tests.promote.asking import errors, planned, text, url
from tests.races import PATIENCE_S, losers, race
from vitrine.accounts.models import Person
from vitrine.ads import campaigning, refusals
from vitrine.ads.budgeting import BidAboveBudget
from vitrine.ads.models import AdGroup, Advertiser, Campaign
from vitrine.kernel.money import MICROS_PER_MINOR

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
    begins = {"first_on": "2190-02-02", "zone": campaign.zone}

    first, day_before = (
        change(client, campaign, **begins, last_on=day) for day in ("2190-02-02", "2190-02-01")
    )

    assert (first.status_code, day_before.status_code) == (302, 422)
    assert "It ends before it begins." in text(day_before)
    assert 'value="2190-02-01"' in text(day_before)
    campaign.refresh_from_db()
    assert campaign.ends_at == FAR + timedelta(days=1)
    with pytest.raises(refusals.EndsFirst):
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


def test_a_budget_that_is_too_low_says_at_its_field_how_low_it_can_be(
    client: Client, advertiser: Advertiser
) -> None:
    campaign = making.campaign(advertiser, daily_minor=50_00)
    one = Worker(making.ad(making.group(campaign)))
    assert one.take(at=timezone.now(), least_micros=12_34 * MICROS_PER_MINOR)

    day = change(client, campaign, daily_minor="1")
    life = change(client, campaign, daily_minor="", budget_minor="10")

    least = errors(day)["daily_minor"]
    assert least.startswith("Today it can be $12.34 or more: so much is spent")
    assert errors(day).keys() == {"daily_minor"}
    assert errors(life)["budget_minor"].startswith("It can be $12.34 or more: so much is spent")
    campaign.refresh_from_db()
    assert (campaign.daily_minor, campaign.budget_minor) == (50_00, 100_00)


def test_when_it_begins_and_by_whose_clocks_can_be_changed_until_it_has_begun(
    client: Client, advertiser: Advertiser
) -> None:
    planned_one = making.campaign(advertiser, starts_at=FAR, ends_at=FAR + timedelta(days=2))
    running = making.campaign(advertiser)
    days = {"first_on": "2190-02-03", "last_on": "2190-02-03", "zone": "America/Los_Angeles"}
    page = text(client.get(url("campaign", advertiser.public_id, planned_one.public_id)))

    changed = change(client, planned_one, **days)
    change(client, running, **days | {"last_on": ""})

    assert "Feb 2, 2190, 12:00 AM to Feb 4, 2190, 12:00 AM (time of New York)" in nbsp(page)
    assert changed.status_code == 302
    for campaign in (planned_one, running):
        campaign.refresh_from_db()
    assert planned_one.zone == "America/Los_Angeles"
    assert planned_one.starts_at == FAR + timedelta(days=1, hours=3)
    assert planned_one.ends_at == FAR + timedelta(days=2, hours=3)
    assert (running.zone, running.starts_at) == ("America/New_York", make.NOON)
    shown = text(client.get(url("campaign", advertiser.public_id, planned_one.public_id)))
    assert "Feb 3, 2190, 12:00 AM" in nbsp(shown)
    begins = campaigning.Begins(FAR, "America/Los_Angeles")
    said: dict[str, Any] = {"name": "", "daily_minor": None, "budget_minor": 1, "ends_at": None}
    with pytest.raises(refusals.Begun):
        campaigning.change(running, **said, begins=begins, at=timezone.now())


def test_what_may_be_spent_keeps_its_zone(advertiser: Advertiser) -> None:
    campaign = making.campaign(advertiser)
    Campaign.objects.filter(pk=campaign.pk).update(zone="America/Los_Angeles")
    assert Worker(making.ad(making.group(campaign))).take(at=timezone.now())

    with pytest.raises(IntegrityError, match="keep their zone"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(zone="America/New_York")


def nbsp(page: str) -> str:
    """Return a page with the spaces that people type."""
    return page.replace("\u202f", " ").replace("\xa0", " ")


def test_nobody_bids_more_for_a_click_than_may_be_spent(
    client: Client, advertiser: Advertiser
) -> None:
    clip = make.clip(making.owner_of(advertiser))
    typed = planned(clip.public_id, objective="clicks", daily_minor="1", budget_minor="5")

    refused = client.post(url("new", advertiser.public_id), typed | {"bid_minor": "1.01"})
    made = client.post(url("new", advertiser.public_id), typed | {"bid_minor": "1"})
    campaign, group = Campaign.objects.get(), AdGroup.objects.get()
    page = url("group", advertiser.public_id, group.public_id)
    audience = {"group_name": "All", "most_shown": "3", "within_days": "1", "bid_minor": "1.01"}
    dear = client.post(page, audience)
    added = client.post(url("new-group", advertiser.public_id, campaign.public_id), audience)
    AdGroup.objects.update(bid_micros=50_000_000)
    less = change(client, campaign, daily_minor="", budget_minor="49.99")
    enough = change(client, campaign, daily_minor="", budget_minor="50")

    said = "Bid $1.00 at most: it may not cost more."
    assert [errors(one).get("bid_minor") for one in (refused, dear, added)] == [said] * 3
    assert errors(less) == {
        "budget_minor": "A group of it bids $50.00 for one. It can be that or more."
    }
    assert (made.status_code, enough.status_code) == (302, 302)
    assert AdGroup.objects.count() == 1
    campaign.refresh_from_db()
    assert (campaign.daily_minor, campaign.budget_minor) == (None, 50_00)


def test_what_an_order_is_worth_is_no_price(client: Client, owner: Person) -> None:
    shop = make.merchant("Ours", owner=owner)
    lamp = make.product(shop)
    make.variant(lamp, stock=3)
    advertiser = making.advertiser(owner, merchant=shop)
    typed = planned(make.clip(owner).public_id, objective="orders", view_days="0")
    typed |= {"bid_minor": "80", "product": lamp.public_id}

    answer = client.post(url("new", advertiser.public_id), typed)

    assert answer.status_code == 302
    assert AdGroup.objects.get().bid_micros == 80_000_000


@pytest.mark.django_db(transaction=True)
def test_a_bid_and_a_budget_that_change_at_once_do_not_pass_each_other() -> None:
    """Without the lock on the campaign, the budget is judged by the bid that was before."""
    campaign = making.campaign(making.advertiser(make.person("ada")), objective="clicks")
    group, is_bid, is_changed = making.group(campaign), Event(), Event()

    def act(number: int) -> None:
        if number:
            is_bid.wait(PATIENCE_S)
            with suppress(BidAboveBudget):
                campaigning.change(
                    campaign, name="", daily_minor=None, budget_minor=10_00, ends_at=None,
                    at=make.NOON,
                )  # fmt: skip
            is_changed.set()
            return
        with transaction.atomic():
            bid = campaigning.Audience(bid_micros=20_000_000)
            campaigning.change_group(group, "All", bid, at=make.NOON)
            is_bid.set()
            is_changed.wait(0.3)  # it cannot be, before this is committed

    assert losers(race(2, act)) == []
    group.refresh_from_db()
    campaign.refresh_from_db()
    assert (group.bid_micros, campaign.budget_minor) == (20_000_000, 100_00)
