"""Webhooks: each fact is told until it is heard, signed, and to nobody inside."""

import json
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests import make
from tests.api.calling import Program, owner
from tests.api.test_client import client as client_of_the_docs
from tests.programs.receiving import Receiver, receiver
from vitrine.accounts.models import Notice
from vitrine.catalog import running_low
from vitrine.catalog.models import Merchant, Product
from vitrine.kernel import ids
from vitrine.orders import handing_over
from vitrine.programs import delivering, tasks
from vitrine.programs.models import Delivery, Endpoint, Event
from vitrine.sovereignty import outside
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db


@pytest.fixture
def ear(settings: Settings) -> Iterator[Receiver]:
    """Return a program of a merchant, in a network that the operator named."""
    settings.VITRINE_WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as made:
        yield made


def told(shop: Merchant, url: str, *events: str) -> Endpoint:
    return Endpoint.make(
        shop, url=url, events=list(events or Event.values), by=owner(shop), at=timezone.now()
    )


def waiting(endpoint: Endpoint) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(endpoint=endpoint, due_at__isnull=False).order_by("pk")
    return list(rows.values_list("event", "thing"))


def test_a_purchase_is_told_to_its_shop_alone_and_only_what_was_asked_for() -> None:
    lamp = make.variant(stock=5)
    own = told(lamp.merchant, "https://one.example/", "order.placed", "order.cancelled")
    deaf = told(lamp.merchant, "https://two.example/", "product.changed")
    other = told(make.merchant(), "https://three.example/")

    order = make.purchase(lamp).group.orders.get()
    handing_over.cancel(order, by=None, at=make.NOON, reason="")

    assert waiting(own) == [("order.placed", order.public_id), ("order.cancelled", order.public_id)]
    assert waiting(deaf) == waiting(other) == []
    assert ids.PATTERN.match(own.deliveries.first().public_id)  # type: ignore[union-attr]


def test_a_product_that_changes_often_is_told_once_and_low_stock_when_it_is_found() -> None:
    lamp = make.variant(stock=5)
    endpoint = told(lamp.merchant, "https://one.example/")

    for title in ("One", "Two"):
        Product.objects.filter(pk=lamp.product_id).update(title=title)
        lamp.save()
    lamp.stock.update(low_at=9)
    running_low.look(at=make.NOON)

    assert waiting(endpoint) == [
        ("product.changed", lamp.product.public_id),
        ("stock.low", lamp.public_id),
    ]


def test_a_message_is_signed_says_no_buyer_and_is_logged_before_it_leaves(ear: Receiver) -> None:
    lamp = make.variant(stock=5)
    endpoint = told(lamp.merchant, ear.url, "order.placed")
    order = make.purchase(lamp).group.orders.get()

    tasks.deliver(endpoint.pk)
    endpoint.rotate(at=timezone.now())
    Delivery.objects.get().replay(at=timezone.now())
    tasks.deliver(endpoint.pk)

    (headers, body), (again, _) = ear.heard
    said = json.loads(body)
    assert (said["type"], said["data"]["id"]) == ("order.placed", order.public_id)
    assert b"Bea" not in body
    assert headers["webhook-id"] == again["webhook-id"] == Delivery.objects.get().public_id
    is_ours = client_of_the_docs()["is_ours"]
    assert is_ours(body, headers, endpoint.old_secret)
    assert is_ours(body, again, endpoint.secret)
    assert is_ours(body, again, endpoint.old_secret)
    assert Leaving.objects.filter(destination="programs").count() == 2
    assert Delivery.objects.get().state == "heard"


def test_what_is_not_heard_is_tried_again_ever_later_until_it_is_given_up(ear: Receiver) -> None:
    ear.status = 500
    lamp = make.variant(stock=5)
    endpoint = told(lamp.merchant, ear.url, "order.placed")
    make.purchase(lamp)
    at = timezone.now()

    for wait in delivering.WAITS:
        delivering.deliver(endpoint, at=at)
        delivering.deliver(endpoint, at=at)  # not due yet
        at += wait
    delivering.deliver(endpoint, at=at)

    given_up = Delivery.objects.get()
    assert len(ear.heard) == given_up.tries == len(delivering.WAITS) + 1
    assert (given_up.state, given_up.status, given_up.due_at) == ("given up", 500, None)
    ear.status = 200
    given_up.replay(at=at)
    delivering.deliver(endpoint, at=at)
    assert Delivery.objects.get().state == "heard"
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_one_that_fails_for_days_is_told_no_more_and_its_owners_are(ear: Receiver) -> None:
    ear.status = 302  # no redirect is followed
    lamp = make.variant(stock=5)
    endpoint = told(lamp.merchant, ear.url, "order.placed")
    make.purchase(lamp)
    now = timezone.now()
    delivering.deliver(endpoint, at=now)
    make.purchase(lamp)

    delivering.deliver(endpoint, at=now + delivering.GIVEN_UP_AFTER + timedelta(minutes=1))

    endpoint.refresh_from_db()
    assert endpoint.disabled_at is not None
    assert len(ear.heard) == 2
    assert Notice.objects.filter(person=owner(lamp.merchant), kind="endpoint_down").count() == 1
    make.purchase(lamp)
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0/",
        "https://2130706433/",
    ],
)
def test_nothing_inside_is_called(url: str) -> None:
    endpoint = told(make.merchant(), url, "order.placed")
    Delivery.objects.create(
        endpoint=endpoint, event="order.placed", thing="us_1", at=make.NOON, due_at=make.NOON
    )

    delivering.deliver(endpoint, at=timezone.now())

    assert "inside" in Delivery.objects.get().trouble
    assert not Leaving.objects.exists()


