"""What ads brought and cost, as their people read it: the same as the ledger, to the micro."""

import csv
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Q, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.market.selling import signed_in
from vitrine.ads import disbelieving, figures, invalid, leasing, posting, reversing
from vitrine.ads.disbelieving import Refused
from vitrine.ads.figures import Asked, Figures
from vitrine.ads.models import Ad, AdDay, Advertiser, Billed, Call, Charge, Ground, Reversal
from vitrine.ads.reversing import Doubt
from vitrine.ads.tokens import Reason
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import balances
from vitrine.sovereignty.cell import local_day

pytestmark = pytest.mark.django_db
PRICES = (12_345, 7_001, 9_999)
NOON_DAY = make.NOON.date()


def billed(ad: Ad, *prices: int, at: datetime = make.NOON) -> None:
    """Bill views of an ad that was shown at an instant."""
    worker = Worker(ad)
    assert worker.take(at=at)
    for price in prices:
        text = worker.serve(price, at=at)
        assert text is not None
        assert bill(text, at=at + LATER) == [None]


@pytest.fixture
def ad() -> Ad:
    """Return an ad that was billed for three views, of which one was taken back."""
    made = making.ad()
    billed(made, *PRICES)
    AdDay.objects.create(ad=made, day=NOON_DAY, shown=9, expected=5.5, views=3, clicks=1)
    over = make.NOON + timedelta(hours=2)
    leasing.close_over(at=over)
    last = Charge.objects.order_by("-pk")[0]
    doubt = Doubt(last.pk, Ground.FLOOD, 7.5)
    assert reversing.take_back(made.group.campaign.advertiser, [doubt], at=over) == 1
    return made


def told(advertiser: Advertiser, day: date = NOON_DAY) -> Figures:
    """Return all that is told of a day."""
    return figures.total(figures.rows(advertiser, Asked(day, day)))


def path(name: str, advertiser: Advertiser, **days: date) -> str:
    query = "&".join(f"{key}={day}" for key, day in days.items())
    return f"{reverse(f'promote:{name}', args=[advertiser.public_id])}?{query}"


def page_of(client: Client, advertiser: Advertiser, **days: date) -> str:
    answer = client.get(path("figures", advertiser, **days))
    assert answer.status_code == 200
    return answer.content.decode()


def file_of(client: Client, advertiser: Advertiser, **days: date) -> list[dict[str, str]]:
    answer = client.get(path("figures-csv", advertiser, **days))
    return list(csv.DictReader(answer.content.decode().splitlines()))


