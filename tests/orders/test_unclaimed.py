"""A pick-up that nobody collects: reminded once, then free again, and nothing was paid."""

from datetime import timedelta

import pytest

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.work import jobs, run_jobs
from vitrine.accounts.models import Notice
from vitrine.catalog.models import LocationKind, Stock
from vitrine.orders import codes, handing_over, unclaimed
from vitrine.orders.models import Order, OrderState

pytestmark = pytest.mark.django_db

LAST_MORNING = make.NOON + timedelta(days=3)
DAY_AFTER = make.NOON + timedelta(days=4)


def ready(**fields: object) -> Order:
    lamp = make.variant()
    store = make.location(lamp.merchant, LocationKind.STORE, pickup_days=3)
    make.stocked(lamp, 3, at=store)
    order = make.purchase(lamp, store=store, **fields).group.orders.get()
    handing_over.make_ready(order, by=make.person(), at=make.NOON)
    run_jobs()
    return order


def news() -> list[str]:
    return [job["kind"] for job in jobs("send_order_news")]


def test_the_buyer_is_reminded_once_and_then_the_goods_are_free() -> None:
    buyer = make.person()
    order = ready(buyer=buyer)

    unclaimed.sweep(at=make.NOON + timedelta(days=1))
    assert news() == ["ready"]
    unclaimed.sweep(at=LAST_MORNING)
    unclaimed.sweep(at=LAST_MORNING)
    assert news() == ["ready", "reminder"]
    run_jobs()
    unclaimed.sweep(at=DAY_AFTER)
    unclaimed.sweep(at=DAY_AFTER)
    run_jobs()

    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert order.events.latest("pk").kind == "unclaimed"
    assert Stock.objects.get().reserved == 0
    assert at_bank() == {"void": order.total_minor}
    assert balances() == {}
    items = Notice.objects.filter(person=buyer).order_by("pk").values_list("item", flat=True)
    steps = [item.rpartition(":")[2] for item in items]
    assert steps[-2:] == ["reminder", "unclaimed"]


def test_what_was_collected_in_time_stays_collected() -> None:
    order = ready()
    handing_over.collect(order, codes.of_order(order), by=make.person(), at=LAST_MORNING)

    unclaimed.sweep(at=DAY_AFTER)
    run_jobs()

    order.refresh_from_db()
    assert order.state == OrderState.COLLECTED
    assert at_bank() == {"capture": order.total_minor}


def test_it_waits_until_the_end_of_the_stores_last_day() -> None:
    store = make.location(make.merchant(), LocationKind.STORE, pickup_days=2)

    until = handing_over.collect_by(store, make.NOON)

    assert until.isoformat() == "2026-11-23T00:00:00-05:00"