def test_addresses_that_cannot_be_called_are_refused_as_they_are_written() -> None:
    for url in (
        "http://shop.example/",
        "ftp://shop.example/",
        "https://",
        "https://a:b@c.example/",
    ):
        assert outside.objection(url), url
    assert outside.objection("https://shop.example/hook?x=1") == ""
    program = Program()
    written = {"url": "http://shop.example/", "events": ["order.placed"]}
    assert program.refused("POST", "/webhooks", written)[1]["code"] == "address_refused"


def test_a_program_looks_after_its_webhooks_itself() -> None:
    program = Program()
    lamp = make.variant(make.product(program.merchant), stock=5)

    made = program.ok(
        "POST", "/webhooks", {"url": "https://shop.example/hook", "events": ["order.placed"]}
    )
    make.purchase(lamp)
    (listed,) = program.ok("GET", f"/webhooks/{made['id']}/deliveries")["items"]
    Delivery.objects.update(due_at=None, tries=10)
    replayed = program.ok("POST", f"/deliveries/{listed['id']}/replay")

    assert made["secret"].startswith("whsec_")
    assert "secret" not in program.ok("GET", "/webhooks")[0]
    assert (replayed["state"], replayed["tries"]) == ("waiting", 0)
    program.ok("DELETE", f"/webhooks/{made['id']}")
    assert program.ok("GET", "/webhooks") == []
    make.purchase(lamp)
    assert not Delivery.objects.filter(due_at__isnull=False).exists()


def test_an_owner_makes_a_token_that_is_shown_once_and_revokes_it() -> None:
    shop, browser = make.merchant(), Client()
    browser.force_login(owner(shop))
    page = f"/market/{shop.slug}/programs/"

    nameless = browser.post(f"{page}tokens/", {"name": "", "scopes": ["orders:read"], "days": "90"})
    made = browser.post(f"{page}tokens/", {"name": "Till", "scopes": ["orders:read"], "days": "90"})

    assert nameless.status_code == 422
    text = made.content.decode().partition('mono token">')[2].partition("<")[0]
    headers = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/orders", headers=headers).status_code == 200
    assert Client().get("/api/v1/products", headers=headers).status_code == 403
    shown = browser.get(page).content.decode()
    assert text not in shown
    assert f"vtr_…{text[-4:]}" in shown
    token = shown.partition(f"{page}tokens/")[2].partition("/")[0]
    action = next(part for part in shown.split('"') if part.endswith("/revocation/"))
    assert token in action or action
    browser.post(action)
    assert Client().get("/api/v1/orders", headers=headers).status_code == 401


def test_an_owner_replays_a_message_from_its_page() -> None:
    lamp, browser = make.variant(stock=5), Client()
    browser.force_login(owner(lamp.merchant))
    page = f"/market/{lamp.merchant.slug}/programs/"
    added = browser.post(
        f"{page}endpoints/", {"url": "https://shop.example/hook", "events": ["order.placed"]}
    )
    bad = browser.post(f"{page}endpoints/", {"url": "http://x", "events": ["order.placed"]})
    make.purchase(lamp)
    Delivery.objects.update(due_at=None, tries=10, status=500, trouble="answered 500")

    shown = browser.get(added["Location"]).content.decode()
    action = next(part for part in shown.split('"') if part.endswith("/replay/"))
    browser.post(action)

    assert bad.status_code == 422
    assert "answered 500" in shown
    assert Delivery.objects.get().due_at is not None


def test_what_was_told_is_forgotten_after_a_month() -> None:
    endpoint = told(make.merchant(), "https://one.example/")
    for days in (31, 29):
        Delivery.objects.create(
            endpoint=endpoint, event="order.placed", thing=f"us_{days}",
            at=timezone.now() - timedelta(days=days), due_at=None,
        )  # fmt: skip

    tasks.forget(timestamp=0)

    assert [each.thing for each in Delivery.objects.all()] == ["us_29"]
