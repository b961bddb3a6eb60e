"""Days are closed: balances cost the same after years, and the trial balance sums to zero."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import make
from tests.ledger.books import execute, post, without_reasons
from vitrine.ledger import balances, chain, closing, invariants
from vitrine.ledger.models import Account, ClosedBalance, Closing, TrialLine

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    without_reasons()


def close(day: date = TODAY) -> Closing | None:
    chain.seal(at=make.NOON)
    return closing.close(day, at=make.NOON)


def sale(key: str, cents: int, *, merchant: str = "us_1") -> None:
    legs = {"provider:sandbox": -cents, f"merchant:{merchant}:pending": cents - 60}
    post(key, legs | {"platform:fees": 60})


def test_a_closed_day_holds_what_accounts_and_kinds_come_to() -> None:
    sale("sale:1", 1_000)
    sale("sale:2", 2_000, merchant="us_2")
    close()
    sale("sale:3", 5_000)
    close(TODAY + DAY)

    held = dict(
        ClosedBalance.objects.filter(closing__day=TODAY + DAY).values_list(
            "account__code", "balance_minor"
        )
    )
    trial = TrialLine.objects.filter(closing__day=TODAY + DAY)
    assert held == {
        "provider:sandbox": -8_000,
        "merchant:us_1:pending": 5_880,
        "platform:fees": 180,
    }
    assert list(trial.values_list("kind", "in_minor", "out_minor", "balance_minor")) == [
        ("merchant:pending", 4_940, 0, 7_820),
        ("platform:fees", 60, 0, 180),
        ("provider", 0, 5_000, -8_000),
    ]
    assert invariants.closed_days_are_sums().violations == []


def test_a_day_is_closed_once_and_never_after_a_later_one() -> None:
    assert close() is None  # nothing was ever posted
    sale("sale:1", 1_000)
    assert close() is not None

    assert close() is None
    assert close(TODAY - DAY) is None
    assert Closing.objects.count() == 1


def test_what_is_posted_late_is_in_the_next_day_and_in_none_twice() -> None:
    sale("sale:1", 1_000)
    close()
    sale("late", 700)

    assert balances.of(["provider:sandbox", "nobody"], currency="USD") == {
        "provider:sandbox": -1_700,
        "nobody": 0,
    }
    close(TODAY + DAY)
    assert balances.of(["provider:sandbox"], currency="USD") == {"provider:sandbox": -1_700}


def test_a_balance_reads_no_posting_that_a_day_was_closed_with() -> None:
    for number in range(3):
        sale(f"sale:{number}", 1_000)
        close(TODAY + number * DAY)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
    execute("UPDATE ledger_posting SET amount_minor = amount_minor * 10")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = balances.of(["provider:sandbox", "platform:fees"], currency="USD")

    assert found == {"provider:sandbox": -3_000, "platform:fees": 180}
    assert len(asked) == 1


def test_the_check_finds_a_balance_that_is_not_the_sum_of_its_postings() -> None:
    sale("sale:1", 1_000)
    close()
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("closedbalance", "trialline"):
        execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
    ClosedBalance.objects.filter(account__code="platform:fees").update(balance_minor=61)
    TrialLine.objects.filter(kind="platform:fees").update(balance_minor=61)

    assert invariants.closed_days_are_sums().violations == [
        "2026-11-20 was closed with 61 in platform:fees, which is not the sum of its postings",
        "2026-11-20 was closed without what platform:fees holds",
        "the trial balance of 2026-11-20 in USD does not sum to zero",
    ]


def test_the_database_refuses_a_trial_balance_that_does_not_balance() -> None:
    sale("sale:1", 1_000)
    made = close()
    assert made is not None

    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="does not sum to zero"), transaction.atomic():
        TrialLine.objects.create(
            closing=made, currency="USD", kind="x", in_minor=1, out_minor=0, balance_minor=1
        )


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(st.none(), st.integers(-5_000, 5_000)), min_size=1, max_size=12))
def test_balances_are_sums_wherever_days_are_closed(steps: list[int | None]) -> None:
    with transaction.atomic():
        for number, step in enumerate(steps):
            if step is None:
                close(TODAY + number * DAY)
            elif step:
                post(f"step:{number}", a=step, b=-step)
        held = balances.of(["a", "b"], currency="USD")
        sums = {account.code: account.balance_minor() for account in Account.objects.all()}
        transaction.set_rollback(True)

    assert held == {"a": 0, "b": 0} | sums
