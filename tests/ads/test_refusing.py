"""What is refused at once: what an advertiser's own people do, and a viewer beyond their due."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.utils import timezone

from tests import make
from tests.ads import crowds, making
from tests.ads.crowds import Meeting
from tests.market.selling import signed_in
from vitrine.accounts.models import Person
from vitrine.ads import billing, counting, disbelieving, origins
from vitrine.ads.models import (
    Ad,
    AdMember,
    AdRole,
    Billed,
    Call,
    Charge,
    Disbelief,
    Objective,
    Origin,
    Response,
)
from vitrine.ads.tokens import Reason
from vitrine.catalog.models import Merchant, Role
from vitrine.sovereignty.cell import this_cell

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = make.NOON


def ad_of_a_shop() -> Ad:
    """Return an ad for a product of a shop, which another's clip shows."""
    shop = make.merchant()
    payer = making.advertiser(merchant=shop)
    campaign = making.campaign(payer, objective=Objective.CLICKS)
    product = make.product(make.merchant())
    return making.ad(making.group(campaign), make.clip(), product=product, call=Call.SHOP)


def colleague(ad: Ad) -> Person:
    person = make.person()
    AdMember.objects.create(
        advertiser=ad.group.campaign.advertiser,
        person=person,
        role=AdRole.FIGURES,
        since_at=NOW,
        by=ad.by,
    )
    return person


def seller(ad: Ad) -> Person:
    return _seller(ad.group.campaign.advertiser.merchant)


def seller_of_product(ad: Ad) -> Person:
    return _seller(ad.product.merchant if ad.product else None)


def _seller(shop: Merchant | None) -> Person:
    assert shop is not None
    person = make.person()
    make.member(shop, person, Role.ORDERS)
    return person


@pytest.mark.parametrize(
    "who", [colleague, seller, seller_of_product, lambda ad: ad.clip.creator, lambda ad: ad.by]
)
def test_what_an_advertisers_own_people_follow_is_never_billed(who: Callable[[Ad], Person]) -> None:
    one = crowds.crowd(ad=ad_of_a_shop())
    own = Meeting(who(one.ad).public_id, NOW)
    another = Meeting(make.person().public_id, NOW)

    said = one.click([own, another])

    assert said == [Reason.OWN, None]
    assert Charge.objects.count() == 1


def test_nor_is_what_they_see_counted() -> None:
    one = crowds.crowd()
    own = [Meeting(one.ad.by.public_id, NOW)]

    said = one.report(own, one.show(own), what=Billed.VIEW)

    assert said == [Reason.OWN]
    assert not Response.objects.exists()
    assert not Charge.objects.exists()


def test_one_viewer_is_billed_once_an_hour_and_twice_a_day_for_the_same_ad() -> None:
    one = crowds.crowd()
    times = (timedelta(), 30 * MINUTE, 61 * MINUTE, 3 * HOUR, 25 * HOUR)

    said = [one.click([Meeting("v_1", NOW + after)])[0] for after in times]

    assert said == [None, Reason.TOO_OFTEN, None, Reason.TOO_OFTEN, None]
    assert one.click([Meeting("v_2", NOW + 3 * HOUR)]) == [None]


def test_no_more_than_two_clicks_of_a_minute_are_billed_whatever_they_are_of() -> None:
    ads = [crowds.crowd() for _ in range(4)]

    said = [
        one.click([Meeting("v_1", NOW + n * timedelta(seconds=9))])[0] for n, one in enumerate(ads)
    ]

    assert said == [None, None, Reason.TOO_OFTEN, Reason.TOO_OFTEN]


def test_those_of_one_report_count_as_well() -> None:
    one = crowds.crowd(billed=Billed.VIEW)
    same = [Meeting("v_1", NOW + n * timedelta(seconds=1)) for n in range(6)]

    said = one.report(same, one.show(same), what=Billed.VIEW)

    assert said == [None] * 4 + [Reason.TOO_OFTEN] * 2
    again = one.report(same[4:], one.show(same[4:]), what=Billed.VIEW)
    assert again == [Reason.TOO_OFTEN] * 2


def test_refusals_are_counted_by_ad(client: Client) -> None:
    """Forged ones are of no ad that anybody can tell."""
    now = timezone.now()
    one = crowds.crowd()
    viewer, own = make.person(), one.ad.by
    (text,) = one.show([Meeting(viewer.public_id, now - MINUTE)])
    (late,) = one.show([Meeting(viewer.public_id, now - HOUR)])
    (ours,) = one.show([Meeting(own.public_id, now - MINUTE)])
    client.force_login(viewer)

    for sent in ([text, "forged", late, ours], [text]):
        assert client.post("/promoted/clicks", {"tokens": json.dumps(sent)}).status_code == 204
    billing.note([ours], Billed.CLICK, viewer=own.public_id, at=now)

    disbelieving.batch.flush(at=now)
    counted = Disbelief.objects.values_list("reason", "ad", "what", "reports")
    assert sorted(counted) == [
        ("expired", one.ad.pk, "click", 1),
        ("forged", None, "click", 1),
        ("not yours", one.ad.pk, "click", 1),
        ("own", one.ad.pk, "click", 1),
        ("replayed", one.ad.pk, "click", 1),
    ]
    for ad in (None, 10**9):  # nobody's, and one of before a backup was restored
        disbelieving.note([disbelieving.Refused(Reason.FORGED, Billed.CLICK, ad)])
    disbelieving.batch.flush(at=now)
    assert Disbelief.objects.get(reason="forged").reports == 3


def test_from_where_it_came_is_known_for_a_day_and_of_no_one() -> None:
    now = timezone.now()
    one = crowds.crowd()
    found, people = [], []
    for address in ("192.0.2.7", "192.0.2.7", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::2"):
        people.append(make.person())
        (text,) = one.show([Meeting(people[-1].public_id, now - MINUTE)])
        client = signed_in(people[-1])
        client.post("/promoted/clicks", {"tokens": json.dumps([text])}, REMOTE_ADDR=address)
        found.append(Origin.objects.latest("pk"))

    networks = [bytes(each.network) for each in found]
    assert networks[0] == networks[1] != networks[2] == networks[3] != networks[4]
    assert len({bytes(each.device) for each in found}) == 5  # each has a session of its own
    assert {len(each) for each in networks} == {8}
    counting.forget_viewer(people[0].public_id)
    assert Origin.objects.count() == 4
    origins.forget(at=now + 25 * HOUR)
    assert not Origin.objects.exists()


@pytest.mark.parametrize("cell", ["us", "nz"])
def test_another_day_has_another_key_from_four_in_the_morning_on(
    cell: str, settings: LazySettings
) -> None:
    settings.VITRINE_CELL = cell
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")
    request.COOKIES["vitrine_visitor"] = "v_1"
    four = datetime(2026, 9, 16, 4, tzinfo=ZoneInfo(this_cell().time_zone))

    today, late = (origins.of(request, at=four + ago * HOUR) for ago in (0, 23))
    tomorrow = origins.of(request, at=four + 24 * HOUR)

    assert today == late
    assert not set(today) & set(tomorrow)
    request.META["REMOTE_ADDR"], request.COOKIES = "nonsense", {}
    assert origins.of(request, at=NOW) == origins.NOWHERE
