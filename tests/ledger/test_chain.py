"""Nobody changes the past unseen."""

import threading

import pytest
from django.db import IntegrityError, transaction

from tests import make, races
from tests.ledger.books import execute, post, reasons_set_aside, without_reasons
from vitrine.ledger import chain, invariants
from vitrine.ledger.models import Posting, Seal, Transfer


@pytest.fixture
def _books(db: None) -> None:
    without_reasons()


@pytest.mark.usefixtures("_books")
def test_each_seal_covers_what_came_since_the_last() -> None:
    post("sale:1", buyer=-1_000, seller=1_000)
    (first,) = chain.seal(at=make.NOON)
    post("sale:2", buyer=-500, seller=500)
    post("sale:3", buyer=-700, seller=700)
    (second,) = chain.seal(at=make.NOON)

    assert (first.number, first.transfers) == (1, 1)
    assert (second.number, second.transfers) == (2, 2)
    assert bytes(second.previous) == bytes(first.hash)
    assert second.after_transfer == first.until_transfer
    assert chain.seal(at=make.NOON) == []
    assert invariants.chain_is_whole().violations == []


@pytest.mark.usefixtures("_books")
def test_what_is_many_is_sealed_in_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "AT_A_TIME", 2)
    for number in range(5):
        post(f"sale:{number}", buyer=-100, seller=100)

    sealed = chain.seal(at=make.NOON)

    assert [seal.transfers for seal in sealed] == [2, 2, 1]
    assert list(chain.breaks()) == []


@pytest.mark.usefixtures("_books")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_posting SET amount_minor = amount_minor * 2",
        "UPDATE ledger_transfer SET reason_id = 'us_2' WHERE key = 'sale:1'",
        "UPDATE ledger_transfer SET at = at + interval '1 day' WHERE key = 'sale:1'",
        "UPDATE ledger_account SET code = 'thief' WHERE code = 'seller'",
        "DELETE FROM ledger_posting WHERE transfer_id = (SELECT min(id) FROM ledger_transfer);"
        "DELETE FROM ledger_transfer WHERE key = 'sale:1'",
    ],
)
def test_a_change_of_the_past_is_seen(change: str) -> None:
    post("sale:1", buyer=-1_000, seller=1_000)
    chain.seal(at=make.NOON)
    post("sale:2", buyer=-500, seller=500)
    chain.seal(at=make.NOON)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("transfer", "posting"):  # as somebody with the keys of the database could
        execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")

    execute(change)

    assert invariants.chain_is_whole().violations[0].startswith("seal 1 ")


@pytest.mark.usefixtures("_books")
def test_a_link_that_was_written_anew_breaks_the_next() -> None:
    for number in (1, 2):
        post(f"sale:{number}", buyer=-1_000, seller=1_000)
        chain.seal(at=make.NOON)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("posting", "seal"):
        execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
    first = Seal.objects.get(number=1)
    Posting.objects.filter(transfer=first.until_transfer).update(currency="USD", amount_minor=7)
    forged = chain.link(chain.GENESIS, list(Transfer.objects.filter(pk__lte=first.until_transfer)))
    Seal.objects.filter(number=1).update(hash=forged)

    assert list(chain.breaks()) == ["seal 2 covers other transfers than it did"]


@pytest.mark.usefixtures("_books")
def test_a_seal_is_never_changed() -> None:
    post(buyer=-1_000, seller=1_000)
    chain.seal(at=make.NOON)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Seal.objects.update(hash=bytes(32))


@pytest.mark.django_db(transaction=True)
def test_who_is_still_writing_is_waited_for_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with reasons_set_aside():
        post("accounts", buyer=-1, seller=1)  # opened first: whoever opens one holds others up
        writing, done = threading.Event(), threading.Event()

        def slow() -> str:
            with transaction.atomic():
                post("slow", buyer=-1, seller=1)
                writing.set()
                assert done.wait(races.PATIENCE_S)
            return "slow"

        def others() -> str:
            assert writing.wait(races.PATIENCE_S)
            monkeypatch.setattr(chain, "PATIENCE_S", 0.1)
            post("quick", buyer=-2, seller=2)
            held_back = chain.seal(at=make.NOON)
            monkeypatch.setattr(chain, "PATIENCE_S", races.PATIENCE_S)
            assert held_back == []
            done.set()
            chain.seal(at=make.NOON)
            return "quick"

        outcomes = races.race(2, lambda runner: slow() if runner else others())

        assert outcomes == ["quick", "slow"]
        (seal,) = Seal.objects.all()
        assert seal.transfers == 3
        assert list(chain.breaks()) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_seal_at_once_make_one_chain() -> None:
    with reasons_set_aside():
        for number in range(3):
            post(f"sale:{number}", buyer=-100, seller=100)

        outcomes = races.race(2, lambda _: chain.seal(at=make.NOON))

        assert races.losers(outcomes) == []
        (seal,) = Seal.objects.all()
        assert seal.transfers == 3
