"""Labels of carriers: asked for, bought once, paid by the shop, and followed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.fakes import easypost
from tests.fakes.easypost import Service, signed, tracked
from tests.orders.money import balances
from tests.orders.work import run_jobs
from tests.races import race, winners
from vitrine.accounts.models import Person
from vitrine.catalog.models import Role
from vitrine.kernel import invariants
from vitrine.ledger import accounts
from vitrine.orders import handing_over, labelling, shipping, tasks
from vitrine.orders.handing_over import NotOpen, Parcel
from vitrine.orders.labelling import LabelBought, NoPostage, NoSender, PostageSilent, RateGone
from vitrine.orders.models import Label, Order, OrderState, Scan, Shipment
from vitrine.orders.postage import Size
from vitrine.orders.shipping import Box
from vitrine.sovereignty import destinations
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db
SIZE = Size(1_000, 30, 20, 10)
HOOK = "/payments/easypost/webhooks"


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    """Run a label service that the cell takes for EasyPost."""
    with easypost.running() as running:
        settings.VITRINE_EASYPOST_API = running.origin
        settings.VITRINE_EASYPOST_KEY = easypost.KEY
        settings.VITRINE_EASYPOST_WEBHOOK_SECRET = easypost.WEBHOOK_SECRET
        yield running
    destinations.KNOWN.pop("postage:easypost", None)


def clerk_of(parcel: Shipment) -> Person:
    return parcel.order.merchant.memberships.get(role=Role.OWNER).person


def packed(**fields: Any) -> Shipment:
    """Pack an order of two lamps for Albany at a warehouse in New York."""
    lamp = make.variant(stock=5, weight_g=400)
    order = make.purchase(lamp, quantity=2, **fields).group.orders.get()
    box = Box({order.lines.get().pk: 2}, make.location(order.merchant))
    made = shipping.pack(order, box, by=make.person(), at=make.NOON)
    return Shipment.objects.select_related("order__merchant", "location").get(pk=made.pk)


def asked(parcel: Shipment) -> Label:
    return labelling.ask(parcel, SIZE, by=clerk_of(parcel), at=make.NOON)


def bought(parcel: Shipment) -> Label:
    label = asked(parcel)
    cheapest = labelling.offered(label)[0]
    return labelling.buy(label, cheapest.id, by=clerk_of(parcel), at=make.NOON)


def told(body: bytes, signature: str) -> int:
    headers = {"X-Hmac-Signature": signature}
    return Client().post(HOOK, body, content_type="application/json", headers=headers).status_code


def test_a_label_is_chosen_bought_and_paid_out_of_the_shops_money(service: Service) -> None:
    parcel = packed()

    label = asked(parcel)
    offered = labelling.offered(label)
    assert [(one.service, one.amount_minor, one.days) for one in offered] == [
        ("Ground", 610, 4), ("Priority", 985, 2),
    ]  # fmt: skip
    ((_, said),) = service.asked
    assert said["shipment"]["reference"] == label.public_id
    assert said["shipment"]["to_address"]["name"] == "Bea"
    assert said["shipment"]["from_address"]["street1"] == "1 Main Street"
    assert said["shipment"]["parcel"] == {
        "weight": 35.3,
        "length": 11.8,
        "width": 7.9,
        "height": 3.9,
    }

    label = labelling.buy(label, offered[0].id, by=clerk_of(parcel), at=make.NOON)

    parcel.refresh_from_db()
    assert (label.state, label.url) == ("bought", "https://labels.example/shp_1.png")
    assert (parcel.carrier, parcel.tracking) == ("USPS Ground", "9400shp_1")
    assert parcel.sent_at is None  # bought is not sent
    shop = accounts.merchant(parcel.order.merchant.public_id)
    assert balances() == {shop.available: -610, "provider:easypost": 610}
    with pytest.raises(LabelBought):
        labelling.buy(label, offered[1].id, by=clerk_of(parcel), at=make.NOON)
    with pytest.raises(LabelBought):
        asked(parcel)
    left = Leaving.objects.filter(destination="postage:easypost").order_by("pk")
    assert list(left.values_list("purpose", flat=True)) == ["quote", "buy"]
    assert [each for check in invariants.REGISTER for each in check.check().violations] == []


def test_a_lost_answer_is_asked_for_by_the_poller_and_nothing_is_bought_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = packed()
    label = asked(parcel)
    service.fault = "silent"  # it is sold, and nobody hears of it

    label = labelling.buy(label, labelling.offered(label)[0].id, by=make.person(), at=make.NOON)
    assert (label.state, service.sold, balances()) == ("buying", ["shp_1"], {})
    service.fault = "down"
    tasks.sweep(timestamp=0)
    label.refresh_from_db()
    assert label.state == "buying"

    service.fault = ""
    tasks.sweep(timestamp=0)
    tasks.sweep(timestamp=0)

    label.refresh_from_db()
    assert (label.state, service.sold) == ("bought", ["shp_1"])
    assert balances()["provider:easypost"] == 610


def test_what_the_service_refuses_is_said_and_can_be_tried_again(service: Service) -> None:
    parcel = packed()
    label = asked(parcel)
    service.fault = "refuses"

    label = labelling.buy(label, labelling.offered(label)[1].id, by=make.person(), at=make.NOON)

    assert (label.state, label.trouble) == (
        "quoted", "The label service refused: Insufficient funds.",
    )  # fmt: skip
    assert balances() == {}
    service.fault = "down"
    with pytest.raises(PostageSilent):
        asked(parcel)
    service.fault = ""
    with pytest.raises(RateGone):  # it was asked anew: the rates of before are gone
        labelling.buy(label, "rate_shp_1_0", by=make.person(), at=make.NOON)
    assert bought(parcel).state == "bought"
    assert service.sold == ["shp_2"]


def test_nothing_is_asked_for_what_cannot_leave(service: Service, settings: Settings) -> None:
    parcel = packed()
    nowhere = Shipment.objects.get(pk=parcel.pk)
    nowhere.location = None
    with pytest.raises(NoSender):
        labelling.ask(nowhere, SIZE, by=make.person(), at=make.NOON)
    gone = packed()
    handing_over.cancel(gone.order, by=None, at=make.NOON, reason="")
    with pytest.raises(NotOpen):
        asked(gone)
    Order.objects.filter(pk=parcel.order_id).update(withheld_until=make.NOON + timedelta(minutes=1))
    with pytest.raises(handing_over.StillCancellable):
        asked(parcel)
    parcel = packed()
    shipping.send(parcel, by=make.person(), at=make.NOON)
    with pytest.raises(NotOpen):
        asked(parcel)
    settings.VITRINE_EASYPOST_KEY = ""
    with pytest.raises(NoPostage):
        asked(packed())
    assert service.asked == []


def test_a_carriers_scans_are_kept_once_and_the_first_takes_the_money(service: Service) -> None:
    parcel = packed()
    label = bought(parcel)
    details = [
        ("pre_transit", "2026-11-20T09:00:00Z", "Albany"),
        ("in_transit", "2026-11-20T10:00:00Z", "New York"),
        ("in_transit", "2026-11-20T11:00:00Z", "Newburgh"),
    ]
    body = tracked(label.reference, *details)

    assert told(body, signed(body, "wrong")) == told(body, "") == 400
    assert not Scan.objects.exists()
    assert told(body, signed(body)) == told(body, signed(body)) == 204
    run_jobs()
    more = tracked(label.reference, *details, ("delivered", "2026-11-21T10:00:00Z", "Albany"))
    assert told(more, signed(more)) == 204

    scans = [(one.kind, one.place, one.at.hour) for one in Scan.objects.filter(shipment=parcel)]
    assert scans == [
        ("taken", "New York, NY", 10),
        ("moving", "Newburgh, NY", 11),
        ("delivered", "Albany, NY", 10),
    ]  # fmt: skip
    order = Order.objects.get(pk=parcel.order_id)
    assert (order.state, order.fulfilment.tracking) == (OrderState.SHIPPED, "9400shp_1")
    for strange in (
        tracked("shp_9", *details),
        b'{"description":"batch.updated","result":{}}',
        b"{",
    ):
        assert told(strange, signed(strange)) == 204
    assert Scan.objects.count() == 3


def test_the_secret_that_nobody_set_signs_nothing() -> None:
    body = tracked("shp_1", ("in_transit", "2026-11-20T10:00:00Z", "Albany"))

    assert told(body, signed(body, "")) == 400


def test_a_seller_buys_a_label_on_the_parcels_page(service: Service) -> None:
    parcel, browser = packed(), Client()
    browser.force_login(clerk_of(parcel))
    page = f"/market/{parcel.order.merchant.slug}/parcels/{parcel.public_id}/"
    size = {"weight_g": "900", "length_cm": "30", "width_cm": "20", "height_cm": "1000"}
    assert 'value="800"' in browser.get(page).content.decode()  # two of 400 grams

    wrong = browser.post(f"{page}postage/", size)
    assert wrong.status_code == 422
    assert "up to 70,000 grams" in wrong.content.decode()
    assert 'value="1000"' in wrong.content.decode()
    browser.post(f"{page}postage/", size | {"height_cm": "10"})
    shown = browser.get(page).content.decode()
    assert "USPS Ground" in shown
    assert "$6.10" in shown
    rate = shown.partition('name="rate" value="')[2].partition('"')[0]
    none = browser.post(f"{page}label/", {"rate": "rate_x"})
    assert none.status_code == 409
    done = browser.post(f"{page}label/", {"rate": rate}, follow=True).content.decode()

    assert "https://labels.example/shp_1.png" in done
    assert "9400shp_1" in done
    assert service.sold == ["shp_1"]


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_buy_at_once_buy_one_label(service: Service) -> None:
    parcel = packed()
    label, clerk = asked(parcel), clerk_of(parcel)
    rate = labelling.offered(label)[0].id

    done = race(2, lambda n: labelling.buy(label, rate, by=clerk, at=make.NOON))

    assert len(winners(done)) == 1
    assert service.sold == ["shp_1"]
    assert balances()["provider:easypost"] == 610


def test_a_parcel_without_the_service_shows_our_own_label_alone() -> None:
    parcel, browser = packed(), Client()
    browser.force_login(clerk_of(parcel))
    page = f"/market/{parcel.order.merchant.slug}/parcels/{parcel.public_id}/"

    assert "postage/" not in browser.get(page).content.decode()
    assert browser.post(f"{page}postage/", {}).status_code == 422
    assert Parcel() == Parcel(parcel.carrier, parcel.tracking)
