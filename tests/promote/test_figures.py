"""What ads brought and cost, as their people read it: the same as the ledger, to the micro."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.market.selling import signed_in
from vitrine.ads import disbelieving, figures, invalid, leasing, posting, reversing
from vitrine.ads.disbelieving import Refused
from vitrine.ads.models import Ad, AdDay, Billed, Call, Charge, Ground, Reversal
from vitrine.ads.reversing import Doubt
from vitrine.ads.tokens import Reason
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import balances

pytestmark = pytest.mark.django_db
PRICES = (12_345, 7_001, 9_999)


@pytest.fixture
def ad() -> Ad:
    """Return an ad that was billed for three views, of which one was taken back."""
    made = making.ad()
    worker = Worker(made)
    assert worker.take(at=make.NOON)
    for price in PRICES:
        text = worker.serve(price, at=make.NOON)
        assert text is not None
        assert bill(text, at=make.NOON + LATER) == [None]
    AdDay.objects.create(ad=made, day=make.NOON.date(), shown=9, expected=5.5, views=3, clicks=1)
    over = make.NOON + timedelta(hours=2)
    leasing.close_over(at=over)
    last = Charge.objects.order_by("-pk")[0]
    doubt = Doubt(last.pk, Ground.FLOOD, 7.5)
    assert reversing.take_back(made.group.campaign.advertiser, [doubt], at=over) == 1
    return made


def test_figures_are_those_of_the_ledger(ad: Ad) -> None:
    advertiser = ad.group.campaign.advertiser
    wallet = advertiser.wallet

    ((_, told),) = figures.by_ad(advertiser)

    assert told == figures.Figures(9, 3, 1, sum(PRICES[:2]), PRICES[2])
    posted = balances.of(["platform:ads"], currency=wallet.currency)["platform:ads"]
    assert told.spent_micros // MICROS_PER_MINOR == posted
    assert told.spent_micros == posting.charged_micros(advertiser)
    days = dict(figures.by_day(advertiser, until=make.NOON.date()))
    assert days[make.NOON.date()] == told
    assert len(days) == figures.DAYS
    assert [one for one, _ in figures.by_ad(advertiser)] == [ad]


def test_they_are_read_as_a_table_and_as_a_file(ad: Ad) -> None:
    advertiser = ad.group.campaign.advertiser
    client = signed_in(making.owner_of(advertiser))

    page = client.get(reverse("promote:figures", args=[advertiser.public_id])).content.decode()
    file = client.get(reverse("promote:figures-csv", args=[advertiser.public_id]))

    assert ad.clip.title in page
    assert page.count('<rect x="') == 2 * figures.DAYS
    assert "Spent by day; the table below has the numbers" in page
    assert "$0.01" in page  # 19,346 micros are one cent, and most of another
    rows = list(csv.DictReader(file.content.decode().splitlines()))
    of_ad = next(row for row in rows if row["ad"])
    assert (of_ad["ad"], of_ad["shown"], of_ad["views"]) == (ad.public_id, "9", "3")
    assert Decimal(of_ad["spent"]) * 1_000_000 == sum(PRICES[:2])
    placed = {row["placement"]: (row["views"], row["spent"]) for row in rows if row["placement"]}
    assert placed == {"feed": ("3", of_ad["spent"]), "search": ("0", "0.000000")}
    assert "By placement" in page
    assert sum(Decimal(row["spent"]) for row in rows if row["day"]) in (0, Decimal(of_ad["spent"]))


def test_all_ads_that_lead_to_a_product_are_one_row_of_it(ad: Ad) -> None:
    lamp = make.product(title="Brass lamp")
    for shown in (4, 7):
        AdDay.objects.create(
            ad=making.ad(ad.group, ad.clip, product=lamp, call=Call.SHOP),
            day=make.NOON.date(),
            shown=shown,
            expected=1.0,
            views=2,
            clicks=1,
            orders=1,
            sales_minor=4_500,
        )
    advertiser = ad.group.campaign.advertiser
    client = signed_in(making.owner_of(advertiser))

    page = client.get(reverse("promote:figures", args=[advertiser.public_id])).content.decode()
    file = client.get(reverse("promote:figures-csv", args=[advertiser.public_id]))

    of_lamp = page[page.index("By product") : page.index("By placement")]
    assert (of_lamp.count("<tr>"), of_lamp.count(lamp.get_absolute_url())) == (2, 1)
    assert "$90.00" in of_lamp
    rows = list(csv.DictReader(file.content.decode().splitlines()))
    names = ("product", "shown", "views", "clicks", "orders", "sales")
    assert [tuple(row[name] for name in names) for row in rows if row["product"]] == [
        (lamp.public_id, "11", "4", "2", "2", "90.00")
    ]


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
    today = make.NOON.date()

    told = invalid.by_reason(Q(group__campaign__advertiser=advertiser), until=today)

    assert [(one.reason, one.views, one.clicks, one.back_micros) for one in told] == [
        ("hand", 2, 0, sum(PRICES[:2])),
        ("flood", 1, 0, PRICES[2]),
        ("own", 0, 2, 0),
    ]
    assert told[0].why == "Our own tests ran on it."
    back = Reversal.objects.aggregate(n=Sum("charge__price_micros"))["n"]
    assert sum(one.back_micros for one in told) == back
    days = dict(figures.by_day(advertiser, until=today))
    assert (days[today].spent_micros, days[today].back_micros) == (0, back)
    assert balances.of(["platform:ads"], currency="USD")["platform:ads"] == 0
    assert [one for one, _ in invalid.by_ad(Q(), until=today)] == [ad] * 3
    assert [one.reason for one in invalid.by_reason(Q(), until=today)][-1] == "forged"
    assert not invalid.by_reason(Q(), until=today + timedelta(days=31))


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

    page = client.get(reverse("promote:figures", args=[advertiser.public_id])).content.decode()
    file = client.get(reverse("promote:figures-csv", args=[advertiser.public_id]))

    assert "What did not count" in page
    assert "As even as a machine" in page
    assert "$0.02" in page
    rows = list(csv.DictReader(file.content.decode().splitlines()))
    last = rows[-1]
    assert (last["not_counted_because"], last["views"], last["spent"]) == (
        "rhythm",
        "1",
        "0.000000",
    )
    assert Decimal(last["given_back"]) == Decimal("0.02")
    of_ad = next(row for row in rows if row["ad"])
    assert (of_ad["spent"], of_ad["given_back"]) == ("0.000000", "0.020000")


def test_every_reason_has_its_words() -> None:
    assert invalid.WORDS.keys() == {*Reason, *Ground}


def test_who_has_shown_nothing_is_told_so() -> None:
    advertiser = making.advertiser()
    client = signed_in(making.owner_of(advertiser))

    page = client.get(reverse("promote:figures", args=[advertiser.public_id])).content.decode()

    assert "Nothing was shown yet" in page


def test_a_budget_is_not_lowered_below_what_is_spent(ad: Ad) -> None:
    campaign = ad.group.campaign
    client = signed_in(making.owner_of(campaign.advertiser))
    campaign.budgets.filter(day=None).update(held_micros=6_00 * MICROS_PER_MINOR)

    answer = client.post(
        reverse("promote:campaign", args=[campaign.advertiser.public_id, campaign.public_id]),
        {"name": "Less", "budget_minor": "5.00", "daily_minor": ""},
    )

    assert answer.status_code == 422
    assert "is spent already, or held for ads" in answer.content.decode()
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget_minor) == ("Lamps", 100_00)
