"""What the books say is added up again by somebody else's tool."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization
from beancount.core.data import Transaction

from tests import make
from tests.ledger.books import post, reasons_set_aside, without_reasons
from vitrine.ledger import chain, export
from vitrine.ledger.models import Account
from vitrine.ops import bookkeeping
from vitrine.ops.trouble import Trouble

with_books = pytest.mark.usefixtures("_books")


@pytest.fixture
def _books(db: None) -> None:
    without_reasons()
    fill()


def fill() -> None:
    """Post a sale, its release, costs, one in another currency and one late in the evening."""
    shop = "merchant:us_01JD0000000000000000000000"
    sale = {"provider:sandbox": -10_860, f"{shop}:pending": 9_400, "platform:fees": 600}
    post("sale:1", sale | {"tax:US-NY": 860})
    post('odd "key" \\', {f"{shop}:pending": -9_400, f"{shop}:available": 9_400})
    post("costs", {"provider:sandbox": 345, "platform:costs:providers": -345})
    post("canada", {"provider:sandbox": -1_000, f"{shop}:pending": 1_000}, currency="CAD")
    # Already the 22nd in the world, still the 21st in New York.
    late = datetime(2026, 11, 22, 3, tzinfo=UTC)
    post("late", {"provider:x": -1, "tax:US-NY": 1}, at=late)
    chain.seal(at=make.NOON)


def added_up(text: str) -> dict[tuple[str, str], int]:
    """Have beancount read the text, and return every balance as we would write it."""
    entries, errors, _options = loader.load_string(text)
    assert errors == []
    found = {}
    root = realization.realize(entries)  # type: ignore[no-untyped-call]
    for account in realization.iter_children(root):  # type: ignore[no-untyped-call]
        for position in account.balance:
            number, currency = position.units
            cents = -number * 100
            assert cents == cents.to_integral_value()
            found[account.account, currency] = int(cents)
    return found


@with_books
def test_beancount_comes_to_the_same_balances_to_the_cent() -> None:
    text = "\n".join(export.beancount(until=date(2026, 11, 30), currencies=["CAD", "USD"]))

    ours = {
        (export.name(account.code), account.currency): account.balance_minor()
        for account in Account.objects.all()
    }
    assert added_up(text) == {key: balance for key, balance in ours.items() if balance}
    assert chain.last() is not None
    assert bytes(chain.last().hash).hex() in text  # type: ignore[union-attr]


@with_books
def test_a_wrong_cent_makes_beancount_complain() -> None:
    text = "\n".join(export.beancount(until=date(2026, 11, 30), currencies=["USD"]))

    _entries, errors, _options = loader.load_string(text.replace("108.60", "108.61"))

    assert errors


@with_books
def test_the_export_ends_before_the_day_and_keeps_to_the_currency() -> None:
    of_day = "\n".join(export.beancount(until=date(2026, 11, 21), currencies=["USD"]))
    next_day = "\n".join(export.beancount(until=date(2026, 11, 22), currencies=["USD"]))

    assert ("Assets:Provider:X", "USD") not in added_up(of_day)
    assert added_up(next_day)["Assets:Provider:X", "USD"] == -1
    assert "CAD" not in next_day


@with_books
def test_what_is_paid_by_whom_and_why_is_in_each_entry() -> None:
    text = "\n".join(export.beancount(until=date(2026, 11, 21), currencies=["USD"]))

    entries, _errors, _options = loader.load_string(text)

    paid = [entry for entry in entries if isinstance(entry, Transaction)]
    assert [entry.narration for entry in paid] == ["sale:1", 'odd "key" \\', "costs"]
    assert (
        paid[0].postings[0].account == "Liabilities:Merchant:Us-01JD0000000000000000000000:Pending"
    )
    assert paid[0].meta["reason"] == "us_1"


@with_books
def test_two_accounts_never_become_one() -> None:
    post("odd", {"tax:a b": 1, "tax:a-b": -1})

    with pytest.raises(ValueError, match="same name"):
        list(export.beancount(until=date(2026, 11, 21), currencies=["USD"]))


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_file(tmp_path: Path) -> None:
    file = tmp_path / "books.beancount"

    with reasons_set_aside():
        fill()
        bookkeeping.export(until=None, currency="usd", out=file)

        assert "; The ledger of the cell us" in file.read_text()
        with pytest.raises(Trouble, match="no currency 'EUR'"):
            bookkeeping.export(until=None, currency="EUR", out=file)
