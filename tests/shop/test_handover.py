"""The bag with a choice for each thing: shown where there is more than one way, and bought."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import make
from tests.orders.test_on_its_way import on_the_way
from tests.orders.work import run_jobs
from tests.shop.test_bag import put
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.catalog.models import DeliveryOption, LocationKind, Variant
from vitrine.orders.models import Address, BankCharge, Destination, Order, OrderGroup
from vitrine.surfaces.templatetags.vitrine import day as written

pytestmark = pytest.mark.django_db
EACH = "Choose for each thing"


def things(*names: str) -> list[Variant]:
    merchant = make.merchant()
    return [make.variant(make.product(merchant, title=name), stock=9) for name in names]


def fields(html: str) -> dict[str, list[str]]:
    """Read the choices of single lines: by name, the values with the chosen one first."""
    found: dict[str, list[str]] = {}
    for name, options in re.findall(r'<select[^>]*name="(handover-[^"]+)">(.*?)</select>', html):
        values = re.findall(r'value="([^"]+)"( selected)?', options)
        found[name] = [value for value, _ in sorted(values, key=lambda pair: not pair[1])]
    return found


def press(client: Client, html: str, **more: str) -> tuple[int, str]:
    chosen = {name: values[0] for name, values in fields(html).items()}
    answer = client.post("/checkout", {**hidden(html), **chosen, **GUEST, **more}, headers=HTMX)
    return answer.status_code, answer.content.decode()


def test_a_guest_has_one_thing_delivered_and_collects_the_other(client: Client) -> None:
    lamp, mug = things("Lamp", "Mug")
    store = make.location(mug.merchant, LocationKind.STORE, name="Corner")
    make.stocked(mug, 2, at=store)
    put(client, lamp, mug)
    shop = f"handover-{lamp.merchant.public_id}"
    page = client.get("/cart").content.decode()
    assert EACH in page
    assert fields(page) == {}

    _, each = press(client, page, update="1", **{shop: "each"})
    way = f"d-{lamp.merchant.delivery_options.get().public_id}"
    at_store = f"s-{store.public_id}"
    of_lamp, of_mug = (f"{shop}-{one.public_id}" for one in (lamp, mug))
    assert fields(each) == {of_lamp: [way], of_mug: [way, at_store]}

    _, split = press(client, each, update="1", **{of_mug: at_store})
    assert fields(split)[of_mug] == [at_store, way]
    assert "Collect at Corner" in split
    assert hidden(split)["shown_total"] == str(2000 + 2000 + 495 + 100 + 80)
    status, thanks = press(client, split)

    assert (status, "Thank you" in thanks) == (200, True)
    assert "Collect at Corner once it is ready" in thanks
    assert {one.pickup_location for one in Order.objects.all()} == {None, store}
    assert BankCharge.objects.get().amount_minor == OrderGroup.objects.get().total_minor
    shown = client.get(OrderGroup.objects.get().get_absolute_url()).content.decode()
    assert "2 orders, one purchase" in shown
    sections = re.findall(r'<h2 id="order-[^"]+">(.*?)</h2>', shown)
    assert len(set(sections)) == 2, sections  # who hears the page can tell them apart


def test_back_to_one_way_for_all_forgets_what_the_lines_said(client: Client) -> None:
    lamp, mug = things("Lamp", "Mug")
    store = make.location(mug.merchant, LocationKind.STORE, region="OR")  # where no tax is
    make.stocked(mug, 2, at=store)
    put(client, lamp, mug)
    shop = f"handover-{lamp.merchant.public_id}"
    page = client.get("/cart").content.decode()
    _, each = press(client, page, update="1", **{shop: "each"})
    of_mug = f"{shop}-{mug.public_id}"

    usual = hidden(page)[shop]
    _, back = press(client, each, update="1", **{of_mug: f"s-{store.public_id}", shop: usual})

    assert fields(back) == {}
    assert (hidden(back)[shop], hidden(back)["shown_total"]) == (usual, hidden(page)["shown_total"])
    assert press(client, back)[0] == 200
    assert Order.objects.get().pickup_location is None


def test_where_there_is_one_way_nothing_is_asked(client: Client) -> None:
    put(client, *things("Lamp", "Mug"))

    assert EACH not in client.get("/cart").content.decode()


def test_a_buyer_sends_one_thing_to_another_address_of_the_book(client: Client) -> None:
    bea = make.person()
    client.force_login(bea)
    lamp, mug = things("Lamp", "Mug")
    make.purchase(lamp, buyer=bea)
    run_jobs()
    home = Address.objects.get()
    anna = Address.objects.create(
        person=bea, name="Anna", line1="9 Oak Road", city="Portland", region="OR",
        postcode="97201", used_at=make.NOON.replace(year=2020),
    )  # fmt: skip
    put(client, lamp, mug)
    shop = f"handover-{lamp.merchant.public_id}"
    page = client.get("/cart").content.decode()
    place = {"name": home.name, "line1": home.line1, "city": home.city, "postcode": home.postcode}

    _, each = press(client, page, update="1", address=home.mark, **{shop: "each"}, **place)
    way = f"d-{lamp.merchant.delivery_options.get().public_id}"
    of_mug = f"{shop}-{mug.public_id}"
    assert fields(each)[of_mug] == [way, f"{way}-{anna.mark}"]
    chosen = {of_mug: f"{way}-{anna.mark}", "address": home.mark}
    _, split = press(client, each, update="1", **chosen, **place)
    assert "Standard to Anna, 9 Oak Road, Portland" in split
    moved = client.post(
        "/checkout",
        {**hidden(split), **chosen, **place, "address": anna.mark, "fill": "1"},
        headers=HTMX,
    ).content.decode()
    assert fields(moved)[of_mug] == [way, f"{way}-{home.mark}"]
    status, thanks = press(client, split, **chosen, **place)

    assert (status, "Goes to Anna" in thanks) == (200, True)
    group = OrderGroup.objects.latest("pk")
    assert [str(one.destination) for one in group.orders.order_by("pk")] == [
        "None",
        "Anna, 9 Oak Road, Portland",
    ]
    shown = client.get(group.get_absolute_url()).content.decode()
    assert "Goes to Anna, 9 Oak Road, Portland" in shown
    away = group.orders.latest("pk")
    assert Destination.objects.count() == 1
    client.force_login(lamp.merchant.memberships.get().person)
    page = client.get(f"/market/{lamp.merchant.slug}/orders/{away.public_id}/").content.decode()
    assert "Anna<br>9 Oak Road<br>Portland OR 97201" in page


def test_what_a_line_cannot_have_any_more_is_said_and_the_other_shop_s_choice_stays(
    client: Client,
) -> None:
    lamp, mug = things("Lamp", "Mug")
    pen, jar = things("Pen", "Jar")
    stores = [make.location(one.merchant, LocationKind.STORE) for one in (mug, jar)]
    for one, store in zip((mug, jar), stores, strict=True):
        make.stocked(one, 1, at=store)
    put(client, lamp, mug, pen, jar)
    each = {f"handover-{one.merchant.public_id}": "each" for one in (lamp, pen)}
    of_mug, of_jar = (f"handover-{one.merchant.public_id}-{one.public_id}" for one in (mug, jar))
    page = client.get("/cart").content.decode()
    both = {of_mug: f"s-{stores[0].public_id}", of_jar: f"s-{stores[1].public_id}"}
    _, split = press(client, page, update="1", **each, **both)
    stores[0].close(at=make.NOON)

    status, refused = press(client, split)

    assert status == 409
    assert "no longer offered" in refused
    assert fields(refused)[of_jar][0] == both[of_jar]
    assert of_mug not in fields(refused)  # one way is left for it
    assert not OrderGroup.objects.exists()


def test_a_mark_that_is_nobody_s_or_a_guest_s_is_refused_beside_the_form(client: Client) -> None:
    lamp, mug = things("Lamp", "Mug")
    DeliveryOption.objects.create(merchant=lamp.merchant, name="Express", price_minor=1500)
    put(client, lamp, mug)
    shop = f"handover-{lamp.merchant.public_id}"
    page = client.get("/cart").content.decode()
    way = hidden(page)[shop]

    forged = {shop: "each", f"{shop}-{mug.public_id}": f"{way}-0123456789abcdef"}
    status, refused = press(client, page, **forged)

    assert (status, "not in your book" in refused) == (409, True)
    assert fields(refused)[f"{shop}-{mug.public_id}"][0] == way


def test_what_a_store_will_get_says_from_when_wherever_it_is_told(client: Client) -> None:
    lamp = make.variant(stock=9)
    day = timezone.localtime() + timedelta(days=3)
    transfer = on_the_way(lamp, 2, expected_on=day.date())
    said = f"In the store from {written(day.date())}"
    owner = lamp.merchant.memberships.get().person
    page = sheet(client, lamp)
    shop = f"handover-{lamp.merchant.public_id}"

    _, chosen = press(client, page, update="1", **{shop: f"s-{transfer.destination.public_id}"})
    status, thanks = press(client, chosen)

    assert [said in one for one in (page, chosen, thanks)] == [True] * 3
    assert (status, Order.objects.get().pickup_location) == (200, transfer.destination)
    group = OrderGroup.objects.get()
    bought = client.get(group.get_absolute_url()).content.decode()
    client.force_login(owner)
    market = f"/market/{lamp.merchant.slug}"
    sold = client.get(f"{market}/orders/{Order.objects.get().public_id}/").content.decode()
    sent = client.get(f"{market}/stock/transfers/{transfer.public_id}/").content.decode()
    assert [said in one for one in (bought, sold)] == [True] * 2
    assert "1 promised" in sent
