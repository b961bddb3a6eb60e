"""Imports at once with one another and with people, and what outlives a crash."""

import contextlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.catalog.bringing import bring, stocked_shop
from tests.catalog.feeding import lamp, shopify
from tests.races import losers, race, winners
from vitrine.catalog import editing, invariants
from vitrine.catalog.editing import ProductDraft, VariantDraft
from vitrine.catalog.models import ImportReport, Product, StockMovement, Variant
from vitrine.safety import filtering

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_the_same_file_imported_twice_at_once_is_imported_once() -> None:
    shop = stocked_shop()
    feed = shopify(*(lamp(f"lamp{number}") for number in range(30)))

    results = race(4, lambda _: bring(shop, feed))

    assert losers(results) == []
    assert len(winners(results)) == 4
    assert Product.objects.count() == 30
    assert StockMovement.objects.count() == 30
    assert invariants.stock_adds_up().violations == []


def test_a_product_is_committed_as_durably_as_everything_else() -> None:
    with CaptureQueriesContext(connection) as captured:
        bring(stocked_shop(), shopify(lamp()))

    assert [one["sql"] for one in captured if "synchronous_commit" in one["sql"]] == []


@pytest.mark.django_db(transaction=True)
def test_an_edit_by_hand_and_an_import_of_the_same_skus_take_turns() -> None:
    shop = stocked_shop()
    feed = shopify(*(lamp(f"lamp{number}") for number in range(20)))
    drafts = [
        ProductDraft("Mine", "", "", "", ("Size",), [VariantDraft("", f"lamp{n}-1", ("S",), 100)])
        for n in range(20)
    ]

    def act(runner: int) -> object:
        if runner == 0:
            return bring(shop, feed)
        saved = []
        for draft in reversed(drafts):
            with contextlib.suppress(editing.SkuInUse):
                saved.append(
                    editing.save(draft, merchant=shop, weigh=filtering.weigh_product, at=make.NOON)
                )
        return saved

    report, saved = race(2, act)

    assert isinstance(report, ImportReport)
    assert isinstance(saved, list)
    assert report.products + len(saved) == 20
    assert report.products + report.refused == 20
    assert Variant.objects.filter(merchant=shop).count() == 20
