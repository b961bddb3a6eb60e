"""What a merchant that may not sell puts on sale waits, whoever writes it and in whatever order."""

from datetime import timedelta

import pytest

from tests import make
from tests.catalog.bringing import bring
from tests.catalog.feeding import lamp, shopify
from vitrine.catalog.models import Merchant, Product

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(days=1)


def _state(product: Product) -> tuple[bool, bool]:
    """Tell whether it is on sale, and whether it waits for its merchant."""
    product.refresh_from_db()
    on_sale = Product.objects.on_sale().filter(pk=product.pk).exists()
    assert on_sale == product.is_on_sale
    return on_sale, product.shut_at is not None


def _ware(shop: Merchant) -> Product:
    product = make.product(shop, published_at=None)
    make.variant(product, stock=3)
    return product


def test_what_is_put_on_sale_before_the_approval_goes_on_sale_with_it() -> None:
    shop = make.merchant(approved_at=None)
    wanted, draft = _ware(shop), _ware(shop)

    wanted.publish(at=LATER)
    assert (wanted.is_on_sale, wanted.is_waiting) == (False, True)
    assert _state(wanted) == (False, True)
    shop.approve(at=LATER)

    assert _state(wanted) == (True, False)
    assert _state(draft) == (False, False)
    assert draft.published_at is None


def test_a_suspension_takes_off_sale_what_is_on_sale_and_lifting_it_restores_just_that() -> None:
    shop, other = make.merchant(), make.merchant()
    sold, withdrawn, elsewhere = _ware(shop), _ware(shop), _ware(other)
    for each in (sold, withdrawn, elsewhere):
        each.publish(at=make.NOON)
    withdrawn.withdraw(at=LATER)

    shop.suspend(at=LATER)
    assert [_state(each)[0] for each in (sold, withdrawn, elsewhere)] == [False, False, True]
    late = make.product(shop)
    assert _state(late) == (False, True)
    shop.reinstate()

    assert [_state(each)[0] for each in (sold, withdrawn, late)] == [True, False, True]


def test_a_suspension_and_a_bar_do_not_undo_each_other() -> None:
    shop = make.merchant()
    first, second = _ware(shop), _ware(shop)
    for each in (first, second):
        each.publish(at=make.NOON)

    first.bar(at=LATER)
    shop.suspend(at=LATER + timedelta(hours=1))
    second.bar(at=LATER + timedelta(hours=2))
    first.unbar()
    assert _state(first) == (False, True)
    shop.reinstate()
    assert _state(first) == (True, False)
    assert _state(second) == (False, False)

    second.unbar()
    assert _state(second) == (True, False)


def test_a_merchant_takes_back_what_waits() -> None:
    shop = make.merchant(approved_at=None)
    product = _ware(shop)
    product.publish(at=make.NOON)

    product.withdraw(at=LATER)
    shop.approve(at=LATER)

    assert _state(product) == (False, False)


def test_no_write_puts_a_shut_merchants_product_on_sale() -> None:
    shop = make.merchant()
    product = _ware(shop)
    shop.suspend(at=LATER)

    Product.objects.filter(pk=product.pk).update(published_at=LATER, withdrawn_at=None)
    assert _state(product) == (False, True)
    Product.objects.filter(pk=product.pk).update(shut_at=None, withdrawn_at=None)
    assert _state(product) == (False, True)
    Product.objects.filter(pk=product.pk).update(published_at=None)

    assert _state(product) == (False, False)
    assert product.withdrawn_at is None


def test_an_import_into_a_shop_that_waits_waits_too() -> None:
    shop = make.merchant(approved_at=None)

    feed = shopify(lamp())

    report = bring(shop, feed)
    product = Product.objects.get(merchant=shop)
    again = bring(shop, feed)

    assert (report.products, again.unchanged) == (1, 1)
    assert _state(product) == (False, True)
    assert not again.remarks.filter(message__contains="taken off sale").exists()
