"""An order in several parcels: each unit in one, each told of, and the money taken once."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from tests.orders.money import at_bank
from tests.orders.work import jobs
from tests.races import race, winners
from vitrine.catalog.models import Role, Stock
from vitrine.kernel.invariants import REGISTER
from vitrine.orders import handing_over, moving, shipping
from vitrine.orders.handing_over import NotOpen, Parcel
from vitrine.orders.models import (
    BankCharge,
    Order,
    OrderState,
    PaymentMove,
    Scan,
    ScanKind,
    Shipment,
    ShipmentLine,
)
from vitrine.orders.shipping import Box, NotToPack

pytestmark = pytest.mark.django_db


def bought(quantity: int = 3) -> Order:
    return make.purchase(make.variant(stock=5), quantity=quantity).group.orders.get()


def shelf() -> tuple[int, int]:
    """Return what is on hand, and how many of it are reserved."""
    return Stock.objects.values_list("on_hand", "reserved").get()


def broken() -> list[str]:
    return [one for check in REGISTER for one in check.check().violations]


def packed(order: Order, units: int, tracking: str = "") -> Shipment:
    box = Box({order.lines.get().pk: units}, travels=Parcel("Post", tracking))
    return shipping.pack(order, box, by=make.person(), at=make.NOON)


def test_the_first_parcel_takes_the_money_and_the_second_is_told_of() -> None:
    order = bought()
    first, second = packed(order, 1, "T1"), packed(order, 2, "T2")
    with pytest.raises(NotToPack):
        packed(order, 1)

    key = shipping.send(first, by=make.person(), at=make.NOON)
    moving.make(key, at=make.NOON)
    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED
    assert (shelf(), broken()) == ((4, 2), [])
    assert shipping.send(second, by=make.person(), at=make.NOON) == ""
    assert shipping.send(second, by=make.person(), at=make.NOON) == ""
    assert (shelf(), broken()) == ((2, 0), [])

    assert at_bank() == {"capture": order.total_minor}
    assert [one.tracking for one in order.shipments.exclude(sent_at=None)] == ["T1", "T2"]
    told = [job for job in jobs("send_order_news") if job["kind"] == "parcel_sent"]
    assert [job["about"] for job in told] == [second.public_id]


def test_what_has_not_left_is_free_again_once_all_is_given_back() -> None:
    order = bought()
    first = packed(order, 1)
    packed(order, 1)
    moving.make(shipping.send(first, by=make.person(), at=make.NOON), at=make.NOON)
    order.refresh_from_db()
    assert shelf() == (4, 2)

    key = handing_over.refund(order, by=make.person(), at=make.NOON, reason="Lost")
    moving.make(key, at=make.NOON)

    assert (shelf(), broken()) == ((5, 0), [])


def test_a_first_scan_means_that_it_has_left() -> None:
    order = bought()
    parcel = packed(order, 3)
    clerk = make.person()

    key = shipping.scan(parcel, ScanKind.TAKEN, "Albany", by=clerk, at=make.NOON)
    moving.make(key, at=make.NOON)
    assert shipping.scan(parcel, ScanKind.DELIVERED, "", by=clerk, at=make.NOON) == ""

    order.refresh_from_db()
    assert (order.state, order.fulfilment.shipped_at) == (OrderState.SHIPPED, make.NOON)
    assert [one.kind for one in Scan.objects.filter(shipment=parcel)] == ["taken", "delivered"]
    assert PaymentMove.objects.get().kind == "capture"


def test_shipping_at_once_is_one_parcel_of_everything_and_a_refused_bank_leaves_it_packed() -> None:
    order, clerk = bought(), make.person()
    BankCharge.objects.update(outcome="declined")

    key = handing_over.ship(order, Parcel("Post", "T1"), by=clerk, at=make.NOON)
    moving.make(key, at=make.NOON)
    parcel = order.shipments.get()
    assert (parcel.sent_at, parcel.lines.get().quantity) == (None, 3)
    BankCharge.objects.update(outcome="authorised")
    key = handing_over.ship(order, Parcel("Post", "T2"), by=clerk, at=make.NOON)
    moving.make(key, at=make.NOON)

    parcel = order.shipments.get()
    assert (parcel.sent_at, parcel.tracking) == (make.NOON, "T2")


def test_what_was_cancelled_is_not_packed_and_no_unit_is_in_two_parcels() -> None:
    gone = bought()
    handing_over.cancel(gone, by=None, at=make.NOON, reason="")
    with pytest.raises(NotOpen):
        packed(gone, 1)

    order = bought()
    parcel = packed(order, 3)
    other = Shipment.objects.create(order=order, packed_at=make.NOON)
    with pytest.raises(IntegrityError, match="in more parcels"), transaction.atomic():
        ShipmentLine.objects.create(shipment=other, line=order.lines.get(), quantity=1)
    handing_over.cancel(order, by=None, at=make.NOON, reason="")
    with pytest.raises(NotOpen):
        shipping.send(parcel, by=make.person(), at=make.NOON)


@pytest.mark.django_db(transaction=True)
def test_two_parcels_that_leave_at_once_take_the_money_once() -> None:
    order, clerk = bought(), make.person()
    parcels = [packed(order, 1), packed(order, 2)]

    asked = winners(race(2, lambda n: shipping.send(parcels[n], by=clerk, at=make.NOON)))

    assert len([key for key in asked if key]) == 1
    assert PaymentMove.objects.filter(kind="capture").count() == 1


def test_the_shop_packs_prints_and_scans_and_the_buyer_follows() -> None:
    order = bought()
    person, seller, buyer = make.person(), Client(), Client()
    make.member(order.merchant, person, Role.ORDERS)
    seller.force_login(person)
    link = order.group.get_absolute_url()
    buyer.get(f"{link}?key={order.group.link_token}")
    shop, line = f"/market/{order.merchant.slug}", order.lines.get().pk
    there = f"{shop}/orders/{order.public_id}/"

    odd = seller.post(f"{there}parcels/", {"packs": "1", f"units-{line}": "9", "carrier": "Swift"})
    assert odd.status_code == 409
    assert 'value="Swift"' in odd.content.decode()
    said = {f"units-{line}": "2", "carrier": "Swift", "tracking": "SW1"}
    assert seller.post(f"{there}parcels/", said).status_code == 302
    parcel = order.shipments.get()
    slip = seller.get(f"{shop}/parcels/{parcel.public_id}/").content.decode()
    bare = seller.post(f"{shop}/parcels/{parcel.public_id}/scans/", {"kind": "eaten"})
    seller.post(f"{shop}/parcels/{parcel.public_id}/scans/", {"kind": "moving", "place": "Utica"})

    assert bare.status_code == 409
    assert "5 Elm Street" in slip
    assert "SW1" in slip
    page = buyer.get(link).content.decode()
    assert "Utica" in page
    assert "On the way" in page
    assert "1 is not sent yet" in page
    order.refresh_from_db()
    assert order.state == OrderState.SHIPPED
    stranger = Client()
    stranger.force_login(make.person())
    assert stranger.get(f"{shop}/parcels/{parcel.public_id}/").status_code == 404
