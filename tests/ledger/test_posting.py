"""Money is posted once, sums to zero, and is never changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.ledger.books import without_reasons
from vitrine.ledger import invariants, posting
from vitrine.ledger.models import Account, Posting, Transfer

pytestmark = pytest.mark.django_db
ORDER = posting.Reason("order", "us_1")


@pytest.fixture(autouse=True)
def _without_reasons(db: None) -> None:
    """Set aside the rule that money moves for an order: it is the orders' own, and tested there."""
    without_reasons()


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


def test_the_database_refuses_money_from_nowhere() -> None:
    with pytest.raises(IntegrityError, match="does not sum to zero"), at_commit():
        _postings(_transfer("bare"), {"a": 5, "b": -4})
    with pytest.raises(IntegrityError, match="has 0 of its 2 postings"), at_commit():
        _transfer("empty")
    with pytest.raises(IntegrityError, match="transfer_has_two_sides"), at_commit():
        _transfer("of nothing", legs=0)


def test_the_database_refuses_to_add_to_a_transfer_that_was_made() -> None:
    made = post(buyer=-1_000, seller=1_000)

    with pytest.raises(IntegrityError, match="has 4 of its 2 postings"), at_commit():
        _postings(made, {"a": 5, "b": -5})


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_posting"])
def test_the_database_refuses_to_empty_the_books(table: str) -> None:
    post(buyer=-1_000, seller=1_000)
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    _execute("SET LOCAL vitrine.throw_away = 'off'")

    with pytest.raises(IntegrityError, match="never emptied"):
        _execute(f"TRUNCATE {table} CASCADE")


def test_the_database_refuses_a_posting_in_a_currency_that_is_not_the_account_s() -> None:
    with pytest.raises(IntegrityError, match="in_currency"):
        _postings(_transfer("mixed"), {"a": 5}, currency="CAD")


def test_the_check_finds_a_transfer_that_does_not_sum_to_zero() -> None:
    post(buyer=-1_000, seller=1_000)
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    _execute("SET CONSTRAINTS ALL DEFERRED")
    _execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
    Posting.objects.filter(amount_minor=1_000).update(amount_minor=1_001)

    finding = invariants.transfers_sum_to_zero()
    guards = invariants.postings_are_pure_and_guarded()

    assert finding.violations == ["transfer sale:1 is off by 1 USD"]
    assert "the guard ledger_posting_append_only is missing" in guards.violations


@contextmanager
def at_commit() -> Iterator[None]:
    """Do something in a savepoint, and have judged what is judged at a commit."""
    with transaction.atomic():
        yield
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        _execute("SET CONSTRAINTS ALL DEFERRED")


def _transfer(key: str, *, legs: int = 2) -> Transfer:
    return Transfer.objects.create(
        key=key, digest=bytes(32), reason_kind="order", reason_id="us_1", legs=legs, at=make.NOON
    )


def _postings(transfer: Transfer, legs: dict[str, int], *, currency: str = "USD") -> None:
    accounts = posting.open_accounts(sorted(legs), currency="USD", at=make.NOON)
    Posting.objects.bulk_create(
        Posting(
            transfer=transfer, account_id=accounts[code], currency=currency, amount_minor=amount
        )
        for code, amount in legs.items()
    )


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
