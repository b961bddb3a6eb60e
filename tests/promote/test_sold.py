"""What was sold after ads, without them and because of them: page, file and tables agree."""

import csv
import re
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests import make
from tests.ads import making
from tests.ads.selling import DAY, HOUR, Scene, bought, buyer, cancelled, scene, swept, touched
from tests.market.selling import signed_in
from vitrine.ads import figures as ads_figures
from vitrine.ads import sold
from vitrine.ads.lift import Arm, lift
from vitrine.ads.models import (
    AdRole,
    ArmDay,
    Billed,
    Campaign,
    Charge,
    Credit,
    CreditReversal,
    Sale,
)
from vitrine.ads.sold import Part
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Order
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.promote import selling
from vitrine.surfaces.promote.scope import Account

pytestmark = pytest.mark.django_db
SPENT = 5_000
COST = 2_500
"""Of showing it to those who are compared."""
SHOWN, HELD = Arm(19_000, 600, 3_000_000, 3.0e10), Arm(1_000, 30, 90_000, 5.0e8)


@pytest.fixture
def it() -> Scene:
    """Return a shop that sold after this ad, after another's, without any, and what came back."""
    it = scene(holdout_percent=5)
    clicked, seen, cancels = buyer(), buyer(), buyer()
    touched(it.ad, clicked, Billed.CLICK, at=make.NOON - DAY)
    touched(it.ad, seen, Billed.VIEW, at=make.NOON - HOUR, price_micros=SPENT)
    touched(it.ad, cancels, Billed.CLICK, at=make.NOON - HOUR)
    another = making.ad(making.group(making.campaign(starts_at=make.NOON - DAY)))
    make.tag(another.clip, it.cup.product)
    touched(another, stray := buyer(), Billed.CLICK, at=make.NOON - HOUR)
    bought(it.lamp, it.cup, by=clicked)
    bought(it.cup, by=seen)
    bought(it.lamp, it.cup, by=stray)
    bought(it.lamp, by=None, quantity=3)
    cancelled(bought(it.lamp, by=cancels))
    swept()
    return it


def arms(campaign: Campaign, shown: Arm = SHOWN) -> None:
    for is_held, arm in ((False, shown), (True, HELD)):
        ArmDay.objects.create(
            campaign=campaign,
            day=make.NOON.date() - 8 * DAY,
            is_held=is_held,
            spent_micros=0 if is_held else COST,
            **arm._asdict(),
        )


def url(name: str, it: Scene) -> str:
    of = [it.payer.public_id]
    return reverse(
        f"promote:{name}", args=of if name == "figures" else [*of, it.campaign.public_id]
    )


def text(client: Client, name: str, it: Scene) -> str:
    return plain(client.get(url(name, it)).content.decode())


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def file(client: Client, it: Scene) -> dict[str, dict[str, str]]:
    sheet = client.get(url("sold-csv", it)).content.decode()
    return {row["sold"]: row for row in csv.DictReader(sheet.splitlines())}


def test_each_order_is_told_once_and_the_parts_are_all_of_it_and_the_sums_of_their_tables(
    it: Scene,
) -> None:
    told = sold.of_campaign(it.campaign, at=make.NOON + HOUR)

    assert told.paid == Part(2, 14_000 + 4_000)
    assert told.others == Part(1, 4_000)
    assert told.organic == Part(1, 10_000 + 30_000)  # the lamp beside the other's cup as well
    assert told.all == Part(4, 62_000)
    assert told.spent_micros == SPENT
    # And they are the sums of their tables.
    own = Credit.objects.filter(campaign=it.campaign)
    back = CreditReversal.objects.filter(credit__in=own)
    credited = sum(own.values_list("amount_minor", flat=True))
    assert told.paid.minor == credited - sum(back.values_list("amount_minor", flat=True))
    of_shop = Order.objects.filter(merchant=it.shop)
    kept = of_shop.exclude(state="cancelled")
    assert told.all.minor == sum(kept.values_list("goods_minor", flat=True))
    assert told.all.minor == sum(Sale.objects.values_list("sales_minor", flat=True))
    assert told.all.orders == kept.count()
    assert told.spent_micros == sum(
        Charge.objects.filter(campaign=it.campaign).values_list("price_micros", flat=True)
    )


def test_the_page_and_the_file_say_the_same(it: Scene) -> None:
    arms(it.campaign)
    client = signed_in(making.owner_of(it.payer))

    page, rows = text(client, "campaign", it), file(client, it)

    said = {"after this campaign": (2, "180.00"), "after other ads": (1, "40.00")}
    said |= {"without any ad": (1, "400.00"), "all": (4, "620.00")}
    words = ["After this campaign’s ads", "After other ads", "Without any ad", "All that you sold"]
    for name, label in zip(said, words, strict=True):
        orders, sales = said[name]
        assert (rows[name]["orders"], rows[name]["sales"]) == (str(orders), sales)
        plural = "" if orders == 1 else "s"
        assert f"{label} {orders} order{plural} ${sales}" in page
    per_spent = Decimal(18_000 * MICROS_PER_MINOR) / SPENT
    assert rows["after this campaign"]["per_spent"] == f"{per_spent:.2f}"
    assert f"For each $1.00 spent, {per_spent:,.2f} was sold after its ads." in page
    assert Decimal(rows["all"]["spent"]) * 1_000_000 == SPENT

    found = lift(SHOWN, HELD)
    assert found is not None
    because = rows["because of it"]
    assert [because[name] for name in ("sales", "from", "to")] == [
        f"{Decimal(minor) / 100:.2f}" for minor in found
    ]
    assert (
        f"${Decimal(found.low_minor) / 100:,.2f} and ${Decimal(found.high_minor) / 100:,.2f}"
        in page
    )
    brought = found.minor * MICROS_PER_MINOR / COST
    assert (because["per_spent"], because["spent"]) == (f"{brought:.2f}", "0.002500")
    assert (
        f"Showing it to them cost $0.00; for each $1.00 of that it brought {brought:,.2f}" in page
    )
    assert "within 7 days of a click on it, or within 1 day of seeing it" in page
    assert "1,000 of them are compared with 19,000 who were shown it" in page


