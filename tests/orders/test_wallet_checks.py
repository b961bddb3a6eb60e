"""The check of wallets sees what it is for: shown a breach, it finds it."""

import re

import pytest
from django.db import connection

from tests.orders.cards import LATER
from tests.orders.deposits import HUNDRED, paid, returning, sound, wallet
from vitrine.orders import wallets
from vitrine.orders.charges import moving
from vitrine.orders.deposits import giving_back, invariants
from vitrine.orders.payment import sandbox

pytestmark = pytest.mark.django_db

BREACHES = [
    ("UPDATE orders_wallet SET put_minor = put_minor + 1", "does not hold what its deposits"),
    ("UPDATE orders_depositmove SET amount_minor = amount_minor + 1", "and the ledger disagree"),
    ("UPDATE orders_deposit SET state = 'refunded' WHERE state = 'paid'", "its moves say other"),
    (
        "UPDATE orders_depositmove SET state = 'refused', number = NULL "
        "WHERE kind = 'refund' AND state = 'done'",
        "and the ledger disagree",
    ),
    ("UPDATE orders_depositmove SET number = number + 1 WHERE number = 2", "have a gap"),
    ("UPDATE sandbox_bank_charge SET outcome = 'declined'", "and the test bank disagree"),
    ("UPDATE orders_wallet SET public_id = 'us_other'", "is of no wallet"),
    ("UPDATE orders_deposit SET amount_minor = amount_minor + 1", "the deposit .* its moves say"),
]


@pytest.mark.parametrize("breach, said", BREACHES)
def test_a_breach_that_no_guard_stopped_is_found(breach: str, said: str) -> None:
    mine = wallet()
    for _ in range(2):
        paid(mine)
    paid(mine, token=sandbox.DECLINES)
    assert wallets.hold(mine.pk, 7)
    for key in giving_back.give_back(returning(mine, HUNDRED), at=LATER):
        moving.make(key, at=LATER)
    giving_back.give_back(returning(mine, 100, "asked"), at=LATER)
    assert sound()

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("wallet", "deposit", "depositmove"):
            cursor.execute(f"ALTER TABLE orders_{table} DISABLE TRIGGER USER")
        cursor.execute(breach)

    found = invariants.wallets_are_funded().violations
    assert any(re.search(said, line) for line in found), found
