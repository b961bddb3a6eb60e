"""The fee is taxed where the merchant is, and the tax goes to its authority."""

from dataclasses import replace

import pytest

from tests import make
from tests.orders.money import balances
from tests.orders.payouts.work import DAY, holds, refunded, shipped, sold
from vitrine.orders import moving
from vitrine.orders.models import FeeTax
from vitrine.sovereignty.cell import CELLS

pytestmark = pytest.mark.django_db


@pytest.fixture
def _in_new_zealand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "us", replace(CELLS["us"], country="NZ"))


def test_no_tax_is_due_on_a_fee_in_the_united_states() -> None:
    sold(make.merchant(), 10_000)

    assert balances()["platform:fees"] == 600
    assert not FeeTax.objects.exists()


@pytest.mark.usefixtures("_in_new_zealand")
def test_the_tax_on_the_fee_is_the_merchants_to_pay_and_the_authoritys_to_get(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop = make.merchant()
    with monkeypatch.context() as at_checkout:
        at_checkout.setitem(CELLS, "us", replace(CELLS["us"], country="US"))
        thing = make.variant(make.product(shop), stock=1, price_minor=10_000)
        order = make.purchase(thing).group.orders.get()
    expected = moving.merchant_share(order)

    shipped(order)
    share = moving.share_of(order)

    tax = FeeTax.objects.get()
    assert (tax.authority, tax.amount_minor) == ("NZ", 90)
    assert balances()["tax:NZ"] == 90
    assert holds(shop) == {"pending": expected} == {"pending": 10_495 - 600 - 90}
    assert (share.fee_minor, share.fee_tax_minor, share.left_minor) == (600, 90, expected)

    order.refresh_from_db()
    refunded(order, at=make.NOON + DAY)
    assert {code: cents for code, cents in balances().items() if cents} == {}
