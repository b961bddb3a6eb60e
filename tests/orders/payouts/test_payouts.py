"""Payouts: made once, in the open, and guarded by the database itself."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.orders.payouts.work import DAY, agreed, banked, holds, payee, refunded, sold
from vitrine.catalog.models import Merchant
from vitrine.ledger import posting
from vitrine.ledger.accounts import creator
from vitrine.ledger.posting import KeyReused, Reason
from vitrine.orders.models import (
    BankAccount,
    Clawback,
    Holdback,
    Payout,
    PayoutFile,
    PayoutState,
    PayoutTerms,
    Release,
)
from vitrine.orders.payouts import clawing_back, paying, planning, releasing, terms
from vitrine.orders.payouts import invariants as asked

pytestmark = pytest.mark.django_db
TURN = date(2026, 11, 20)


@pytest.fixture
def shop(db: None) -> Merchant:
    """Make a shop with a bank account, without a return window, whose turn it is."""
    made = make.merchant()
    agreed(made, return_days=0, next_on=TURN)
    banked(made, at=make.NOON - 2 * DAY)
    return made


def planned(shop: Merchant, cents: int = 10_000) -> Payout:
    sold(shop, cents)
    releasing.release_due(at=make.NOON)
    (payout,) = planning.plan_due(at=make.NOON)
    return payout


def commit() -> None:
    """Have judged what is judged at a commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_money_is_pending_until_the_window_that_was_agreed_when_it_was_sold(shop: Merchant) -> None:
    agreed(shop, return_days=30)
    sold(shop, 10_000)
    agreed(shop, return_days=1)

    releasing.release_due(at=make.NOON + 29 * DAY)
    assert holds(shop) == {"pending": 9_895}
    releasing.release_due(at=make.NOON + 30 * DAY)
    assert holds(shop) == {"available": 9_895}


def test_a_release_runs_once_and_says_what_it_was(shop: Merchant) -> None:
    sold(shop, 10_000)
    release = Release.objects.get()

    for _ in range(2):
        releasing.release(release.pk, at=make.NOON)

    release.refresh_from_db()
    assert (release.amount_minor, release.released_at) == (9_895, make.NOON)
    assert holds(shop) == {"available": 9_895}


def test_a_capture_that_an_older_process_made_is_planned_later(shop: Merchant) -> None:
    sold(shop, 10_000)
    commit()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_release DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM orders_release")

    releasing.release_due(at=make.NOON)

    assert holds(shop) == {"available": 9_895}


def test_a_reserve_is_freed_when_its_time_is_over(shop: Merchant) -> None:
    agreed(shop, reserve_percent=25, reserve_days=90)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)
    assert holds(shop) == {"available": 7_422, "reserve": 2_473}

    releasing.release_due(at=make.NOON + 89 * DAY)
    assert Holdback.objects.held().count() == 1
    releasing.release_due(at=make.NOON + 90 * DAY)

    assert holds(shop) == {"available": 9_895}


def test_too_little_waits_for_the_next_turn_and_too_early_for_the_first(shop: Merchant) -> None:
    agreed(shop, minimum_minor=20_000)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)

    assert planning.plan_due(at=make.NOON) == []

    found = PayoutTerms.objects.get()
    assert found.next_on == date(2026, 11, 23)
    assert planning.plan_due(at=make.NOON + DAY) == []


def test_without_a_bank_account_the_turn_waits() -> None:
    shop = make.merchant()
    agreed(shop, return_days=0, next_on=TURN)
    sold(shop, 10_000)
    releasing.release_due(at=make.NOON)

    assert planning.plan_due(at=make.NOON) == []
    banked(shop, at=make.NOON)
    assert planning.plan_due(at=make.NOON) == []
    (payout,) = planning.plan_due(at=make.NOON + DAY)

    assert payout.amount_minor == 9_895


def test_a_payout_that_was_paid_may_still_come_back(shop: Merchant) -> None:
    payout = planned(shop)
    paying.send(payout, at=make.NOON)
    paying.confirm(payout, at=make.NOON)

    paying.bounce(payout, reason="Closed", at=make.NOON + 3 * DAY)

    commit()
    assert holds(shop) == {"available": 9_895}
    assert BankAccount.objects.get().refused_at == make.NOON + 3 * DAY
    assert asked.payouts_add_up().violations == []


