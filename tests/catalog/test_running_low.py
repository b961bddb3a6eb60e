"""What runs low is told once, to those whom it concerns."""

from datetime import timedelta

import pytest

from tests import make
from vitrine.accounts.models import Notice
from vitrine.catalog import running_low, stockkeeping
from vitrine.catalog.models import Merchant, Role, Stock

pytestmark = pytest.mark.django_db


def told(shop: Merchant) -> list[str]:
    notices = Notice.objects.filter(kind="low_stock", path__contains=f"/{shop.slug}/")
    return list(notices.order_by("pk").values_list("person__handle", flat=True))


def test_a_shelf_that_runs_low_is_told_once_until_it_was_filled_again() -> None:
    shop = make.merchant(owner=make.person("keeper"))
    for role, handle in ((Role.CATALOGUE, "lister"), (Role.FINANCE, "payer")):
        make.member(shop, make.person(handle), role)
    stock = make.stocked(make.variant(make.product(shop)), 4)
    again = make.NOON + timedelta(hours=1)

    assert running_low.look(at=make.NOON) == 0
    Stock.objects.update(reserved=1)
    assert [running_low.look(at=make.NOON), running_low.look(at=again)] == [1, 0]
    assert told(shop) == ["keeper", "lister"]

    stockkeeping.receive(stock, 5, key="delivery", by=None, at=make.NOON)
    assert running_low.look(at=again) == 0
    Stock.objects.update(reserved=8)
    assert running_low.look(at=again) == 1
    assert told(shop) == ["keeper", "lister", "keeper", "lister"]


def test_a_shelf_has_its_own_figure_and_what_is_not_on_sale_has_none() -> None:
    shop = make.merchant()
    much = make.stocked(make.variant(make.product(shop)), 8)
    few = make.stocked(make.variant(make.product(shop)), 1)
    make.stocked(make.variant(make.product(shop, published_at=None)), 0)
    Stock.objects.filter(pk=much.pk).update(low_at=10)
    Stock.objects.filter(pk=few.pk).update(low_at=0)

    assert list(Stock.objects.low()) == [much]
