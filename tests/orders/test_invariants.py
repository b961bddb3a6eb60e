"""The checks see what they are for: each is shown a breach, and finds it."""

from collections.abc import Callable

import pytest
from django.db import connection

from tests import make
from vitrine.kernel.invariants import Finding
from vitrine.orders import handing_over, invariants, moving
from vitrine.orders.handing_over import Parcel
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db

CHECKS = [
    invariants.one_charge_per_purchase,
    invariants.orders_add_up,
    invariants.money_has_its_reason,
    invariants.reserved_is_what_is_held,
    invariants.reservations_end,
]

BREACHES = [
    (invariants.one_charge_per_purchase, "UPDATE orders_ordergroup SET total_minor = 1"),
    (invariants.one_charge_per_purchase, "UPDATE orders_payment SET state = 'declined'"),
    (invariants.one_charge_per_purchase, "UPDATE sandbox_bank_charge SET key = key || '?'"),
    (invariants.orders_add_up, "UPDATE orders_ordergroup SET goods_minor = goods_minor + 1"),
    (invariants.orders_add_up, "UPDATE orders_ordertax SET amount_minor = amount_minor + 1"),
    (invariants.orders_add_up, "UPDATE orders_orderline SET unit_minor = unit_minor + 1"),
    (invariants.money_has_its_reason, "UPDATE orders_paymentmove SET state = 'asked'"),
    (invariants.money_has_its_reason, "UPDATE orders_paymentmove SET amount_minor = 7"),
    (
        invariants.money_has_its_reason,
        "UPDATE orders_payment SET captured_minor = amount_minor - voided_minor - 1 "
        "WHERE captured_minor = 0 AND voided_minor = 0",
    ),
    (invariants.money_has_its_reason, "UPDATE orders_order SET state = 'shipped'"),
    (invariants.money_has_its_reason, "UPDATE sandbox_bank_move SET key = key || '?'"),
    (invariants.reserved_is_what_is_held, "UPDATE catalog_stock SET reserved = reserved + 1"),
    (invariants.reserved_is_what_is_held, "UPDATE orders_orderline SET quantity = 9"),
    (invariants.reserved_is_what_is_held, "UPDATE orders_reservation SET state = 'sold'"),
    (invariants.reservations_end, "UPDATE orders_reservation SET state = 'held'"),
    (invariants.reservations_end, "UPDATE orders_reservation SET ended_at = NULL"),
]


def a_bit_of_everything() -> None:
    """One order placed, one shipped, one cancelled, one refunded, one declined, one waiting."""
    lamp, clerk = make.variant(stock=20), make.person()
    make.purchase(lamp)
    make.purchase(lamp, token=sandbox.DECLINES)
    shipped, cancelled, refunded = (make.purchase(lamp).group.orders.get() for _ in range(3))
    for order in (shipped, refunded):
        moving.make(handing_over.ship(order, Parcel(), by=clerk, at=make.NOON), at=make.NOON)
    for key in (
        handing_over.cancel(cancelled, by=None, at=make.NOON, reason=""),
        handing_over.refund(refunded, by=clerk, at=make.NOON, reason=""),
    ):
        moving.make(key, at=make.NOON)


def test_what_the_verbs_leave_behind_is_in_order() -> None:
    a_bit_of_everything()

    findings = [check() for check in CHECKS]

    assert [finding.violations for finding in findings] == [[]] * len(CHECKS)
    assert all(finding.checked > 0 for finding in findings)


@pytest.mark.parametrize("check, breach", BREACHES)
def test_a_breach_is_found(check: Callable[[], Finding], breach: str) -> None:
    a_bit_of_everything()

    with connection.cursor() as cursor:
        cursor.execute(breach)

    assert check().violations


def test_a_hold_that_outlived_its_time_is_found() -> None:
    make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)  # at NOON, days ago

    assert len(invariants.reservations_end().violations) == 1
