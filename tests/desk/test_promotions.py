"""The platform's promotions at the desk: offered, counted, changed, ended, and what they cost."""

import pytest
from django.test import Client

from tests import make
from tests.orders.money import balances
from vitrine.orders import handing_over, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import OrderGroup, Promotion, Voucher

pytestmark = pytest.mark.django_db
HERE = "/desk/promotions/"
FIVE = {"name": "Opening week", "gift": "fixed", "amount_minor": "5.00", "most": ""}


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(make.person(is_staff=True))
    return client


def offer(client: Client, path: str = HERE, **typed: str) -> Promotion:
    """Offer one through the page, as if that had been before all that tests buy."""
    assert client.post(path, typed).status_code == 302
    made = Promotion.objects.latest("pk")
    Promotion.objects.filter(pk=made.pk).update(from_at=make.NOON)
    return made


def read(client: Client, path: str = HERE) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_what_the_platform_takes_off_is_counted_by_promotion(staff: Client) -> None:
    assert "None yet." in read(staff)
    goods, delivery = offer(staff, **FIVE), offer(staff, name="Sent free", gift="delivery")
    assert goods.merchant_id is delivery.merchant_id is None
    lamp = make.variant(stock=9)  # 20.00, and 4.95 for the delivery
    sent, taken_back, waits = (make.purchase(lamp).group for _ in range(3))
    order = sent.orders.get()
    moving.make(handing_over.ship(order, Parcel(), by=make.person(), at=make.NOON), at=make.NOON)
    handing_over.cancel(taken_back.orders.get(), by=None, at=make.NOON, reason="")

    page = read(staff)

    assert "2 orders, $10.00 taken off" in page
    assert "2 orders, $9.90 taken off" in page
    assert balances()["platform:promotions"] == -995  # of the one that has left
    assert '<b class="num figure">$9.95</b>' in page
    kept = OrderGroup.objects.values_list("promotion_on_goods", "promotion_on_delivery")
    assert set(kept) == {(goods.pk, delivery.pk)}
    handing_over.cancel(waits.orders.get(), by=None, at=make.NOON, reason="")
    assert "1 order, $5.00 taken off" in read(staff)


def test_a_shop_s_own_promotion_is_none_of_the_platform_s(staff: Client) -> None:
    lamp, owner = make.variant(stock=9), make.person()
    make.member(lamp.merchant, owner, "owner")  # type: ignore[arg-type]
    mine = offer(staff, **FIVE)
    seller = Client()
    seller.force_login(owner)
    theirs = f"/market/{lamp.merchant.slug}/promotions/"
    shops = offer(seller, theirs, name="Half", gift="percent", percent="50")
    make.purchase(lamp)

    assert "Half" not in read(staff)
    assert "Opening week" not in read(seller, theirs)
    for client, path, other in ((staff, HERE, shops), (seller, theirs, mine)):
        assert client.get(f"{path}{other.public_id}/").status_code == 404
        assert client.post(f"{path}{other.public_id}/end/").status_code == 404
    assert seller.get(HERE).status_code == 404
    assert OrderGroup.objects.get().promotion_on_goods == mine


def test_what_runs_is_changed_and_what_was_bought_keeps_what_it_got(staff: Client) -> None:
    made = offer(staff, **FIVE | {"code": "opening", "most": "50"})
    lamp = make.variant(stock=9)
    before = make.purchase(lamp, voucher="OPENING", shown_total_minor=2_075).group
    path = f"{HERE}{made.public_id}/"
    page = read(staff, path)
    assert 'value="5.00"' in page
    assert 'value="OPENING"' in page

    wrong = staff.post(path, FIVE | {"name": "Second week", "amount_minor": "0"})
    assert wrong.status_code == 422
    assert 'value="Second week"' in wrong.content.decode()
    # What kind it is and its code stay, whatever is sent.
    more = {"amount_minor": "7.00", "gift": "percent", "code": "OTHER", "most": "60"}
    assert staff.post(path, FIVE | more).status_code == 302

    made.refresh_from_db()
    assert (made.gift, made.amount_minor) == ("fixed", 700)
    assert Voucher.objects.values_list("code", "most").get() == ("OPENING", 60)
    after = make.purchase(lamp, voucher="OPENING", shown_total_minor=1_867).group
    assert (before.discount_minor, after.discount_minor) == (500, 700)
    staff.post(f"{path}end/")
    late = staff.post(path, FIVE | {"name": "Too late"})
    assert late.status_code == 422
    assert "This promotion is over." in late.content.decode()
    assert Promotion.objects.get().name == "Opening week"
