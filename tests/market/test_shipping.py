"""Many orders shipped at one press: each answers for itself, and pressing again changes nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests import make
from tests.market.selling import url
from vitrine.catalog.models import LocationKind, Merchant, Variant
from vitrine.orders import handing_over
from vitrine.orders.models import BankCharge, Fulfilment, Order, OrderState, PaymentMove
from vitrine.surfaces.market import tracking_list
from vitrine.surfaces.market.tracking_list import Line
from vitrine.surfaces.market.views import shipping

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(shop: Merchant) -> Variant:
    return make.variant(make.product(shop, title="Brass lamp"), stock=20)


def _orders(lamp: Variant, count: int) -> list[Order]:
    return [make.purchase(lamp).group.orders.get() for _ in range(count)]


def _typed(*orders: Order, **typed: str) -> dict[str, object]:
    """Write the form as the page shows it. typed: further fields."""
    return {"order": [order.public_id for order in orders], "pasted": "", **typed}


def _tracking(*orders: Order) -> list[str]:
    found = dict(Fulfilment.objects.values_list("order", "tracking"))
    return [found.get(order.pk, "none") for order in orders]


def test_one_press_ships_all_and_each_answers_for_itself(
    client: Client, shop: Merchant, lamp: Variant
) -> None:
    first, second, gone = _orders(lamp, 3)
    handing_over.cancel(gone, by=None, at=make.NOON, reason="Changed my mind")
    other = make.purchase(make.variant(stock=1)).group.orders.get()
    form = client.get(url("shipping", shop), {"order": [first.public_id, gone.public_id]})
    typed = _typed(first, second, gone, other, carrier="Post")
    typed |= {f"tracking-{first.public_id}": "P1", f"tracking-{gone.public_id}": "P3"}
    typed |= {f"carrier-{second.public_id}": "Hand cart"}

    answer = client.post(url("shipping", shop), typed)

    page = answer.content.decode()
    assert "1 chosen order is left out" in form.content.decode()
    assert answer.status_code == 409
    assert "2 orders are marked as shipped." in page
    assert "This order is not open any more." in page
    assert 'value="P3"' in page
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["shipped", "shipped", "cancelled", "placed"]
    assert list(Fulfilment.objects.order_by("order").values_list("carrier", "tracking")) == [
        ("Post", "P1"),
        ("Hand cart", ""),
    ]


def test_what_is_too_long_is_refused_with_a_sentence_and_kept(
    client: Client, shop: Merchant, lamp: Variant
) -> None:
    (order,) = _orders(lamp, 1)
    line, number, reason = order.lines.get(), "7" * 81, "x" * 201
    said = {
        "dispatch": {"tracking": number},
        "parcels": {"tracking": number, f"units-{line.pk}": "1"},
        "cancellation": {"reason": reason},
        "refund": {"reason": reason},
    }

    pages = [client.post(url(name, shop, order.public_id), typed) for name, typed in said.items()]
    pages.append(client.post(url("shipping", shop), _typed(order, pasted=number)))

    assert [page.status_code for page in pages] == [422, 422, 422, 422, 409]
    for page in pages:
        text = page.content.decode()
        assert "too long. Write at most" in text
        assert number in text or reason in text
    order.refresh_from_db()
    assert (order.state, order.shipments.exists()) == ("placed", False)


def test_what_its_buyer_may_still_take_back_does_not_leave(
    client: Client, shop: Merchant, lamp: Variant
) -> None:
    order = _orders(lamp, 1)[0]
    Order.objects.update(withheld_until=timezone.now() + timedelta(minutes=5))

    form = client.get(url("shipping", shop), {"order": [order.public_id]})
    answer = client.post(url("shipping", shop), _typed(order, pasted="P1"))

    assert "its buyer can still take it back" in form.content.decode()
    assert answer.status_code == 409
    assert "The buyer can still take this order back." in answer.content.decode()
    assert "Bea" not in answer.content.decode()
    assert _tracking(order) == ["none"]


def test_pressing_again_takes_no_money_twice(client: Client, shop: Merchant, lamp: Variant) -> None:
    orders = _orders(lamp, 2)
    typed = _typed(*orders, pasted="P1\nP2", carrier="Post")

    client.post(url("shipping", shop), typed)
    again = client.post(url("shipping", shop), typed)
    other = client.post(url("shipping", shop), typed | {"pasted": "P1\nP9"})

    assert again.status_code == 200
    assert again.content.decode().count("Was shipped already") == 2
    assert other.status_code == 409
    assert _tracking(*orders) == ["P1", "P2"]
    assert PaymentMove.objects.filter(kind="capture").count() == 2
    assert BankCharge.objects.count() == 2


def test_what_the_press_has_no_time_for_is_left_to_the_jobs(
    client: Client, shop: Merchant, lamp: Variant, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = _orders(lamp, 2)
    monkeypatch.setattr(shipping, "PATIENCE_SECONDS", -1)

    answer = client.post(url("shipping", shop), _typed(*orders, pasted="P1\nP2"))
    again = client.post(url("shipping", shop), _typed(*orders, pasted="P1\nP2"))

    assert answer.content.decode().count("The bank is being asked") == 2
    assert again.content.decode().count("Was shipped already") == 2
    assert PaymentMove.objects.filter(kind="capture", state="asked").count() == 2
    assert set(Order.objects.values_list("state", flat=True)) == {OrderState.PLACED}


def test_a_file_names_orders_by_their_references(
    client: Client, shop: Merchant, lamp: Variant
) -> None:
    ticked, named, short = _orders(lamp, 3)
    sheet = (
        "\ufeffReference;Tracking;Carrier\r\n"
        f'{named.public_id};"\'=1+1";Post\r\n'
        f"{short.public_id[-6:].lower()};P3\r\n"
        f"{ticked.public_id};P1\r\n"
    )
    file = SimpleUploadedFile("sent.csv", sheet.encode(), "text/csv")

    filled = client.post(
        url("shipping", shop), {**_typed(ticked, carrier="Van"), "fill": "1", "file": file}
    )
    file.seek(0)
    client.post(url("shipping", shop), {**_typed(ticked, carrier="Van"), "file": file})

    assert filled.content.decode().count('value="P3"') == 1
    assert _tracking(ticked, named, short) == ["P1", "=1+1", "P3"]
    assert list(Fulfilment.objects.order_by("order").values_list("carrier", flat=True)) == [
        *("Van", "Post", "Van"),
    ]


@pytest.mark.parametrize(
    "pasted, said",
    [
        ("P1", "There are 1 numbers for 2 orders. Give one for each."),
        ("P1\nABCDEF,P2", "Give either numbers alone or a reference on each line, not both."),
        ("ABCDEF,P1", "Line 1: there is no order ABCDEF in this shop."),
        ("x,P1", "Line 1: “x” is no order’s reference."),
        ("A,B,C,D", "Line 1 has more than reference, tracking number and carrier."),
        ('"P1', "A quotation mark is not closed."),
        ("P1\n" * 201, "At most 200 lines at a time; these are 201."),
    ],
)
def test_a_list_that_does_not_fit_ships_nothing_and_loses_nothing(
    client: Client, shop: Merchant, lamp: Variant, pasted: str, said: str
) -> None:
    orders = _orders(lamp, 2)
    kept = {f"tracking-{orders[0].public_id}": "typed before"}

    answer = client.post(url("shipping", shop), _typed(*orders, pasted=pasted, **kept))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "Nothing was shipped." in page
    assert 'value="typed before"' in page
    assert pasted.splitlines()[0].replace('"', "&quot;") in page
    assert not PaymentMove.objects.exists()


def test_a_file_that_is_none_and_an_order_twice_are_refused_by_name(
    client: Client, shop: Merchant, lamp: Variant
) -> None:
    order = _orders(lamp, 1)[0]
    store = make.location(shop, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    pickup = make.purchase(lamp, store=store).group.orders.get()
    film = SimpleUploadedFile("film.csv", b"\x00\x01\xff", "text/csv")
    twice = f"{order.public_id},P1\n{order.public_id[-6:]},P2"

    wrong = client.post(url("shipping", shop), {**_typed(order), "file": film})
    doubled = client.post(url("shipping", shop), _typed(order, pasted=twice))
    carried = client.post(url("shipping", shop), _typed(pickup))

    assert "That file is no CSV." in wrong.content.decode()
    assert "Lines 1 and 2 name the same order." in doubled.content.decode()
    assert "This order is handed over in another way." in carried.content.decode()
    assert not PaymentMove.objects.exists()


def test_lines_are_read_as_they_are_pasted() -> None:
    table = tracking_list.read("Order\tTracking\nab12CD\t 00 1 \t\n\nAB12CE\tP2\tPost\n")

    assert table.lines == [Line(2, "AB12CD", "00 1"), Line(4, "AB12CE", "P2", "Post")]
    assert tracking_list.read("P1\n\n P2 ").column == [Line(1, "", "P1"), Line(3, "", "P2")]
