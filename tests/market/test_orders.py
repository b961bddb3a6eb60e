"""The seller's list of orders: found, counted, paged, exported and printed."""

import csv
import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.market.selling import signed_in, url
from vitrine.catalog.models import Location, LocationKind, Merchant
from vitrine.orders import handing_over
from vitrine.orders.models import Order
from vitrine.sovereignty.cell import CELLS, this_cell
from vitrine.surfaces.market import order_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(shop: Merchant) -> Location:
    return make.location(shop, LocationKind.STORE, name="Corner store")


@pytest.fixture
def orders(shop: Merchant, store: Location) -> dict[str, Order]:
    """One order of each kind, two days apart, the last of them just now."""
    lamp = make.variant(make.product(shop, title="Brass lamp"), sku="LAMP-1", stock=9)
    mug = make.variant(make.product(shop, title="=cmd|mug"), sku="MUG-1", stock=9, price_minor=900)
    make.stocked(lamp, 5, at=store)
    now = timezone.now()
    made = {
        "late": _order(now - timedelta(days=12), lamp),
        "collected": _order(now - timedelta(days=9), lamp, store=store),
        "ended": _order(now - timedelta(days=5), mug),
        "ready": _order(now - timedelta(days=2), lamp, store=store),
        "new": _order(now, mug, lamp),
    }
    made["shipped"] = make.handed_over(mug)
    handing_over.cancel(made["ended"], by=None, at=now, reason="No more")
    handing_over.make_ready(made["ready"], by=make.person(), at=now)
    return made


def _order(placed_at: datetime, *variants: object, **fields: object) -> Order:
    order: Order = make.purchase(*variants, **fields).group.orders.get()  # type: ignore[arg-type]
    Order.objects.filter(pk=order.pk).update(placed_at=placed_at)
    return order


def _found(client: Client, shop: Merchant, **asked: Any) -> set[str]:
    """Return the orders that the page lists for what is asked."""
    page = client.get(url("orders", shop), asked).context["list"].page
    return {order.public_id for order in page.rows}


def _names(orders: dict[str, Order], ids: set[str]) -> set[str]:
    return {name for name, order in orders.items() if order.public_id in ids}


