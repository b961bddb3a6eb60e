"""Wallets that are filled by deposits: paid once, taxed, billed, held, spent, given back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from tests.orders.cards import LATER
from tests.orders.deposits import (
    HUNDRED,
    fresh,
    in_country,
    paid,
    press,
    returning,
    sound,
    wallet,
)
from tests.orders.money import at_bank, balances
from tests.orders.work import run_jobs
from vitrine.ledger import posting
from vitrine.ledger.posting import KeyReused, Reason
from vitrine.orders import hearing, refund_sums, wallets
from vitrine.orders.charges import moving, settling
from vitrine.orders.deposits import giving_back, paying_in
from vitrine.orders.deposits.giving_back import NotFree
from vitrine.orders.deposits.paying_in import LEAST_MINOR, MOST_MINOR, NotADeposit
from vitrine.orders.models import BankCharge, Deposit, DepositMove, SaleState, Wallet
from vitrine.orders.payment import providers, sandbox
from vitrine.orders.payment.provider import Event
from vitrine.orders.refund_sums import Sums
from vitrine.orders.tax import UnknownPlace

pytestmark = pytest.mark.django_db
MICROS = 10_000


def test_a_deposit_fills_the_wallet_is_posted_and_billed() -> None:
    mine = wallet()

    deposit = paid(mine)

    assert (deposit.state, at_bank()) == (SaleState.PAID, {"capture": HUNDRED})
    assert balances() == {"provider:sandbox": -HUNDRED, mine.account: HUNDRED}
    assert wallets.free_micros(fresh(mine)) == HUNDRED * MICROS
    move = DepositMove.objects.get()
    assert (move.number, move.label, move.tax_minor) == (1, "W00001", 0)
    run_jobs()
    assert [one.to for one in mail.outbox] == [[deposit.by.email]]
    assert "invoice W00001" in mail.outbox[0].subject
    assert "Lamps and Sons" in mail.outbox[0].body
    assert sound()


@pytest.mark.parametrize(
    "country, region, taxes",
    [
        ("CA", "ON", {"CA": 1300}),
        ("CA", "BC", {"CA": 500, "CA-BC": 700}),
        ("CA", "AB", {"CA": 500}),
        ("NZ", "", {"NZ": 1500}),
        ("AU", "NSW", {"AU": 1000}),
        ("US", "NY", {}),
    ],
)
def test_what_is_paid_ahead_is_taxed_where_its_payer_is_and_on_top(
    country: str, region: str, taxes: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_country(country, monkeypatch)
    mine = wallet()

    deposit = paid(mine, region=region)

    tax = sum(taxes.values())
    assert (deposit.amount_minor, deposit.tax_minor) == (HUNDRED, tax)
    assert {one["authority"]: one["amount_minor"] for one in deposit.taxes} == taxes
    assert at_bank() == {"capture": HUNDRED + tax}
    assert balances() == {
        "provider:sandbox": -HUNDRED - tax,
        mine.account: HUNDRED,
        **{f"tax:{name}": amount for name, amount in taxes.items()},
    }
    run_jobs()
    assert sound()


def test_the_same_press_and_webhooks_in_any_order_fill_once() -> None:
    mine = wallet()
    attempt = press(mine, sandbox.TWICE)
    first = paying_in.pay_in(attempt, at=make.NOON)

    again = paying_in.pay_in(attempt, at=make.NOON)
    run_jobs()
    for number in (2, 0, 1, 1):
        hearing.receive("sandbox", Event(f"ev{number}", first.charge_key), at=LATER)
    for key in DepositMove.objects.values_list("key", flat=True):
        moving.make(key, at=LATER)

    assert again == first
    assert fresh(mine).put_minor == HUNDRED
    assert at_bank() == {"capture": HUNDRED}
    assert len(mail.outbox) == 1
    with pytest.raises(KeyReused):
        paying_in.pay_in(replace(attempt, amount_minor=2_500), at=make.NOON)
    assert sound()


def test_an_answer_that_was_lost_after_the_charge_fills_once_the_bank_is_asked() -> None:
    mine = wallet()
    silent = paid(mine, token=sandbox.TIMES_OUT)
    assert (silent.state, fresh(mine).put_minor) == (SaleState.UNKNOWN, 0)

    run_jobs()
    run_jobs()

    silent.refresh_from_db()
    assert (silent.state, fresh(mine).put_minor) == (SaleState.PAID, HUNDRED)
    assert BankCharge.objects.count() == 1
    assert sound()


def test_what_is_declined_or_not_paid_in_time_fills_nothing_and_is_let_go() -> None:
    mine = wallet()
    declined = paid(mine, token=sandbox.DECLINES)
    assert (declined.state, declined.decline_reason) == ("declined", "The card was declined.")
    waits = paid(mine, token=sandbox.CHALLENGES)
    assert waits.state == SaleState.CHALLENGE
    assert settling.page_of(waits).startswith("/")

    late = make.NOON + settling.HOLD
    assert settling.end_overdue(at=late - timedelta(seconds=1)) == 0
    assert settling.end_overdue(at=late) == 1
    sandbox.answer_challenge(waits.reference, approved=True)  # too late: the money is let go
    run_jobs()

    waits.refresh_from_db()
    assert waits.state == SaleState.ABANDONED
    assert at_bank() == {"void": HUNDRED}
    assert fresh(mine).put_minor == 0
    assert balances() == {}
    assert not mail.outbox
    assert sound()


def test_a_challenge_that_is_passed_fills_whoever_hears_first() -> None:
    mine = wallet()
    asked = paid(mine, token=sandbox.CHALLENGES)
    sandbox.answer_challenge(asked.reference, approved=True)

    assert settling.resolve(asked, at=make.NOON).state == SaleState.PAID  # the return page
    run_jobs()

    assert fresh(mine).put_minor == HUNDRED
    assert sound()


def test_what_the_bank_does_not_hand_over_fills_nothing_and_is_let_go() -> None:
    mine = wallet()
    deposit = paid(mine, token=sandbox.CHALLENGES)
    sandbox.answer_challenge(deposit.reference, approved=True)
    answer = providers.named("sandbox").find(settling.charge_of(deposit))
    assert answer is not None
    settling.settle(deposit, answer, at=make.NOON)
    BankCharge.objects.update(outcome="declined")  # for a while the bank knows nothing of it
    moving.make(DepositMove.objects.get().key, at=LATER)

    BankCharge.objects.update(outcome="authorised")
    run_jobs()

    deposit.refresh_from_db()
    assert (deposit.state, at_bank()) == (SaleState.DECLINED, {"void": HUNDRED})
    assert fresh(mine).put_minor == 0
    assert sound()


@pytest.mark.parametrize("amount", [0, -1, LEAST_MINOR - 1, MOST_MINOR + 1])
def test_too_little_and_too_much_is_refused_before_any_bank_is_asked(amount: int) -> None:
    with pytest.raises(NotADeposit, match=r"from \$5.00 to \$50,000.00"):
        paid(wallet(), amount_minor=amount)

    assert not Deposit.objects.exists()
    assert not BankCharge.objects.exists()


def test_a_place_that_no_table_knows_is_refused() -> None:
    with pytest.raises(UnknownPlace):
        paid(wallet(), region="XX")
    assert not Deposit.objects.exists()


def test_no_more_is_held_than_is_free_and_no_more_is_spent_than_was_held() -> None:
    mine = wallet()
    paid(mine)

    assert wallets.hold(mine.pk, HUNDRED * MICROS - 1)
    assert not wallets.hold(mine.pk, 2)
    assert wallets.hold(mine.pk, 1)
    wallets.settle(mine.pk, held_micros=HUNDRED * MICROS, spent_micros=250_001)

    now = fresh(mine)
    assert (now.held_micros, now.spent_micros) == (0, 250_001)
    assert wallets.free_micros(now) == HUNDRED * MICROS - 250_001
    assert wallets.free_minor(now) == HUNDRED - 26
    for wrong in ((1, 0), (1, 2), (1, -1)):
        with pytest.raises(ValueError, match=r"held|hold"):
            wallets.settle(mine.pk, held_micros=wrong[0], spent_micros=wrong[1])
    with pytest.raises(ValueError, match="something"):
        wallets.hold(mine.pk, 0)
    Wallet.objects.update(stopped_at=make.NOON)
    assert not wallets.hold(mine.pk, 1)
    assert sound()


def test_what_is_unspent_goes_back_to_the_newest_cards_first_with_its_tax(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_country("NZ", monkeypatch)
    mine = wallet()
    old, new = paid(mine, amount_minor=20_001), paid(mine, amount_minor=HUNDRED)
    assert wallets.hold(mine.pk, 5_000 * MICROS + 1)
    wallets.settle(mine.pk, held_micros=5_000 * MICROS + 1, spent_micros=2_000 * MICROS + 1)
    assert wallets.hold(mine.pk, 3_000 * MICROS)
    free = 30_001 - 5_001
    assert giving_back.most_minor(fresh(mine)) == free
    with pytest.raises(NotFree):
        giving_back.give_back(returning(mine, free + 1), at=LATER)

    back = returning(mine, HUNDRED + 1)
    keys = giving_back.give_back(back, at=LATER)
    assert not wallets.hold(mine.pk, (free - HUNDRED) * MICROS)  # gone before any bank answers
    assert giving_back.give_back(back, at=LATER) == keys
    with pytest.raises(KeyReused):
        giving_back.give_back(replace(back, amount_minor=1), at=LATER)
    run_jobs()

    assert keys == [f"refund:{new.public_id}:0", f"refund:{old.public_id}:0"]
    states = [fresh_state(new), fresh_state(old)]
    assert states == [SaleState.REFUNDED, SaleState.PAID]
    assert at_bank() == {"capture": 30_001 + 4_500, "refund": 10_001 + 1_500}
    assert balances()["tax:NZ"] == 3_000
    assert balances()[mine.account] == 20_000
    assert [one.label for one in DepositMove.objects.order_by("pk")] == [
        "W00001",
        "W00002",
        "WC00001",
        "WC00002",
    ]
    assert "credit note WC00002" in mail.outbox[-1].subject
    assert sound()


def fresh_state(of: Deposit) -> str:
    return Deposit.objects.get(pk=of.pk).state


def test_a_refund_that_the_bank_refuses_is_in_the_wallet_again() -> None:
    mine = wallet()
    paid(mine)
    (key,) = giving_back.give_back(returning(mine, 4_000), at=LATER)
    assert fresh(mine).put_minor == HUNDRED - 4_000
    BankCharge.objects.update(outcome="declined")  # the bank knows nothing of it any more

    moving.make(key, at=LATER)

    assert fresh(mine).put_minor == HUNDRED
    BankCharge.objects.update(outcome="authorised")
    (again,) = giving_back.give_back(returning(mine, 4_000, "again"), at=LATER)
    assert again != key
    moving.make(again, at=LATER)
    assert balances()[mine.account] == HUNDRED - 4_000
    assert sound()


@given(
    paid=st.lists(st.integers(1, 10**7), min_size=1, max_size=4),
    rates=st.lists(st.integers(0, 20), min_size=1, max_size=2),
    wanted=st.lists(st.integers(1, 10**7), max_size=6),
)
def test_parts_give_back_each_tax_exactly_once_all_is_given_back(
    paid: list[int], rates: list[int], wanted: list[int]
) -> None:
    sums = [
        Sums(each, taxes={str(name): each * rate // 100 for name, rate in enumerate(rates)})
        for each in paid
    ]
    lefts, given_back = list(sums), [Sums() for _ in sums]

    for amount in [*wanted, None]:
        free = sum(each.amount_minor for each in lefts)
        part_minor = free if amount is None else min(amount, free)
        if not part_minor:
            continue
        parts = giving_back.plan(lefts, part_minor)
        assert sum(each.amount_minor for each in parts) == part_minor
        assert all(amount >= 0 for each in parts for amount in each.taxes.values())
        lefts = [left - part for left, part in zip(lefts, parts, strict=True)]
        given_back = [refund_sums.together(two) for two in zip(given_back, parts, strict=True)]

    assert given_back == sums
    with pytest.raises(NotFree):
        giving_back.plan(lefts, 1)


def test_postgres_takes_no_wallet_that_nobody_filled_and_none_that_is_overspent() -> None:
    mine = wallet()
    deposit = paid(mine)
    waits = paid(mine, token=sandbox.CHALLENGES)

    def more() -> None:
        wallets.put_in(mine.pk, 1)

    def spent() -> None:
        Wallet.objects.filter(pk=mine.pk).update(spent_micros=HUNDRED * MICROS + 1)

    def without_money() -> None:
        Deposit.objects.filter(pk=waits.pk).update(state="authorised", settled_at=make.NOON)
        Deposit.objects.filter(pk=waits.pk).update(state="paid", paid_at=LATER)

    def without_reason() -> None:
        posting.post(
            key="k",
            legs={mine.account: 1, "provider:sandbox": -1},
            currency="USD",
            reason=Reason("deposit", mine.public_id),
            at=LATER,
        )

    def more_back_than_paid() -> None:
        DepositMove.objects.create(
            deposit=deposit,
            key="back",
            kind="refund",
            amount_minor=HUNDRED + 1,
            tax_minor=0,
            asked_at=LATER,
        )
        wallets.take_out(mine.pk, HUNDRED + 1)

    for trick, said in (
        (more, "does not hold what was put in"),
        (spent, "wallet_never_overspent"),
        (without_money, "is not what was paid for it"),
        (without_reason, "has no reason"),
        (more_back_than_paid, r"does not hold|is not what was paid"),
    ):
        with pytest.raises(IntegrityError, match=said):
            _tried(trick)
    assert sound()


def _tried(trick: Callable[[], None]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        trick()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
