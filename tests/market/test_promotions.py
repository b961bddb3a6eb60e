"""The page of a shop's promotions: offered, refused with what was typed, ended."""

import pytest
from django.test import Client

from tests.market.selling import url
from vitrine.catalog.models import Merchant
from vitrine.orders.models import Promotion, Voucher

pytestmark = pytest.mark.django_db
TEN = {"name": "Ten off", "gift": "percent", "percent": "10", "code": "ten-10", "most": "50"}


def test_a_promotion_with_a_code_is_offered_and_ended(client: Client, shop: Merchant) -> None:
    client.post(url("promotions", shop), TEN)
    made = Promotion.objects.get()
    page = client.get(url("promotions", shop)).content.decode()
    client.post(url("promotion_end", shop, made.public_id))
    made.refresh_from_db()

    voucher = Voucher.objects.get()
    assert (made.merchant, made.percent, made.by_code) == (shop, 10, True)
    assert (voucher.code, voucher.most, voucher.most_each) == ("TEN-10", 50, None)
    assert "TEN-10" in page
    assert made.ended_at is not None


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"percent": ""}, "This is needed."),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"percent": "-5"}, "greater than or equal to 1"),
        ({"gift": "fixed", "amount_minor": "0"}, "This is needed."),
        ({"gift": "fixed", "amount_minor": "1.999"}, "has more"),
        ({"gift": "fixed", "amount_minor": "99999999999999"}, "too large"),
        ({"gift": "buy_x", "buy": "2"}, "This is needed."),
        ({"gift": "parrot"}, "parrot"),
        ({"code": "a b"}, "Use 3 to 30 letters"),
        ({"code": ""}, "Uses are counted by code"),
        ({"until_on": "2020-01-01"}, "This day is over."),
        ({"until_on": "9999-12-31"}, "Choose a year from 1900 to 2199."),
    ],
)
def test_what_cannot_be_is_refused_and_stays_typed(
    client: Client, shop: Merchant, wrong: dict[str, str], said: str
) -> None:
    answer = client.post(url("promotions", shop), TEN | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="Ten off"' in page
    assert not Promotion.objects.exists()


def test_a_code_that_is_taken_is_said_beside_it(client: Client, shop: Merchant) -> None:
    client.post(url("promotions", shop), TEN)

    answer = client.post(url("promotions", shop), TEN | {"name": "Again"})

    assert answer.status_code == 422
    assert "You have used this code before." in answer.content.decode()
    assert Promotion.objects.count() == 1


def test_a_shop_changes_what_runs_until_a_day(client: Client, shop: Merchant) -> None:
    client.post(url("promotions", shop), TEN)
    made = Promotion.objects.get()
    path = url("promotion", shop, made.public_id)
    assert 'value="Ten off"' in client.get(path).content.decode()

    client.post(path, TEN | {"percent": "15", "until_on": "2099-12-31"})

    page = client.get(url("promotions", shop)).content.decode()
    assert "15% off" in page
    assert "until the end of Thu, Dec 31" in page
    assert 'value="2099-12-31"' in client.get(path).content.decode()
