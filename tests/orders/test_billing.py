"""Bills: numbered without a gap, each once, saying what was sold and what was given back."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from tests import make
from tests.races import race, winners
from vitrine.catalog.models import Merchant, Role
from vitrine.catalog.models.application import Application
from vitrine.orders import bill_page, handing_over, moving, printing, refunding
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import Bill, BillCount, BillKind, Order
from vitrine.orders.printing import NoPdf

pytestmark = pytest.mark.django_db


def sold(shop: Merchant, quantity: int = 2) -> Order:
    return make.handed_over(make.variant(make.product(shop), stock=3), quantity=quantity)


def given_back(order: Order, amount: int, key: str = "press") -> Bill:
    asked = refunding.amount(
        order, amount, key=key, by=make.person(), at=make.NOON, reason="Came late"
    )
    moving.make(asked, at=make.NOON)
    return Bill.objects.whole().filter(kind=BillKind.CREDIT).latest("pk")


def numbers(shop: Merchant, kind: BillKind) -> list[int]:
    return list(Bill.objects.issued_by(shop).filter(kind=kind).values_list("number", flat=True))


def test_each_shop_counts_what_it_hands_over_and_what_it_gives_back() -> None:
    shop, other = make.merchant(), make.merchant()
    cancelled = make.purchase(make.variant(make.product(shop), stock=1)).group.orders.get()
    handing_over.cancel(cancelled, by=None, at=make.NOON, reason="")

    orders = [sold(shop), sold(shop), sold(other)]
    given_back(orders[1], 100)
    given_back(orders[0], 100, "another")

    assert numbers(shop, BillKind.INVOICE) == [1, 2]
    assert numbers(other, BillKind.INVOICE) == [1]
    assert numbers(shop, BillKind.CREDIT) == [1, 2]
    assert not cancelled.bills.exists()
    assert [bill.order_id for bill in Bill.objects.filter(kind="credit")] == [
        orders[1].pk,
        orders[0].pk,
    ]


def test_a_bill_says_the_law_s_name_the_lines_and_each_authority() -> None:
    shop = make.merchant("Lamps & Co")
    Application.objects.create(
        merchant=shop,
        by=make.person(),
        legal_name="Lamps and Company LLC",
        street="1 Main Street",
        city="New York",
        region="NY",
        postcode="10001",
    )
    order = sold(shop)
    invoice = Bill.objects.whole().get()

    with override_settings(VITRINE_OPERATOR="Shops of New York Ltd; 2 Broad Street"):
        page = bill_page.of(invoice)

    assert invoice.seller_name == "Lamps and Company LLC"
    assert invoice.seller_address == "1 Main Street, New York, NY, 10001"
    assert [(row.quantity, row.amount_minor) for row in page.rows] == [(2, 4_000), (None, 495)]
    assert [(tax.authority, tax.amount_minor, tax.by) for tax in page.taxes] == [
        ("US-NY", 180, "Shops of New York Ltd")
    ]
    assert page.total_minor == sum(row.amount_minor for row in page.rows) + 180
    credit = bill_page.of(given_back(order, 1_000))
    assert (credit.total_minor, [row.amount_minor for row in credit.rows]) == (1_000, [1_000])
    assert credit.taxes[0].amount_minor == 180 * 1_000 // 4_675


def test_postgres_leaves_no_gap_and_changes_no_bill() -> None:
    order = sold(make.merchant())
    other = make.purchase(make.variant(stock=1)).group.orders.get()
    bill = Bill(merchant=order.merchant, order=other, kind="invoice", number=7, seller_name="X")
    bill.issued_at = make.NOON

    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
        bill.save()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Bill.objects.update(number=9)


@pytest.mark.django_db(transaction=True)
def test_four_dispatches_at_once_take_four_numbers() -> None:
    shop, clerk = make.merchant(), make.person()
    lamp = make.variant(make.product(shop), stock=4)
    orders = [make.purchase(lamp).group.orders.get() for _ in range(4)]

    def send(number: int) -> object:
        key = handing_over.ship(orders[number], Parcel(), by=clerk, at=make.NOON)
        return moving.make(key, at=make.NOON)

    assert len(winners(race(4, send))) == 4
    assert sorted(numbers(shop, BillKind.INVOICE)) == [1, 2, 3, 4]
    assert BillCount.objects.get().last == 4


def test_buyer_and_shop_read_it_and_strangers_do_not() -> None:
    order = sold(make.merchant())
    bill = Bill.objects.get()
    guest, link = Client(), order.group.get_absolute_url()
    guest.get(f"{link}?key={order.group.link_token}")
    clerk, counter = Client(), Client()
    for client, role in ((clerk, Role.FINANCE), (counter, Role.COUNTER)):
        person = make.person()
        make.member(order.merchant, person, role)
        client.force_login(person)
    shop_s = f"/market/{order.merchant.slug}/bills/{bill.public_id}/"

    pages = [guest.get(f"{link}/bills/{bill.public_id}"), clerk.get(shop_s)]
    no_file = guest.get(f"{link}/bills/{bill.public_id}?pdf", headers={"Accept": "text/html"})

    for page in pages:
        assert page.status_code == 200
        assert "Invoice 00001" in page.content.decode()
        assert "$46.75" in page.content.decode()
        assert "Albany" in page.content.decode()
    assert f"bills/{bill.public_id}" in guest.get(link).content.decode()
    assert Client().get(f"{link}/bills/{bill.public_id}").status_code == 404
    assert counter.get(shop_s).status_code == 404
    seen = counter.get(f"/market/{order.merchant.slug}/orders/{order.public_id}/")
    assert seen.status_code == 200
    assert shop_s not in seen.content.decode()
    assert f'href="/market/{order.merchant.slug}/money/"' in pages[1].content.decode()
    if not printing.is_there():
        assert no_file.status_code == 409
        assert "has not installed the extra" in no_file.content.decode()
        with pytest.raises(NoPdf):
            printing.pdf("<p>Hello</p>", css="")
    else:
        assert no_file.content.startswith(b"%PDF")
