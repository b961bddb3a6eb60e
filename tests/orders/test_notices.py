"""Notices in the app of what is bought: to the buyer, and to the seller's people."""

import pytest
from django.test import Client

from tests import make
from tests.orders.work import run_jobs
from vitrine.accounts.models import Notice, NoticeRules, Person
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Role
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Order
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db


def steps(person: Person) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(person=person).order_by("pk")
    return [(notice.kind, notice.item.partition(":")[2]) for notice in rows]


def bought(buyer: Person | None, *, seller: Person) -> Order:
    shop = make.merchant(owner=seller)
    lamp = make.variant(make.product(shop), stock=9)
    return make.purchase(lamp, buyer=buyer).group.orders.get()


def test_a_buyer_is_told_each_step_once_and_where_it_is() -> None:
    buyer, seller = make.person(), make.person()
    order = bought(buyer, seller=seller)
    run_jobs()

    moving.make(handing_over.ship(order, Parcel(), by=seller, at=make.NOON), at=make.NOON)
    refund = handing_over.refund(order, by=seller, at=make.NOON, reason="Broken")
    moving.make(refund, at=make.NOON)
    run_jobs()
    run_jobs()

    assert steps(buyer) == [("order", "placed"), ("order", "shipped"), ("order", "refunded")]
    assert {notice.path for notice in buyer.notices.all()} == {order.group.get_absolute_url()}


def test_those_who_see_to_orders_are_told_and_no_others() -> None:
    seller, packer, writer = make.person(), make.person(), make.person()
    shop = make.merchant(owner=seller)
    make.member(shop, seller, Role.ORDERS)  # in two roles, told once
    make.member(shop, packer, Role.ORDERS)
    make.member(shop, writer, Role.CATALOGUE)
    make.member(make.merchant(), writer, Role.ORDERS)

    group = make.purchase(make.variant(make.product(shop), stock=9)).group
    run_jobs()

    order = group.orders.get()
    assert steps(seller) == steps(packer) == [("sale", "")]
    assert steps(writer) == []
    notice = packer.notices.get()
    assert notice.path == f"/market/{shop.slug}/orders/{order.public_id}/"
    assert notice.actor is None  # no handle leads from an order to its buyer


def test_a_declined_purchase_tells_nobody() -> None:
    buyer, seller = make.person(), make.person()
    lamp = make.variant(make.product(make.merchant(owner=seller)), stock=9)

    make.purchase(lamp, buyer=buyer, token=sandbox.DECLINES)
    run_jobs()

    assert not Notice.objects.exists()


def test_orders_are_read_among_the_notices_unless_they_are_unwanted(client: Client) -> None:
    buyer, seller = make.person(), make.person()
    order = bought(buyer, seller=seller)
    run_jobs()
    client.force_login(buyer)

    page = client.get("/notifications").content.decode()
    NoticeRules.put(by=buyer, silent=[Kind.ORDER], pushed=[], mailed=[], digest="never")
    silent = client.get("/notifications").content.decode()

    link = f'<a href="{order.group.get_absolute_url()}">'
    assert f"{link}Your order is placed</a>" in page
    assert client.get(order.group.get_absolute_url()).status_code == 200
    assert link not in silent
