"""What ads brought and cost, as programs read it: the numbers of the pages and of the ledger."""

import csv
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.api.calling import Program, owner
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import figures, leasing, opening, posting, reversing
from vitrine.ads.figures import Asked
from vitrine.ads.models import Ad, AdDay, AdRole, Advertiser, Charge, Ground, Placement
from vitrine.ads.reversing import Doubt
from vitrine.catalog.models import Merchant
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import balances

pytestmark = pytest.mark.django_db
PRICES = (12_345, 7_001, 9_999)


@pytest.fixture
def shop() -> Merchant:
    return make.merchant("Lamps")


@pytest.fixture
def account(shop: Merchant) -> Advertiser:
    """Return a shop's account whose two ads were billed on two days; one charge was taken back."""
    made = making.advertiser(owner(shop), merchant=shop)
    ads = [making.ad(making.group(making.campaign(made))) for _ in range(2)]
    for days in range(2):
        at = make.NOON + timedelta(days=days)
        for ad in ads:
            _billed(ad, at)
            AdDay.objects.create(ad=ad, day=at.date(), shown=9, expected=5.5, views=3, clicks=1)
    over = make.NOON + timedelta(days=3)
    leasing.close_over(at=over)
    false = Doubt(Charge.objects.order_by("-pk")[0].pk, Ground.FLOOD, 9.0)
    assert reversing.take_back(made, [false], at=over) == 1
    posting.post(made, at=over)
    return made


def _billed(ad: Ad, at: Any) -> None:
    worker = Worker(ad)
    assert worker.take(at=at)
    for price in PRICES:
        text = worker.serve(price, at=at)
        assert bill(text or "", at=at + LATER) == [None]


def listed(program: Program, **asked: object) -> list[dict[str, Any]]:
    """Return all rows, page by page."""
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = "&".join(f"{key}={value}" for key, value in {**asked, "cursor": cursor}.items())
        page = program.ok("GET", f"/ads/figures?{query}")
        rows += page["items"]
        cursor = page["next_cursor"]
    return rows


def test_they_are_those_of_the_page_the_file_and_the_ledger(
    shop: Merchant, account: Advertiser
) -> None:
    rows = listed(Program(shop), limit=1)

    assert len(rows) == len({(row["day"], row["ad"]) for row in rows}) == 4
    places = [(row["day"], row["ad"]) for row in rows]
    assert places == sorted(places, reverse=True)
    by_ad: dict[str, int] = defaultdict(int)
    for row in rows:
        by_ad[row["ad"]] += row["spent_micros"]
        assert (row["shown"], row["clicks"]) == (9, 1)
        assert (row["placement"], row["currency"]) == ("for_you", "USD")
    assert sum(row["views"] for row in rows) == 4 * 3 - 1
    told = figures.summed(figures.rows(account, Asked()), lambda row: row.ad.public_id)
    assert by_ad == {name: one.spent_micros for name, one in told.items()}
    client = signed_in(owner(shop))
    url = reverse("promote:figures-csv", args=[account.public_id])
    last = make.NOON.date() + timedelta(days=2)
    file = client.get(f"{url}?since={make.NOON.date()}&until={last}").content.decode()
    sheet = [row for row in csv.DictReader(file.splitlines()) if row["ad"]]
    assert [_of_file(row) for row in sheet] == [_of_program(row) for row in rows]
    assert sum(row["back_micros"] for row in rows) == PRICES[-1]
    total = sum(by_ad.values())
    assert total == posting.charged_micros(account) == 4 * sum(PRICES) - PRICES[-1]
    posted = balances.of(["platform:ads"], currency="USD")["platform:ads"]
    assert total // MICROS_PER_MINOR == posted


SAME = ("day", "campaign", "group", "ad", "product", "placement", "shown", "views", "clicks")


def _of_program(row: dict[str, Any]) -> tuple[object, ...]:
    rates = (row[name] for name in ("click_rate", "order_rate", "return_on_spend"))
    micros = ("spent_micros", "back_micros", "per_click_micros", "per_thousand_micros")
    return (
        *(str(row[name] or "") for name in SAME),
        *(row[name] for name in micros),
        *(f"{rate:.2f}" for rate in rates),
    )


def _of_file(row: dict[str, str]) -> tuple[object, ...]:
    amounts = ("spent", "given_back", "per_click", "per_thousand_views")
    return (
        *(row[name] for name in SAME),
        *(int(Decimal(row[name]) * 1_000_000) for name in amounts),
        *(f"{float(row[name]):.2f}" for name in ("click_rate", "order_rate", "return_on_spend")),
    )


def test_what_did_not_count_is_read_by_ad_and_reason(shop: Merchant, account: Advertiser) -> None:
    program, ad = Program(shop), Ad.objects.latest("pk")
    day = make.NOON.date() + timedelta(days=1)

    page = program.ok("GET", f"/ads/invalid?since={day}&until={day}")

    assert page == {
        "items": [
            {
                "ad": ad.public_id, "reason": "flood", "said": "", "views": 1, "clicks": 0,
                "back_micros": PRICES[-1], "currency": "USD",
            }
        ],
        "next_cursor": None,
    }  # fmt: skip
    assert program.ok("GET", f"/ads/invalid?until={make.NOON.date()}")["items"] == []


def test_what_is_divided_by_nothing_is_null(shop: Merchant, account: Advertiser) -> None:
    AdDay.objects.update(views=0, clicks=0)

    row = listed(Program(shop))[0]

    assert row["click_rate"] == 0.0
    names = ("per_click_micros", "per_thousand_micros", "order_rate")
    assert [row[name] for name in names] == [None] * 3


def test_each_placement_has_its_row(shop: Merchant, account: Advertiser) -> None:
    ad, day = Ad.objects.earliest("pk"), make.NOON.date()
    AdDay.objects.create(
        ad=ad, day=day, placement=Placement.SEARCH, shown=7, expected=2.5, views=2, clicks=0,
        orders=3, sales_minor=4_500,
    )  # fmt: skip

    rows = listed(Program(shop), limit=1, ad=ad.public_id, until=day)

    names = ("placement", "shown", "spent_micros", "orders", "sales_minor")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("for_you", 9, sum(PRICES), 0, 0),
        ("search", 7, 0, 3, 4_500),
    ]


def test_some_days_or_one_ad_are_read_alone(shop: Merchant, account: Advertiser) -> None:
    program, day = Program(shop), (make.NOON + timedelta(days=1)).date()
    ad = Ad.objects.latest("pk")

    on_a_day = listed(program, since=day)
    of_one = listed(program, ad=ad.public_id, until=make.NOON.date())

    assert {row["day"] for row in on_a_day} == {day.isoformat()}
    assert [(row["day"], row["ad"]) for row in of_one] == [
        (make.NOON.date().isoformat(), ad.public_id)
    ]
    assert listed(program, since=make.NOON.date() + timedelta(days=9)) == []
    status, problem = program.refused("GET", "/ads/figures?since=never")
    assert (status, problem["code"]) == (422, "invalid")


def test_only_who_acts_for_the_account_reads_it_by_a_token(
    shop: Merchant, account: Advertiser
) -> None:
    program, other = Program(shop), make.person()
    opening.let_in(account, other, AdRole.OWNER, by=owner(shop), at=make.NOON)
    assert listed(program)

    opening.let_go(account, Person.objects.get(pk=owner(shop).pk))

    assert program.refused("GET", "/ads/figures")[0] == 404
    assert Program(make.merchant()).refused("GET", "/ads/figures")[0] == 404
