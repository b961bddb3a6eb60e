"""Deposits that are paid through Stripe: webhooks, disputes, refunds that come back, reports."""

import io
from typing import Any

import pytest

from tests import make
from tests.fakes.stripe import Bank, disputes, pages
from tests.orders.cards import LATER
from tests.orders.deposits import HUNDRED, fresh, in_country, paid, returning, sound, wallet
from tests.orders.money import balances
from tests.orders.test_reconciling import STRIPE
from tests.orders.test_stripe import kept_card
from tests.orders.work import run_jobs
from vitrine.orders import hearing, stranding, wallets
from vitrine.orders.charges import moving, settling
from vitrine.orders.checkout import Means
from vitrine.orders.deposits import giving_back
from vitrine.orders.deposits.giving_back import NotFree
from vitrine.orders.models import Deposit, DepositDispute, SaleState, Wallet
from vitrine.orders.payment import providers
from vitrine.orders.reconciling import taking

pytestmark = pytest.mark.django_db
MICROS = 10_000


def by_card(bank: Bank, into: Wallet, **fields: Any) -> Deposit:
    return paid(into, means=Means("stripe", kept_card(bank), "Visa"), **fields)


def told(bank: Bank, times: int = 2) -> None:
    for body, signature in list(bank.webhooks(times=times)):
        event = providers.named("stripe").verify(body, signature)
        hearing.receive("stripe", event, at=LATER)


def test_stripe_takes_a_deposit_once_and_its_webhooks_change_nothing(bank: Bank) -> None:
    mine = wallet()
    assert by_card(bank, mine).state == SaleState.PAID
    waits = paid(mine, means=Means("stripe", "page", "Card or wallet"))
    assert waits.state == SaleState.CHALLENGE
    assert settling.page_of(waits).startswith("http")
    pages.pay(bank, waits.reference, "4242424242424242")

    told(bank, times=3)

    waits.refresh_from_db()
    assert waits.state == SaleState.PAID
    assert bank.money() == {"captured": 2 * HUNDRED, "held": 0, "refunded": 0}
    for key in giving_back.give_back(returning(mine, 12_500), at=LATER):
        moving.make(key, at=LATER)
    assert bank.money() == {"captured": 2 * HUNDRED, "held": 0, "refunded": 12_500}
    assert fresh(mine).put_minor == 7_500
    assert sound()


@pytest.mark.parametrize("spent", [0, 2_595])
def test_a_lost_dispute_takes_what_is_free_and_the_rest_is_the_cells_loss(
    bank: Bank, spent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_country("NZ", monkeypatch)
    mine = wallet()
    deposit = by_card(bank, mine)
    if spent:
        assert wallets.hold(mine.pk, spent * MICROS)
        wallets.settle(mine.pk, held_micros=spent * MICROS, spent_micros=spent * MICROS)
    made = disputes.raise_dispute(bank, deposit.reference)

    told(bank)

    now = fresh(mine)
    assert (now.put_minor, wallets.free_micros(now)) == (spent, 0)  # while the bank thinks
    assert (now.stopped_at is not None) == bool(spent)
    with pytest.raises(NotFree):
        giving_back.give_back(returning(mine, 1), at=LATER)
    assert sound()
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1500)]
    disputes.decide(bank, made["id"], "lost")
    told(bank)

    dispute = DepositDispute.objects.get()
    assert (dispute.state, dispute.from_wallet_minor) == ("lost", HUNDRED - spent)
    assert fresh(mine).stopped_at is None
    assert balances().get(mine.account, 0) == spent
    assert balances()["platform:costs:losses"] == -(1_500 + spent + 1_500)  # tax, goods and fee
    assert balances()["provider:stripe"] == 1_500
    assert sound()


def test_a_dispute_that_is_won_puts_the_money_back(bank: Bank) -> None:
    mine = wallet()
    deposit = by_card(bank, mine)
    assert wallets.hold(mine.pk, 1)
    made = disputes.raise_dispute(bank, deposit.reference)
    told(bank)
    assert not wallets.hold(mine.pk, 1)
    disputes.decide(bank, made["id"], "won")

    told(bank)

    now = fresh(mine)
    assert (now.put_minor, now.stopped_at) == (HUNDRED, None)
    assert DepositDispute.objects.get().state == "won"
    assert wallets.hold(mine.pk, 1)
    assert giving_back.most_minor(fresh(mine)) == HUNDRED - 1
    assert sound()


def test_a_dispute_of_one_deposit_leaves_the_others_to_be_spent(bank: Bank) -> None:
    mine = wallet()
    claimed, other = by_card(bank, mine), by_card(bank, mine)
    disputes.raise_dispute(bank, claimed.reference)

    told(bank)

    now = fresh(mine)
    assert (now.put_minor, now.stopped_at) == (HUNDRED, None)
    keys = giving_back.give_back(returning(mine, HUNDRED), at=LATER)
    assert keys == [f"refund:{other.public_id}:0"]
    assert sound()


def test_a_refund_that_comes_back_is_owed_until_it_is_given_in_another_way(bank: Bank) -> None:
    mine = wallet()
    deposit = by_card(bank, mine)
    (key,) = giving_back.give_back(returning(mine, 4_000), at=LATER)
    moving.make(key, at=LATER)
    (made,) = bank.all("refund")
    made["status"], made["failure_reason"] = "failed", "lost_or_stolen_card"

    stranded, again = (stranding.hear("stripe", made["id"], at=LATER) for _ in range(2))

    assert stranded is not None
    assert stranded == again
    assert (stranded.amount_minor, stranded.about) == (4_000, deposit.public_id)
    assert balances()["platform:owed:refunds"] == 4_000
    stranding.give(stranded, "By transfer", by=make.person(), at=LATER)
    assert balances()["bank:operating"] == 4_000
    assert sound()


def test_reports_bear_out_what_deposits_cost_what_went_back_and_what_was_claimed(
    bank: Bank,
) -> None:
    mine = wallet()
    deposit = by_card(bank, mine)
    (key,) = giving_back.give_back(returning(mine, 4_000), at=LATER)
    run_jobs()
    other = by_card(bank, mine)
    made = disputes.raise_dispute(bank, other.reference)
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1500)]
    disputes.decide(bank, made["id"], "lost")
    told(bank, times=1)
    rows = (
        f"txn_1,charge,ch_1,100.00,3.20,96.80,usd,2026-11-20 12:00,,,{deposit.public_id},",
        f"txn_2,refund,re_1,-40.00,0.00,-40.00,usd,2026-11-20 14:00,,,,{key}",
        f"txn_3,charge,ch_2,100.00,3.20,96.80,usd,2026-11-20 12:00,,,{other.public_id},",
        f"txn_4,adjustment,{made['id']},-100.00,15.00,-115.00,usd,2026-11-20 15:00,,,,",
    )
    text = "\n".join((STRIPE, *rows)) + "\n"

    report = taking.take(
        io.BytesIO(text.encode()), provider="stripe", name="r", by=make.person(), at=LATER
    )

    assert set(report.all_lines.values_list("state", flat=True)) == {"matched"}
    assert taking.missing(report, most=9) == []
    assert sound()
