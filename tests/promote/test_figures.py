"""What ads brought and cost, as their people read it: the same as the ledger, to the micro."""

import csv
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.market.selling import signed_in
from vitrine.ads import figures, leasing, posting, reversing
from vitrine.ads.models import Ad, AdDay, Charge, Ground
from vitrine.ads.reversing import Doubt
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

    assert told == figures.Figures(9, 3, 1, sum(PRICES[:2]))
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
    assert sum(Decimal(row["spent"]) for row in rows if row["day"]) in (0, Decimal(of_ad["spent"]))


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
