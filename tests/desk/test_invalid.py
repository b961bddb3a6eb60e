"""Staff see what of ads counted for nothing, and take back more, with words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.ads import making
from tests.ads.serving import LATER, Worker, bill
from tests.ads.test_posting import sound
from tests.market.selling import signed_in
from vitrine.ads import disbelieving, leasing
from vitrine.ads.disbelieving import Refused
from vitrine.ads.models import Ad, Billed, Recall, Reversal
from vitrine.ads.tokens import Reason
from vitrine.orders.models import Wallet
from vitrine.sovereignty.cell import this_cell

pytestmark = pytest.mark.django_db
HERE = "/desk/ads/invalid/"


@pytest.fixture
def staff() -> Client:
    return signed_in(make.person(is_staff=True, handle="warden"))


def billed(*, ago: timedelta) -> Ad:
    """Return an ad that was billed for two views, some time ago."""
    at = timezone.now() - ago
    worker = Worker(making.ad())
    assert worker.take(at=at)
    for _ in range(2):
        assert worker.serve(20_000, at=at)
    assert bill(*worker.given, at=at + LATER) == [None, None]
    leasing.close_over(at=timezone.now())
    return worker.ad


def typed(of: Ad, **other: str) -> dict[str, str]:
    clock = datetime.now(ZoneInfo(this_cell().time_zone))
    since, until = clock - timedelta(hours=9), clock + timedelta(hours=1)
    form = "%Y-%m-%dT%H:%M"
    times = {"billed_from": since.strftime(form), "billed_until": until.strftime(form)}
    return {"ad": of.public_id, "why": "A click farm told of it.", **times, **other}


def test_staff_take_back_what_an_ad_was_billed_for_and_say_why(staff: Client) -> None:
    ad = billed(ago=timedelta(hours=2))
    disbelieving.note([Refused(Reason.OWN, Billed.VIEW, ad.pk)])
    disbelieving.batch.flush(at=timezone.now())
    before = staff.get(HERE).content.decode()

    answer = staff.post(HERE, typed(ad))

    assert "The advertiser’s own people" in before
    assert f"?ad={ad.public_id}#recall" in before
    assert answer.status_code == 302
    made = Recall.objects.get()
    assert (made.ad, made.by.handle, made.words) == (ad, "warden", "A click farm told of it.")
    assert Reversal.objects.filter(recall=made).count() == 2
    wallet = Wallet.objects.get(pk=ad.group.campaign.advertiser.wallet_id)
    assert wallet.spent_micros == 0
    page = staff.get(HERE).content.decode()
    assert "@warden" in page
    assert "A click farm told of it." in page
    assert "$0.04" in page
    assert sound()


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"ad": "us_nothing"}, "No ad here has that id."),
        ({"why": ""}, "Say why, in a sentence."),
        ({"billed_until": "2026-01-01T00:00"}, "Choose an end after the beginning."),
        ({"billed_from": "2020-01-01T00:00", "billed_until": "2020-01-02T00:00"}, "Nothing of"),
        ({"billed_from": "soon"}, "Enter a valid"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    staff: Client, wrong: dict[str, str], said: str
) -> None:
    ad = billed(ago=timedelta(hours=2))

    answer = staff.post(HERE, typed(ad, **wrong))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert next(iter(wrong.values())) in page
    assert not Recall.objects.exists()
    assert not Reversal.objects.exists()


def test_what_was_billed_a_moment_ago_waits(staff: Client) -> None:
    ad = billed(ago=timedelta(minutes=5))

    answer = staff.post(HERE, typed(ad))

    assert answer.status_code == 422
    assert "can be taken back a little later" in answer.content.decode()


def test_moderators_and_advertisers_do_not_read_it() -> None:
    for person in (make.person(is_moderator=True), make.person()):
        assert signed_in(person).get(HERE).status_code in (403, 404)
