"""The checks see what they are for: each is shown a breach, and finds it."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from vitrine.kernel.invariants import Finding
from vitrine.orders import handing_over, invariants, moving, purse_invariants, purses
from vitrine.orders.covering import Wish
from vitrine.orders.handing_over import Parcel
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db

CHECKS = [
    invariants.one_charge_per_purchase,
    invariants.orders_add_up,
    invariants.money_has_its_reason,
    invariants.reserved_is_what_is_held,
    purse_invariants.purses_add_up,
    invariants.reservations_end,
]

BREACHES = [
    (purse_invariants.purses_add_up, "UPDATE orders_tender SET amount_minor = amount_minor + 1"),
    (purse_invariants.purses_add_up, "UPDATE orders_pursestep SET amount_minor = 2"),
    (invariants.one_charge_per_purchase, "UPDATE orders_ordergroup SET total_minor = 1"),
    (
        invariants.one_charge_per_purchase,
        "UPDATE orders_payment SET state = 'declined' WHERE state = 'authorised'",
    ),
    (invariants.orders_add_up, "UPDATE orders_ordergroup SET goods_minor = goods_minor + 1"),
    (invariants.orders_add_up, "UPDATE orders_ordertax SET amount_minor = amount_minor + 1"),
    (
        invariants.orders_add_up,
        "UPDATE orders_orderline SET quantity = 2, goods_minor = unit_minor * 2",
    ),
    (
        invariants.money_has_its_reason,
        "UPDATE orders_paymentmove SET state = 'asked', settled_at = NULL",
    ),
    (invariants.money_has_its_reason, "UPDATE orders_paymentmove SET amount_minor = 7"),
    (invariants.money_has_its_reason, "UPDATE orders_refund SET amount_minor = amount_minor + 1"),
    (
        invariants.money_has_its_reason,
        "DELETE FROM orders_bill; DELETE FROM orders_refundline; DELETE FROM orders_refund; "
        "DELETE FROM orders_paymentmove WHERE kind = 'refund'",
    ),
    (invariants.money_has_its_reason, "TRUNCATE orders_paymentmove CASCADE"),
    (
        invariants.money_has_its_reason,
        "UPDATE orders_order SET state = 'shipped' WHERE state = 'cancelled'",
    ),
    (invariants.reserved_is_what_is_held, "UPDATE orders_reservation SET quantity = 2"),
    (
        invariants.reserved_is_what_is_held,
        "UPDATE orders_reservation SET state = 'bought', ended_at = NULL WHERE state = 'sold'",
    ),
    (
        invariants.reservations_end,
        "UPDATE orders_reservation SET state = 'held' WHERE state = 'bought'",
    ),
]
"""What the database refuses, and what the checks see nevertheless where its guards were off."""

ODDITIES = [
    (invariants.one_charge_per_purchase, "UPDATE sandbox_bank_charge SET key = key || '?'"),
    (invariants.money_has_its_reason, "UPDATE sandbox_bank_move SET key = key || '?'"),
    (invariants.reserved_is_what_is_held, "UPDATE catalog_stock SET reserved = reserved + 1"),
    (
        invariants.reservations_end,
        "UPDATE orders_reservation SET state = 'released', ended_at = now() WHERE state = 'bought'",
    ),
]
"""What one row cannot show, and the checks see."""

AT_COMMIT = [
    (
        "UPDATE orders_payment SET captured_minor = amount_minor "
        "WHERE captured_minor + voided_minor = 0 AND state = 'authorised'",
        "is not the sum of its moves",
    ),
    (
        "INSERT INTO orders_paymentmove (public_id, home_cell, payment_id, order_id, key, kind, "
        "amount_minor, state, reason, asked_at, settled_at) SELECT 'us_m', 'us', p.id, o.id, 'm', "
        "'capture', 1, 'done', '', now(), now() FROM orders_payment p "
        "JOIN orders_order o ON o.group_id = p.group_id LIMIT 1",
        "was not posted",
    ),
    (
        "WITH gift AS (INSERT INTO ledger_transfer (public_id, home_cell, key, digest, "
        "reason_kind, reason_id, legs, at) VALUES ('us_t', 'us', 'gift', '', 'gift', 'us_x', 2, "
        "now()) RETURNING id) INSERT INTO ledger_posting (home_cell, transfer_id, account_id, "
        "currency, amount_minor) SELECT 'us', gift.id, a.id, a.currency, side FROM gift, "
        "ledger_account a, (VALUES (5), (-5)) AS sides (side) WHERE a.code = 'provider:sandbox'",
        "has no reason",
    ),
    (
        "INSERT INTO orders_ordertax (home_cell, order_id, authority, name, amount_minor) "
        "SELECT 'us', id, 'XX', 'More tax', 1 FROM orders_order LIMIT 1",
        "is not the sum of its lines and taxes",
    ),
    (
        "INSERT INTO orders_ordergroup (public_id, home_cell, key, digest, link_token, email, name,"
        " line1, line2, city, region, postcode, phone, currency, goods_minor, delivery_minor, "
        "tax_minor, total_minor, state, failure, created_at, expires_at) VALUES ('us_g', 'us', "
        "'k', '', 't', '', '', '', '', '', '', '', '', 'USD', 0, 0, 0, 0, 'held', '', now(), "
        "now())",
        "is not the sum of its orders",
    ),
]
"""What the database refuses once the transaction ends."""


def a_bit_of_everything() -> None:
    """One order placed, one shipped, one cancelled, one refunded, one declined, one waiting."""
    lamp, clerk = make.variant(stock=20), make.person()
    make.purchase(lamp)
    make.purchase(lamp, token=sandbox.DECLINES)
    _, code = purses.issue(9000, key="card", merchant=None, by=clerk, at=make.NOON)
    make.purchase(lamp, wish=Wish((code,), who="v_x"), shown_asked_minor=0)
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
def test_a_breach_is_refused_and_where_the_guards_are_off_found(
    check: Callable[[], Finding], breach: str
) -> None:
    a_bit_of_everything()
    _execute("SET CONSTRAINTS ALL IMMEDIATE", "SET LOCAL vitrine.throw_away = 'off'")

    with (
        pytest.raises(IntegrityError, match=r"frozen|no such step|never|append-only"),
        transaction.atomic(),
    ):
        _execute(breach)
    assert not check().violations

    _execute(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in _tables()), breach)
    assert check().violations


@pytest.mark.parametrize("check, oddity", ODDITIES)
def test_what_no_guard_sees_is_found(check: Callable[[], Finding], oddity: str) -> None:
    a_bit_of_everything()

    _execute(oddity)

    assert check().violations


@pytest.mark.parametrize("breach, sentence", AT_COMMIT)
def test_what_does_not_add_up_is_never_committed(breach: str, sentence: str) -> None:
    a_bit_of_everything()
    _execute("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")

    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        _execute(breach, "SET CONSTRAINTS ALL IMMEDIATE")


def test_a_guard_that_was_switched_off_is_found() -> None:
    assert invariants.guards_stand().violations == []

    _execute("ALTER TABLE orders_payment DISABLE TRIGGER orders_payment_frozen")

    assert invariants.guards_stand().violations == ["the guard orders_payment_frozen is missing"]


def test_a_hold_that_outlived_its_time_is_found() -> None:
    make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)  # at NOON, days ago

    assert len(invariants.reservations_end().violations) == 1


def _tables() -> list[str]:
    return [table for table in connection.introspection.table_names() if table.startswith("orders")]


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
