"""Money is posted once, sums to zero, and is never changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from vitrine.ledger import invariants, posting
from vitrine.ledger.models import Account, Posting, Transfer

pytestmark = pytest.mark.django_db
ORDER = posting.Reason("order", "us_1")


def post(key: str = "sale:1", **legs: int) -> Transfer:
    return posting.post(key=key, legs=legs, currency="USD", reason=ORDER, at=make.NOON)


def balances() -> dict[str, int]:
    return {account.code: account.balance_minor() for account in Account.objects.all()}


def test_a_transfer_moves_money_between_accounts() -> None:
    post(buyer=-1_000, seller=940, fees=60)

    assert balances() == {"buyer": -1_000, "seller": 940, "fees": 60}


def test_the_same_key_with_the_same_money_moves_it_once() -> None:
    first = post(buyer=-1_000, seller=1_000)

    second = post(buyer=-1_000, seller=1_000)

    assert second.pk == first.pk
    assert balances() == {"buyer": -1_000, "seller": 1_000}


def test_the_same_key_with_other_money_is_refused_and_changes_nothing() -> None:
    post(buyer=-1_000, seller=1_000)

    with pytest.raises(posting.KeyReused):
        post(buyer=-2_000, seller=2_000)

    assert balances() == {"buyer": -1_000, "seller": 1_000}


@pytest.mark.parametrize("legs", [{"a": 1}, {"a": 1, "b": -2}, {}, {"a": 0, "b": 0}])
def test_legs_that_do_not_sum_to_zero_are_no_transfer(legs: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        posting.post(key="k", legs=legs, currency="USD", reason=ORDER, at=make.NOON)

    assert not Transfer.objects.exists()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=8))
def test_any_balanced_transfer_keeps_the_ledger_at_zero(amounts: list[int]) -> None:
    legs = {f"account{i}": amount for i, amount in enumerate(amounts)}
    legs["rest"] = -sum(amounts)
    if any(legs.values()):
        with transaction.atomic():
            post(key=f"key:{amounts}"[:120], **legs)

    assert sum(balances().values()) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: Posting.objects.update(amount_minor=7),
        lambda: Posting.objects.all().delete(),
        lambda: Transfer.objects.update(key="other"),
        lambda: _execute("DELETE FROM ledger_transfer"),
    ],
    ids=["update posting", "delete posting", "update transfer", "delete transfer"],
)
def test_the_database_refuses_to_change_what_is_posted(change: Callable[[], Any]) -> None:
    post(buyer=-1_000, seller=1_000)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        change()

    assert balances() == {"buyer": -1_000, "seller": 1_000}


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_money_from_nowhere() -> None:
    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
        _one_sided("bare", currency="USD")
    with pytest.raises(IntegrityError, match="has no postings"), transaction.atomic():
        _transfer("empty")

    assert not Transfer.objects.exists()


def test_the_database_refuses_a_posting_in_a_currency_that_is_not_the_account_s() -> None:
    with pytest.raises(IntegrityError, match="in_currency"):
        _one_sided("mixed", currency="CAD")


def test_the_check_finds_a_transfer_that_does_not_sum_to_zero() -> None:
    post(buyer=-1_000, seller=1_000)
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    _execute("SET CONSTRAINTS ALL DEFERRED")
    _execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
    Posting.objects.filter(amount_minor=1_000).update(amount_minor=1_001)

    finding = invariants.transfers_sum_to_zero()
    guards = invariants.postings_are_pure_and_guarded()

    assert finding.violations == ["transfer sale:1 is off by 1 USD"]
    assert "the trigger ledger_posting_append_only is missing" in guards.violations


def _transfer(key: str) -> Transfer:
    return Transfer.objects.create(
        key=key, digest=bytes(32), reason_kind="order", reason_id="us_1", at=make.NOON
    )


def _one_sided(key: str, *, currency: str) -> None:
    account = Account.objects.create(code="a", currency="USD", opened_at=make.NOON)
    Posting.objects.create(
        transfer=_transfer(key), account=account, currency=currency, amount_minor=5
    )


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
