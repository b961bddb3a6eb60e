"""The time to change one's mind: nothing is told, nothing leaves, and two clicks undo it all."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.work import jobs, run_jobs
from vitrine.accounts.models import Notice
from vitrine.catalog.models import LocationKind, Role, Stock
from vitrine.orders import codes, handing_over
from vitrine.orders.handing_over import Parcel, StillCancellable
from vitrine.orders.models import Fulfilment, Order, OrderState, PaymentMove
from vitrine.orders.models.addressee import NEVER, PERSONAL

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SURFACES = Path(__file__).parents[2] / "src/vitrine/surfaces"


@pytest.fixture(autouse=True)
def _an_hour(settings: Settings) -> None:
    settings.VITRINE_CANCEL_MINUTES = 60


def placed_now(**fields: object) -> Order:
    """Buy a lamp at this very moment: views read the clock."""
    lamp, now = make.variant(stock=3), timezone.now()
    payment = make.purchase(lamp, **fields)
    order = payment.group.orders.get()
    Order.objects.filter(pk=order.pk).update(placed_at=now, withheld_until=now + HOUR)
    order.refresh_from_db()
    return order


def clerk(of: Order) -> Client:
    person = make.person()
    make.member(of.merchant, person, Role.ORDERS)
    client = Client()
    client.force_login(person)
    return client


def test_nothing_leaves_until_the_hour_is_over() -> None:
    order = make.purchase(make.variant(stock=1)).group.orders.get()

    assert order.withheld_until == make.NOON + HOUR
    almost = make.NOON + HOUR - timedelta(seconds=1)
    with pytest.raises(StillCancellable):
        handing_over.ship(order, Parcel(), by=make.person(), at=almost)
    assert not PaymentMove.objects.exists()
    assert not Fulfilment.objects.exists()
    assert handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON + HOUR)


def test_the_database_refuses_what_the_code_forgot() -> None:
    order = make.purchase(make.variant(stock=1)).group.orders.get()

    with pytest.raises(IntegrityError, match="cannot be sent yet"), transaction.atomic():
        Fulfilment.objects.create(order=order, shipped_at=make.NOON)
    with pytest.raises(IntegrityError, match="sooner"), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(withheld_until=None)


def test_a_cell_without_the_window_tells_and_sends_at_once(settings: Settings) -> None:
    settings.VITRINE_CANCEL_MINUTES = 0
    order = make.purchase(make.variant(stock=1)).group.orders.get()

    assert order.withheld_until is None
    assert Order.objects.addressed(at=make.NOON).get().addressee["line1"] == "5 Elm Street"
    assert handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON)


def test_the_merchant_reads_the_region_and_nothing_else_until_then() -> None:
    order = make.purchase(make.variant(stock=1)).group.orders.get()
    empty = dict.fromkeys(PERSONAL, "")

    before = Order.objects.addressed(at=make.NOON).get()
    after = Order.objects.addressed(at=make.NOON + HOUR).get()

    assert before.addressee == empty | {"region": "NY"}
    assert before.called == order.public_id[-6:]
    assert set(PERSONAL) <= before.group.get_deferred_fields()
    assert after.addressee == {
        "name": "Bea",
        "line1": "5 Elm Street",
        "line2": "",
        "city": "Albany",
        "region": "NY",
        "postcode": "12207",
        "phone": "",
    }
    assert after.called == "Bea"


def test_no_page_of_the_shop_knows_and_the_buyer_is_told_the_time_left() -> None:
    order = placed_now()
    client, shop = clerk(order), f"/market/{order.merchant.slug}"
    buyer = Client()
    link = f"{order.group.get_absolute_url()}?key={order.group.link_token}"

    one = client.get(f"{shop}/orders/{order.public_id}/").content.decode()
    pages = [one, *(client.get(f"{shop}/{page}").content.decode() for page in ("orders/", "talk/"))]
    pages.append(client.get(f"{shop}/orders/{order.public_id}/messages/").content.decode())
    sent = client.post(f"{shop}/orders/{order.public_id}/dispatch/", {"carrier": "Post"})
    theirs = buyer.get(link, follow=True).content.decode()

    for page in pages:
        assert "Elm Street" not in page
        assert "Bea" not in page
        assert "12207" not in page
    assert "NY" in one
    assert "you are told the address" in one
    assert sent.status_code == 409
    assert "can still take this order back" in sent.content.decode()
    assert "59 minutes left to change your mind" in theirs or "1 hour left" in theirs
    assert "Elm Street" in theirs


def test_two_clicks_take_it_back_and_both_are_told() -> None:
    person = make.person()
    order = placed_now(buyer=person)
    owner = order.merchant.memberships.get().person
    client, buyer = clerk(order), Client()
    buyer.force_login(person)

    page = buyer.get(order.group.get_absolute_url()).content.decode()
    path = f"{order.group.get_absolute_url()}/{order.public_id}/cancellation"
    assert f'action="{path}"' in page
    buyer.post(path)
    assert {"order_id": order.pk, "kind": "cancelled"} in jobs("send_order_news")
    run_jobs()

    order.refresh_from_db()
    assert (order.state, order.withheld_until) == (OrderState.CANCELLED, NEVER)
    assert at_bank() == {"void": order.total_minor}
    assert balances() == {}
    assert Stock.objects.get().reserved == 0
    told = Notice.objects.filter(person=owner).latest("pk")
    assert (told.kind, told.item) == ("sale_news", f"{order.public_id}:cancelled")
    later = client.get(f"/market/{order.merchant.slug}/orders/{order.public_id}/").content.decode()
    assert "before you were told whom it was for" in later
    assert "Elm Street" not in later
    assert "9999" not in later


def test_a_pick_up_can_be_collected_at_once_and_that_ends_it() -> None:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE)
    make.stocked(lamp, 1, at=store)
    order = make.purchase(lamp, store=store).group.orders.get()

    handing_over.make_ready(order, by=make.person(), at=make.NOON)
    assert handing_over.collect(order, codes.of_order(order), by=make.person(), at=make.NOON)
    with pytest.raises(handing_over.NotOpen):
        handing_over.cancel(order, by=None, at=make.NOON, reason="")


def test_whom_an_order_is_for_is_read_through_one_door() -> None:
    personal = [f"group.{name}" for name in (*PERSONAL, "email")]
    personal += ["order.goes_to", "row.goes_to", "order.destination", "row.destination"]
    sources = [
        path
        for of in ("market", "api")
        for path in (SURFACES / of).rglob("*")
        if path.suffix in (".py", ".html")
    ]

    past_it = [
        f"{path.name}: {word}" for path in sources for word in personal if word in path.read_text()
    ]

    assert len(sources) > 80
    assert past_it == [], "read it from Order.objects.addressed(at=…), which withholds it"