def test_while_there_are_too_few_or_it_may_be_chance_it_says_so() -> None:
    it = scene(holdout_percent=5)
    client = signed_in(making.owner_of(it.payer))

    assert "Too few people yet to tell." in text(client, "campaign", it)
    because = file(client, it)["because of it"]
    assert [because[name] for name in ("sales", "from", "to", "per_spent")] == [""] * 4

    arms(it.campaign, shown=HELD)
    assert "This may be chance" in text(client, "campaign", it)


def test_without_a_holdout_nothing_is_said_of_what_it_brought() -> None:
    it = scene()
    client = signed_in(making.owner_of(it.payer))

    assert "what you would have sold without it is not known" in text(client, "campaign", it)
    assert "because of it" not in file(client, it)


def test_an_account_of_no_shop_is_told_what_its_ads_sold_alone(it: Scene) -> None:
    campaign = Campaign.objects.exclude(advertiser=it.payer).get()
    told = sold.of_campaign(campaign, at=make.NOON + HOUR)
    client = signed_in(making.owner_of(campaign.advertiser))
    args = [campaign.advertiser.public_id, campaign.public_id]

    page = client.get(reverse("promote:campaign", args=args)).content.decode()
    figures = client.get(reverse("promote:figures", args=args[:1])).content.decode()

    assert (told.paid, told.all) == (Part(1, 4_000), None)
    assert "$40.00" in page
    assert "Without any ad" not in page + figures


def test_a_shop_reads_all_that_it_sold_and_all_that_it_spent(it: Scene) -> None:
    other = making.campaign(it.payer, starts_at=make.NOON - DAY)
    touched(making.ad(making.group(other)), "v_x", Billed.VIEW, at=make.NOON, price_micros=2_000)
    today = make.NOON.date()
    client = signed_in(making.owner_of(it.payer))

    days = (today - 27 * DAY, today)
    spent_micros = ads_figures.total(
        ads_figures.rows(it.payer, ads_figures.Asked(*days))
    ).spent_micros
    told = sold.of_advertiser(it.payer, since=days[0], until=today, spent_micros=spent_micros)

    assert (told.paid, told.others, told.organic) == (
        Part(2, 18_000), Part(1, 4_000), Part(1, 40_000),
    )  # fmt: skip
    assert told.spent_micros == SPENT + 2_000
    assert told.all_per_spent == pytest.approx(62_000 * MICROS_PER_MINOR / 7_000)
    assert told.since.date() == it.payer.opened_at.date()
    assert "All sales and all spending" in text(client, "figures", it)
    context = {"sold": told, "cell": this_cell(), "account": Account(it.payer, AdRole.OWNER)}
    drawn = plain(render_to_string("promote/total.html", context))
    assert "After your ads 2 orders $180.00" in drawn
    assert "All that you sold 4 orders $620.00" in drawn
    assert f"{told.all_per_spent:,.2f} in all." in drawn
    rows = list(selling.total_rows(it.payer, since=days[0], until=today))
    assert [row[:3] for row in rows] == [
        ("after your ads", 2, "180.00"),
        ("after other ads", 1, "40.00"),
        ("without any ad", 1, "400.00"),
        ("all", 4, "620.00"),
    ]
    assert rows[-1][5:] == (f"{told.all_per_spent:.2f}", "0.007000", "USD", "")
    sheet = client.get(reverse("promote:total-csv", args=[it.payer.public_id]))
    assert sheet.content.decode().splitlines()[0] == ",".join(selling.HEADS)


def planned(it: Scene, **fields: Any) -> dict[str, Any]:
    usual = {"name": "Cups", "objective": "views", "daily_minor": "5", "zone": "America/New_York"}
    shown = {"clip": it.ad.clip.public_id, "product": "", "call": "more", "most_shown": "3"}
    credit = {"within_days": "1", "click_days": "14", "view_days": "0", "holdout_percent": "10"}
    return usual | shown | credit | fields


def test_windows_and_holdout_are_declared_with_a_campaign() -> None:
    it = scene()
    client, new = (
        signed_in(making.owner_of(it.payer)),
        reverse("promote:new", args=[it.payer.public_id]),
    )

    wrong = client.post(new, planned(it, click_days="90", name="Ninety"))
    client.post(new, planned(it))

    assert wrong.status_code == 422
    assert escape("90 is not one of the available choices") in wrong.content.decode()
    assert 'value="Ninety"' in wrong.content.decode()
    made = Campaign.objects.get(name="Cups")
    assert (made.click_days, made.view_days, made.holdout_percent) == (14, 0, 10)
    unsaid = planned(it, name="Usual")
    for name in ("click_days", "view_days", "holdout_percent"):
        del unsaid[name]
    client.post(new, unsaid)
    usual = Campaign.objects.get(name="Usual")
    assert (usual.click_days, usual.view_days, usual.holdout_percent) == (7, 1, 5)


def test_whoever_is_no_shop_holds_nobody_out() -> None:
    payer = making.advertiser()
    client, new = signed_in(making.owner_of(payer)), reverse("promote:new", args=[payer.public_id])

    assert "holdout_percent" not in client.get(new).content.decode()