def test_each_filter_finds_its_orders_and_says_how_many(
    client: Client,
    shop: Merchant,
    store: Location,
    orders: dict[str, Order],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(12):  # two of them for the session
        answer = client.get(url("orders", shop))
    counts = {chip.name: chip.count for chip in answer.context["list"].chips}
    ids = {name: order.public_id for name, order in orders.items()}
    today = timezone.localdate(timezone=ZoneInfo(this_cell().time_zone))

    def found(**asked: Any) -> set[str]:
        return _names(orders, _found(client, shop, **asked))

    assert counts == {
        "returns": "0",
        "disputed": "0",
        "waiting": "4",
        "ship": "2",
        "late": "1",
        "prepare": "1",
        "counter": "1",
        "done": "1",
        "ended": "1",
        "all": "6",
    }
    assert _names(orders, set(counts) | _found(client, shop)) == {
        *("late", "collected", "ready", "new"),
    }
    assert found(show="late") == {"late"}
    assert found(show="nonsense") == found()
    assert found(show="all", way="collect") == {"collected", "ready"}
    assert found(place=store.public_id) == {"collected", "ready"}
    assert found(since=today - timedelta(days=3)) == {"ready", "new"}
    assert found(until=today - timedelta(days=3)) == {"late", "collected"}
    assert found(q="mug-1") == {"new"}
    assert found(q="brass lamp") == {"late", "collected", "ready", "new"}
    assert found(q=ids["late"][-6:]) == {"late"}
    assert found(q="brass", show="late", way="collect") == set()


def test_what_was_asked_survives_paging_and_the_way_back(
    client: Client, shop: Merchant, orders: dict[str, Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_page, "ORDERS_A_PAGE", 2)
    asked = {"show": "all", "since": "2026-01-01", "q": "m"}

    def walked(sort: str) -> list[str]:
        seen, address = [], f"{url('orders', shop)}?{urlencode({**asked, 'sort': sort})}"
        while address:
            answer = client.get(address)
            found = answer.context["list"]
            assert (found.asked.words, found.asked.sort) == ("m", sort)
            seen += [order.public_id for order in found.page.rows]
            following = found.page.next_cursor
            address = (
                f"{url('orders', shop)}{found.asked.same}&after={following}" if following else ""
            )
            assert not address or address.replace("&", "&amp;") in answer.content.decode()
        return seen

    newest = walked("newest")
    totals = [Order.objects.get(public_id=one).total_minor for one in walked("total")]
    assert len(newest) == 6
    assert newest == walked("oldest")[::-1]
    assert len(totals) == 6
    assert totals == sorted(totals, reverse=True)
    page = client.get(f"{url('order', shop, orders['late'].public_id)}?show=late&q=lamp&x=1")
    assert f'href="{url("orders", shop)}?show=late&amp;q=lamp"' in page.content.decode()


def test_a_wrong_date_is_said_and_loses_nothing(client: Client, shop: Merchant) -> None:
    answer = client.get(url("orders", shop), {"since": "2026-13-40", "q": "lamp & mug"})
    turned = client.get(url("orders", shop), {"since": "2026-05-02", "until": "2026-05-01"})
    endless = client.get(url("orders", shop), {"until": "9999-12-31"})

    page = answer.content.decode()
    assert answer.status_code == turned.status_code == endless.status_code == 422
    assert "Enter a valid date." in page
    assert 'value="2026-13-40"' in page
    assert 'value="lamp &amp; mug"' in page
    assert "The last day must not be before the first." in turned.content.decode()


def test_the_table_has_a_row_a_line_and_runs_in_no_spreadsheet(
    client: Client, shop: Merchant, orders: dict[str, Order]
) -> None:
    sent = client.get(url("order_table", shop), {"show": "all"}).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(sent.splitlines()))
    of_new = [row for row in rows if row["reference"] == orders["new"].public_id]
    ready = next(row for row in rows if row["reference"] == orders["ready"].public_id)

    assert len(rows) == 7
    assert {row["title"] for row in of_new} == {"Brass lamp", "'=cmd|mug"}
    assert [row["line1"] for row in of_new] == ["5 Elm Street"] * 2
    assert {row["line_total"] for row in of_new} == {"20.00", "9.00"}
    assert (ready["way"], ready["place"], ready["line1"]) == ("collect", "Corner store", "")
    late = client.get(url("order_table", shop), {"show": "late"}).getvalue().decode("utf-8-sig")
    assert len(late.splitlines()) == 2
    assert signed_in(make.person()).get(url("order_table", shop)).status_code == 404


def test_packing_lists_are_printed_of_the_chosen_alone(
    client: Client, shop: Merchant, orders: dict[str, Order]
) -> None:
    other = make.purchase(make.variant(stock=1)).group.orders.get()
    chosen = [orders["new"].public_id, orders["ready"].public_id, other.public_id]

    page = client.get(url("packing", shop), {"order": chosen}).content.decode()

    assert page.count('class="card slip"') == 2
    assert "5 Elm Street" in page
    assert "Collect at Corner store" in page
    assert "1 × Warehouse" in page
    assert f"slip-{other.public_id}" not in page
    Order.objects.filter(pk=orders["new"].pk).update(
        withheld_until=timezone.now() + timedelta(minutes=5)
    )
    page = client.get(url("packing", shop), {"order": chosen}).content.decode()
    table = client.get(url("order_table", shop), {"show": "all"}).getvalue().decode()
    assert "The address is not told yet." in page
    assert "5 Elm Street" not in page
    rows = [row for row in table.splitlines() if orders["new"].public_id in row]
    assert [row.endswith("USD,,,,,NY,,") for row in rows] == [True, True]
    assert "No order is chosen" in client.get(url("packing", shop)).content.decode()


def test_what_goes_off_an_order_is_said_to_the_cent(
    client: Client, shop: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _order(timezone.now(), make.variant(make.product(shop), stock=1, price_minor=10_000))
    monkeypatch.setitem(CELLS, "us", replace(CELLS["us"], country="NZ"))

    page = client.get(url("order", shop, order.public_id)).content.decode()

    said = dict(re.findall(r"<dt>([^<]+)</dt><dd>−?\$([\d.,]+)</dd>", page))
    names = ("Tax, passed on", "Platform fee", "Tax on the fee")
    taken = sum(Decimal(said[name]) for name in names)
    assert said["Tax on the fee"] == "0.90"
    assert Decimal(said["Yours"]) == Decimal(said["The buyer pays"]) - taken
    assert "$0.00" not in page
