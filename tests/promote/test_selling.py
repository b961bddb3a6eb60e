"""Campaigns that are to sell: what is asked and said of them, on pages, in files and in figures."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.promote.asking import planned, text, url
from vitrine.accounts.models import Person
from vitrine.ads import campaigning, refusals, standing
from vitrine.ads.models import Ad, AdDay, AdGroup, Advertiser, Campaign, Objective
from vitrine.catalog.models import Product
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.cell import local_day
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(owner: Person) -> Advertiser:
    return making.advertiser(owner, merchant=make.merchant("Ours", owner=owner))


@pytest.fixture
def lamp(shop: Advertiser) -> Product:
    lamp = make.product(shop.merchant, title="A brass lamp")
    make.variant(lamp, stock=3)
    return lamp


@pytest.fixture
def clip(owner: Person) -> Clip:
    return make.clip(owner, title="A clip")


def to_sell(clip: Clip, lamp: Product, **fields: Any) -> dict[str, Any]:
    usual = {"objective": "orders", "product": lamp.public_id, "call": "shop", "view_days": "7"}
    return planned(clip.public_id, **(usual | fields))


def test_an_order_is_bid_for_by_what_it_is_worth(
    client: Client, shop: Advertiser, lamp: Product, clip: Clip
) -> None:
    typed = to_sell(clip, lamp, bid_minor="25.50")

    answer = client.post(url("new", shop.public_id), typed)

    made, group = Campaign.objects.get(), AdGroup.objects.get()
    assert answer["Location"] == url("campaign", shop.public_id, made.public_id)
    assert (made.objective, made.target_percent, made.view_days) == ("orders", None, 0)
    assert group.bid_micros == 25_500_000
    page = text(client.get(answer["Location"]))
    assert "Sell: as many orders as it can" in page
    assert "It is still being learnt how many buy after a click" in page
    assert "An order counts for an ad within 7 days of a click on it." in page
    change = text(client.get(url("group", shop.public_id, group.public_id)))
    assert "What an order is worth to you" in change
    assert 'value="25.50"' in change


def test_a_return_has_its_target_which_may_be_changed(
    client: Client, shop: Advertiser, lamp: Product, clip: Clip
) -> None:
    typed = to_sell(clip, lamp, objective="return", target_percent="400", bid_minor="0.80")
    answer = client.post(url("new", shop.public_id), typed)
    made = Campaign.objects.get()
    today = local_day(timezone.now())
    assert (made.objective, made.target_percent, made.target_set_on) == ("return", 400, today)
    assert AdGroup.objects.get().bid_micros == 800_000
    Campaign.objects.update(target_set_on=today - timedelta(days=9))
    page = answer["Location"]
    change = {"name": "Brass", "daily_minor": "5", "budget_minor": ""}

    same = client.post(page, change | {"target_percent": "400"})
    made.refresh_from_db()
    assert (same.status_code, made.target_set_on) == (302, today - timedelta(days=9))
    client.post(page, change | {"target_percent": "250"})

    made.refresh_from_db()
    assert (made.name, made.target_percent, made.target_set_on) == ("Brass", 250, today)
    wrong = client.post(page, change | {"target_percent": "0", "name": "What I typed"})
    assert wrong.status_code == 422
    assert "Choose a target from 1 % to 10,000 %." in text(wrong)
    assert "What I typed" in text(wrong)
    made.refresh_from_db()
    assert made.target_percent == 250


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"bid_minor": "0"}, "Choose an amount from $1.00 to $9,000.00"),
        ({"bid_minor": "-3"}, "cannot be negative"),
        ({"bid_minor": "9000.01"}, "to $9,000.00"),
        ({"objective": "return"}, "Say how much is to be sold for what is spent."),
        ({"objective": "return", "target_percent": "0"}, "Choose a target from 1 % to 10,000 %."),
        ({"objective": "return", "target_percent": "-5"}, "Choose a target from 1 %"),
        ({"objective": "return", "target_percent": "10001"}, "Choose a target from 1 %"),
        ({"objective": "return", "target_percent": "much"}, "Enter a whole number."),
        ({"objective": "return", "target_percent": "400", "bid_minor": "0.01"}, "from $0.02"),
        ({"product": ""}, "Choose a product that its button leads to"),
        ({"objective": "return", "target_percent": "400", "product": ""}, "Choose a product that"),
    ],
)
def test_what_cannot_sell_is_refused_with_its_reason_and_stays_typed(
    client: Client,
    shop: Advertiser,
    lamp: Product,
    clip: Clip,
    wrong: dict[str, Any],
    said: str,
) -> None:
    typed = to_sell(clip, lamp, name="What I typed") | wrong

    answer = client.post(url("new", shop.public_id), typed)

    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    assert "What I typed" in page
    assert f'value="{typed["objective"]}" id="campaign-objective' in page
    for name in ("target_percent", "bid_minor"):
        assert not typed.get(name) or f'value="{typed[name]}"' in page
    assert not Campaign.objects.exists()


def test_what_is_sold_of_others_cannot_be_credited_to_a_shops_ad(
    client: Client, shop: Advertiser, lamp: Product, clip: Clip, owner: Person
) -> None:
    theirs = make.product()
    make.variant(theirs, stock=3)
    make.tag(clip, theirs)

    answer = client.post(url("new", shop.public_id), to_sell(clip, theirs))
    client.post(url("new", shop.public_id), to_sell(clip, lamp))

    assert answer.status_code == 422
    assert "the ads of a shop lead to its own" in text(answer)
    group = AdGroup.objects.get()
    for product in (None, theirs):
        with pytest.raises(refusals.SellsNothing):
            campaigning.add_ad(group, campaigning.Shown(clip, product), by=owner, at=timezone.now())
    late = client.post(
        url("new-ad", shop.public_id, group.public_id),
        {"clip": clip.public_id, "product": theirs.public_id, "call": "shop"},
    )
    assert late.status_code == 422
    assert "the ads of a shop lead to its own" in text(late)
    assert Ad.objects.count() == 1


@pytest.mark.parametrize("typed", ["400", "99999"])
def test_a_target_of_something_else_is_neither_judged_nor_kept(
    client: Client, shop: Advertiser, lamp: Product, clip: Clip, typed: str
) -> None:
    client.post(
        url("new", shop.public_id),
        to_sell(clip, lamp, objective="clicks", target_percent=typed),
    )

    assert Campaign.objects.values_list("objective", "target_percent", "view_days").get() == (
        "clicks",
        None,
        7,
    )


def test_a_clip_with_a_product_is_boosted_to_sell(client: Client, owner: Person) -> None:
    bare, sells = make.clip(owner), make.clip(owner)
    make.variant(lamp := make.product(), stock=3)
    make.tag(sells, lamp)
    typed = {"daily_minor": "5", "days": "4", "objective": "return", "target_percent": "300"}

    nothing = client.post(url("boost", bare.public_id), typed | {"objective": "orders"})
    aimless = client.post(url("boost", sells.public_id), typed | {"target_percent": ""})
    client.post(url("boost", sells.public_id), typed)

    assert (nothing.status_code, aimless.status_code) == (422, 422)
    assert "Nothing that is on sale is on this clip." in text(nothing)
    assert "Say how much is to be sold" in text(aimless)
    made = Campaign.objects.get()
    assert (made.objective, made.target_percent, made.view_days) == ("return", 300, 0)
    assert Ad.objects.get().product == lamp


def test_what_will_be_sold_cannot_be_told_ahead(
    client: Client, shop: Advertiser, lamp: Product, clip: Clip
) -> None:
    typed = to_sell(clip, lamp, objective="return", target_percent="400")
    campaign = making.campaign(shop, objective=Objective.ORDERS)
    boost = {"daily_minor": "5", "days": "4", "objective": "orders"}

    answers = [
        client.post(url("forecast", shop.public_id), typed),
        client.post(url("group-forecast", shop.public_id, campaign.public_id), typed),
        client.post(url("boost-forecast", clip.public_id), boost),
    ]

    assert {text(one).split(":")[0] for one in answers} == {"How much it will sell cannot be told"}


def test_a_return_stands_beside_its_target_on_pages_and_in_files(
    client: Client, shop: Advertiser, lamp: Product
) -> None:
    now = timezone.now()
    campaign = making.campaign(
        shop,
        objective=Objective.RETURN,
        target_percent=400,
        target_set_on=local_day(now),
        starts_at=now - timedelta(days=9),
    )
    ad = making.ad(making.group(campaign), product=lamp, call="shop")
    page = url("campaign", shop.public_id, campaign.public_id)
    assert "Target: 400 % of what is spent is sold. Nothing was spent yet." in text(
        client.get(page)
    )
    AdDay.objects.create(
        ad=ad, day=local_day(now), shown=90, expected=9, views=50, clicks=9, orders=2,
        sales_minor=12_345, click_orders=2, click_sales_minor=12_345,
    )  # fmt: skip

    figures = text(client.get(url("figures", shop.public_id)))
    rows = list(
        csv.DictReader(client.get(url("figures-csv", shop.public_id)).content.decode().splitlines())
    )
    sold = list(
        csv.DictReader(
            client.get(url("sold-csv", shop.public_id, campaign.public_id))
            .content.decode()
            .splitlines()
        )
    )

    assert "$123.45" in figures
    assert {(row["orders"], row["sales"]) for row in rows if row["ad"]} == {("2", "123.45")}
    assert sold[0]["target"] == "4.00"
    assert None not in sold[0].values()


def test_another_target_or_bid_holds_at_the_next_reading(
    client: Client, shop: Advertiser, lamp: Product
) -> None:
    campaign = making.campaign(shop, objective=Objective.ORDERS)
    group = making.group(campaign, bid_micros=20_00 * MICROS_PER_MINOR)
    making.ad(group, product=lamp, call="shop")
    at = make.NOON
    standing.forget()  # how long things took in another test
    (before,) = standing.read(at=at).values.bids_micros

    answer = client.post(
        url("group", shop.public_id, group.public_id),
        {"group_name": "All", "bid_minor": "40", "most_shown": "3", "within_days": "1"},
    )

    (after,) = standing.read(at=at).values.bids_micros
    assert answer.status_code == 302
    assert (before, after) == (368_000, 736_000)