def lines(page: str, key: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    section = page[page.index(f'aria-labelledby="{key}"><h2') :]
    body = section[section.index("<tbody>") : section.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]


BOTH: dict[str, date] = {"since": NOON_DAY, "until": NOON_DAY}


def test_figures_are_those_of_the_ledger(ad: Ad) -> None:
    advertiser = ad.group.campaign.advertiser

    (row,) = figures.rows(advertiser, Asked())

    assert (row.day, row.ad, row.placement) == (NOON_DAY, ad, "feed")
    assert row.told == Figures(9, 3, 1, sum(PRICES[:2]), PRICES[2])
    posted = balances.of(["platform:ads"], currency=advertiser.wallet.currency)["platform:ads"]
    assert row.told.spent_micros // MICROS_PER_MINOR == posted
    assert row.told.spent_micros == posting.charged_micros(advertiser)
    for other in (Asked(until=NOON_DAY - timedelta(days=1)), Asked(NOON_DAY + timedelta(days=1))):
        assert figures.rows(advertiser, other) == []


def test_what_is_divided_is_divided_in_one_place() -> None:
    some = Figures(1_000, 400, 8, 2_000_000, 0, 3, 45_00, 2)

    assert (some.click_rate, some.order_rate) == (0.008, 0.25)
    assert (some.per_click_micros, some.per_thousand_micros) == (250_000, 5_000_000)
    assert some.return_on_spend == 22.5
    none = Figures()
    assert (none.click_rate, none.order_rate, none.return_on_spend) == (None, None, None)
    assert (none.per_click_micros, none.per_thousand_micros) == (None, None)
    assert some + some == Figures(2_000, 800, 16, 4_000_000, 0, 6, 90_00, 4)


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu"])
def test_a_day_has_the_cost_of_what_was_shown_on_it_whatever_the_clocks_of_the_campaign(
    zone: str,
) -> None:
    """A minute before midnight of the cell, and a minute after: it is 5:00 by UTC."""
    campaign = making.campaign(zone=zone, starts_at=make.NOON - timedelta(days=3))
    one = making.ad(making.group(campaign))
    midnight = make.NOON.replace(hour=5)
    for at, price in ((midnight - timedelta(minutes=1), 3_000), (midnight, 5_000)):
        billed(one, price, at=at)
        AdDay.objects.create(ad=one, day=local_day(at), shown=1, expected=0.6, views=1, clicks=0)

    yesterday, today = (
        told(campaign.advertiser, day) for day in (NOON_DAY - timedelta(days=1), NOON_DAY)
    )

    assert (yesterday.spent_micros, yesterday.per_thousand_micros) == (3_000, 3_000_000)
    assert (today.spent_micros, today.per_thousand_micros) == (5_000, 5_000_000)
    assert len({charge.day for charge in Charge.objects.all()}) == 1  # by its own clock it is one


def test_they_are_read_as_tables_and_as_a_file_that_agree(
    ad: Ad, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    advertiser = ad.group.campaign.advertiser
    second = making.ad(making.group(ad.group.campaign, name="=Others"))
    AdDay.objects.create(
        ad=second, day=NOON_DAY, placement="search", shown=50, expected=1.0, views=20, clicks=4,
        orders=2, click_orders=1, sales_minor=1_234,
    )  # fmt: skip
    billed(second, 20_000)
    client = signed_in(making.owner_of(advertiser))
    client.get(path("figures", advertiser, **BOTH))

    with django_assert_max_num_queries(12):
        page = page_of(client, advertiser, **BOTH)
    with django_assert_max_num_queries(12):
        rows = file_of(client, advertiser, **BOTH)

    assert page.count('<rect x="') == 2
    assert "Spent by day; the table below has the numbers" in page
    # $0.01: 19,346 micros are one cent, and most of another
    first = ["$0.01", "9", "3", "$6.44", "1", "11.11%", "$0.01", "0", "0%", "$0.00", "0.00"]
    other = ["$0.02", "50", "20", "$1.00", "4", "8%", "$0.00", "2", "25%", "$12.34", "617.00"]
    both = ["$0.03", "59", "23", "$1.71", "5", "8.47%", "$0.00", "2", "20%", "$12.34", "313.63"]
    assert lines(page, "by-campaign") == [["Lamps", *both]]
    assert lines(page, "by-group") == [["=OthersLamps", *other], ["EverybodyLamps", *first]]
    assert lines(page, "by-ad") == [
        [f"{one.clip.title}Lamps", *cells] for one, cells in ((second, other), (ad, first))
    ]
    assert [line[:5] for line in lines(page, "by-placement")] == [
        ["In the feed", "$0.03", "9", "3", "$13.11"],
        ["In product search", "$0.00", "50", "20", "$0.00"],
    ]
    assert lines(page, "by-day")[0][1:] == both
    assert "By product" not in page

    names = (
        *("day", "campaign_name", "group_name", "ad", "ad_name", "product", "placement", "views"),
        *("spent", "given_back", "click_rate", "per_thousand_views", "return_on_spend"),
    )
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("2026-11-20", "Lamps", "'=Others", second.public_id, second.clip.title, "", "for_you",
         "0", "0.020000", "0.000000", "", "", "0.00"),
        ("2026-11-20", "Lamps", "'=Others", second.public_id, second.clip.title, "", "search",
         "20", "0.000000", "0.000000", "0.0800", "0.000000", ""),
        ("2026-11-20", "Lamps", "Everybody", ad.public_id, ad.clip.title, "", "for_you",
         "3", "0.019346", "0.009999", "0.1111", "6.448667", "0.00"),
        ("", "", "", "", "", "", "", "1", "0.000000", "0.009999", "", "0.000000", ""),
    ]  # fmt: skip
    assert sum(Decimal(row["spent"]) for row in rows) * 1_000_000 == posting.charged_micros(
        advertiser
    )


def test_all_ads_that_lead_to_a_product_are_one_row_of_it(ad: Ad) -> None:
    lamp = make.product(title="Brass lamp")
    for shown in (4, 7):
        AdDay.objects.create(
            ad=making.ad(ad.group, ad.clip, product=lamp, call=Call.SHOP),
            day=NOON_DAY,
            shown=shown,
            expected=1.0,
            views=2,
            clicks=1,
            orders=1,
            sales_minor=4_500,
        )
    advertiser = ad.group.campaign.advertiser
    client = signed_in(making.owner_of(advertiser))

    page, rows = page_of(client, advertiser, **BOTH), file_of(client, advertiser, **BOTH)

    (line,) = lines(page, "by-product")
    assert (line[0], line[2], line[3], line[8], line[10]) == (
        "Brass lamp",
        "11",
        "4",
        "2",
        "$90.00",
    )
    assert "By the product that an ad leads to. What was bought after the ad counts here" in page
    of_lamp = [row for row in rows if row["product"]]
    assert {(row["product"], row["product_name"]) for row in of_lamp} == {
        (lamp.public_id, "Brass lamp")
    }
    assert sorted(row["shown"] for row in of_lamp) == ["4", "7"]


def test_days_are_chosen_for_all_tables_at_once_and_nonsense_is_said_at_its_field(ad: Ad) -> None:
    advertiser = ad.group.campaign.advertiser
    client = signed_in(making.owner_of(advertiser))
    before = NOON_DAY - timedelta(days=9)

    none = page_of(client, advertiser, since=before, until=before)
    wrong = client.get(path("figures", advertiser, since=NOON_DAY, until=before))
    file = client.get(path("figures-csv", advertiser, since=NOON_DAY, until=before))

    assert "Nothing was shown on these days" in none
    assert f'value="{before}"' in none
    for answer in (wrong, file):
        assert answer.status_code == 422
        assert "The last day must not be before the first." in answer.content.decode()
        assert f'value="{NOON_DAY}"' in answer.content.decode()


def test_what_did_not_count_is_said_by_reason_with_the_money_of_the_ledger(ad: Ad) -> None:
    """Three views are billed, one is taken back at once and one by staff; two are refused."""
    advertiser, staff = ad.group.campaign.advertiser, make.person(is_staff=True)
    reversing.recall(
        ad,
        since=make.NOON,
        until=make.NOON + timedelta(hours=1),
        words="Our own tests ran on it.",
        by=staff,
        at=make.NOON + timedelta(hours=3),
    )
    for reason, of in ((Reason.OWN, ad.pk), (Reason.OWN, ad.pk), (Reason.FORGED, None)):
        disbelieving.note([Refused(reason, Billed.CLICK, of)])
    disbelieving.batch.flush(at=make.NOON)

    found = invalid.by_reason(Q(group__campaign__advertiser=advertiser), **BOTH)

    assert [(one.reason, one.views, one.clicks, one.back_micros) for one in found] == [
        ("hand", 2, 0, sum(PRICES[:2])),
        ("flood", 1, 0, PRICES[2]),
        ("own", 0, 2, 0),
    ]
    assert found[0].why == "Our own tests ran on it."
    back = Reversal.objects.aggregate(n=Sum("charge__price_micros"))["n"]
    assert sum(one.back_micros for one in found) == back
    assert (told(advertiser).spent_micros, told(advertiser).back_micros) == (0, back)
    assert balances.of(["platform:ads"], currency="USD")["platform:ads"] == 0
    assert [one for one, _ in invalid.by_ad(Q(), **BOTH)] == [ad] * 3
    assert [one.reason for one in invalid.by_reason(Q(), **BOTH)][-1] == "forged"
    next_day = NOON_DAY + timedelta(days=1)
    assert not invalid.by_reason(Q(), since=next_day, until=next_day)


def test_the_page_and_the_file_say_what_did_not_count() -> None:
    one = making.ad()
    worker, now = Worker(one), timezone.now()
    charged_at = now - timedelta(hours=2)
    assert worker.take(at=charged_at)
    text = worker.serve(20_000, at=charged_at)
    assert text is not None
    assert bill(text, at=charged_at + LATER) == [None]
    leasing.close_over(at=now)
    advertiser = one.group.campaign.advertiser
    doubt = Doubt(Charge.objects.get().pk, Ground.RHYTHM, 9.0)
    assert reversing.take_back(advertiser, [doubt], at=now) == 1
    client = signed_in(making.owner_of(advertiser))

    page, rows = page_of(client, advertiser), file_of(client, advertiser)  # of the usual days

    assert "What did not count" in page
    assert "As even as a machine" in page
    assert "$0.02" in page
    of_ad, last = rows
    assert (last["not_counted_because"], last["views"], last["spent"]) == (
        "rhythm",
        "1",
        "0.000000",
    )
    assert Decimal(last["given_back"]) == Decimal("0.02")
    assert (of_ad["ad"], of_ad["spent"], of_ad["given_back"]) == (
        one.public_id,
        "0.000000",
        "0.020000",
    )


def test_every_reason_has_its_words() -> None:
    assert invalid.WORDS.keys() == {*Reason, *Ground}


def test_a_budget_is_not_lowered_below_what_is_spent(ad: Ad) -> None:
    campaign = ad.group.campaign
    client = signed_in(making.owner_of(campaign.advertiser))
    campaign.budgets.filter(day=None).update(held_micros=6_00 * MICROS_PER_MINOR)

    answer = client.post(
        reverse("promote:campaign", args=[campaign.advertiser.public_id, campaign.public_id]),
        {"name": "Less", "budget_minor": "5.00", "daily_minor": ""},
    )

    assert answer.status_code == 422
    assert "or more: so much is spent, or held for ads" in answer.content.decode()
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget_minor) == ("Lamps", 100_00)