def test_what_went_by_file_counts_as_paid_after_days_without_word(shop: Merchant) -> None:
    payout = planned(shop)
    by = make.person()
    file = PayoutFile.objects.create(number=1, format="nacha", at=make.NOON, by=by)
    paying.send(payout, at=make.NOON, file=file)

    paying.confirm_cleared(at=make.NOON + timedelta(days=3))
    assert Payout.objects.get().state == PayoutState.SENT
    paying.confirm_cleared(at=make.NOON + timedelta(days=4))

    assert Payout.objects.get().state == PayoutState.PAID


@pytest.mark.parametrize(
    "act",
    [
        lambda one: paying.send(one, at=make.NOON),
        lambda one: paying.confirm(one, at=make.NOON),
        lambda one: paying.bounce(one, reason="x", at=make.NOON),
    ],
)
def test_what_came_back_is_over(shop: Merchant, act: Any) -> None:
    payout = planned(shop)
    paying.bounce(payout, reason="Closed", at=make.NOON)

    with pytest.raises(paying.NotThere):
        act(payout)

    assert holds(shop) == {"available": 9_895}


def test_a_clawback_is_taken_once_and_never_with_another_amount(shop: Merchant) -> None:
    said: dict[str, Any] = {
        "key": "d:1",
        "provider": "sandbox",
        "currency": "USD",
        "reason": "x",
        "amount_minor": 700,
        "fee_minor": 50,
        "at": make.NOON,
    }
    for _ in range(2):
        clawing_back.claw_back(payee(shop), **said)

    with pytest.raises(KeyReused), transaction.atomic():
        clawing_back.claw_back(payee(shop), **said | {"amount_minor": 701})
    commit()

    assert holds(shop) == {"available": -750}
    assert Clawback.objects.count() == 1


def test_a_creator_has_accounts_and_terms_like_a_merchant() -> None:
    who = creator(make.person().public_id)

    found = terms.of(who, at=make.NOON)

    assert (found.payee, found.next_on) == (who, date(2026, 11, 23))
    assert who.available == f"creator:{who.public_id}:available"


def test_the_database_refuses_money_that_moves_for_no_payout(shop: Merchant) -> None:
    payout = planned(shop)
    commit()

    def move(key: str, cents: int, reason: Reason) -> None:
        legs = {payee(shop).available: -cents, "provider:sandbox": cents}
        with transaction.atomic():
            posting.post(key=key, legs=legs, currency="USD", reason=reason, at=make.NOON)
            commit()

    with pytest.raises(IntegrityError, match="has no reason"):
        move("x", 5, Reason("payout", payout.public_id))
    with pytest.raises(IntegrityError, match="has no reason"):
        move(f"paid:{payout.public_id}", 9_895, Reason("payout", payout.public_id))
    with pytest.raises(IntegrityError, match="has no reason"):
        move("free", 5, Reason("reserve", "us_1"))

    @transaction.atomic
    def claim_paid() -> None:
        Payout.objects.update(state="paid", paid_at=make.NOON, source="bank:operating")
        commit()

    paying.send(payout, at=make.NOON)
    with pytest.raises(IntegrityError, match="was not posted"):
        claim_paid()


@pytest.mark.parametrize(
    "change, why",
    [
        ({"amount_minor": 1}, "frozen"),
        ({"state": "paid", "sent_at": make.NOON}, "no such step"),
        ({"state": "sent"}, "payout_state"),
    ],
)
def test_the_database_refuses_a_payout_that_changes_its_mind(
    shop: Merchant, change: dict[str, Any], why: str
) -> None:
    planned(shop)

    with pytest.raises(IntegrityError, match=why), transaction.atomic():
        Payout.objects.update(**change)


def test_the_check_sees_money_that_is_not_where_a_payout_says(shop: Merchant) -> None:
    payout = planned(shop)
    commit()
    with connection.cursor() as cursor:
        for table in ("payout", "release"):
            cursor.execute(f"ALTER TABLE orders_{table} DISABLE TRIGGER USER")
    Payout.objects.update(state="bounced", bounced_at=make.NOON)
    Release.objects.update(amount_minor=9_896)

    assert asked.payouts_add_up().violations == [
        f"payout {payout.public_id} is bounced, and its money is elsewhere"
    ]
    key = Release.objects.get().key
    assert asked.releases_add_up().violations == [f"the {key} is of more than was sold"]


def test_a_refund_on_its_way_while_its_sale_is_released_comes_out_of_what_is_available(
    shop: Merchant,
) -> None:
    order = sold(shop, 10_000)
    releasing.release_due(at=make.NOON)

    refunded(order, at=make.NOON)

    assert holds(shop) == {}
    assert releasing.pending_of(order) == {payee(shop).pending: 0}
