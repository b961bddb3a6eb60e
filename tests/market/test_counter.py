"""The counter's page: by hand without scripts, and what a device is told."""

import pytest
from django.test import Client

from tests import make
from tests.market.selling import signed_in, url
from vitrine.catalog.models import LocationKind, Merchant, Role
from vitrine.orders import codes, handing_over
from vitrine.orders.models import Order, OrderState, QueuedHandover

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(shop: Merchant) -> Order:
    lamp = make.variant(make.product(shop))
    store = make.location(shop, LocationKind.STORE)
    make.stocked(lamp, 3, at=store)
    bought = make.purchase(lamp, store=store).group.orders.get()
    handing_over.make_ready(bought, by=make.person(), at=make.NOON)
    return bought


def clerk(shop: Merchant) -> Client:
    person = make.person()
    make.member(shop, person, Role.COUNTER)
    return signed_in(person)


def test_a_code_alone_finds_and_hands_over_its_order(shop: Merchant, order: Order) -> None:
    client, code = clerk(shop), codes.of_order(order)

    shown = client.get(url("counter", shop)).content.decode()
    wrong = client.post(url("counter", shop), {"code": "2222 2222"})
    done = client.post(
        url("counter", shop), {"code": f"{code[:4]}-{code[4:].lower()}"}, follow=True
    )
    again = client.post(url("counter", shop), {"code": f"{order.public_id}:{code}"})

    assert order.group.name in shown
    assert (wrong.status_code, again.status_code) == (409, 409)
    assert 'value="2222 2222"' in wrong.content.decode()
    assert "is handed over" in done.content.decode()
    order.refresh_from_db()
    assert order.state == OrderState.COLLECTED


def test_a_device_is_told_digests_and_never_a_code(shop: Merchant, order: Order) -> None:
    answer = clerk(shop).get(url("ready", shop))

    (row,) = answer.json()["ready"]
    assert row["id"] == order.public_id
    assert row["digest"] == codes.digest(order.public_id, codes.of_order(order)).hex()
    assert codes.of_order(order) not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_a_device_tells_twice_and_another_contradicts(shop: Merchant, order: Order) -> None:
    client = clerk(shop)
    body = {"order": order.public_id, "code": codes.of_order(order), "queued": "1"}

    first = [client.post(url("handovers", shop), {"key": "a", **body}).json() for _ in range(2)]
    other = clerk(shop).post(url("handovers", shop), {"key": "b", **body, "at": "nonsense"}).json()
    keyless = client.post(url("handovers", shop), body)

    assert [one["taken"] for one in (*first, other)] == [True, True, False]
    assert "handed over already" in other["said"]
    assert keyless.status_code == 422
    assert "To be settled" in client.get(url("counter", shop)).content.decode()
    conflict = QueuedHandover.objects.in_conflict().get()
    client.post(url("settlement", shop, conflict.public_id))
    assert "To be settled" not in client.get(url("counter", shop)).content.decode()


def test_the_page_that_a_device_keeps_names_nobody(shop: Merchant, order: Order) -> None:
    page = clerk(shop).get(url("counter", shop) + "?kept").content.decode()

    assert order.group.name not in page
    assert 'id="find"' in page
