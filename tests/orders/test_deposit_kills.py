"""Deposits whose payer is killed anywhere, and wallets at which many come at once."""

from functools import partial

import pytest

from tests import make
from tests.orders.cards import LATER
from tests.orders.deposits import HUNDRED, fresh, paid, press, returning, sound, wallet
from tests.orders.money import at_bank
from tests.orders.test_kills import STEPS, killed_at_each_step
from tests.orders.work import forget_jobs, run_jobs
from tests.races import losers, race, winners
from vitrine.orders import hearing, wallets
from vitrine.orders.charges import moving, settling
from vitrine.orders.deposits import giving_back, paying_in
from vitrine.orders.models import BankCharge, Deposit, DepositMove, SaleState, Wallet
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import Event

pytestmark = pytest.mark.django_db(transaction=True)
MICROS = 10_000


@pytest.mark.parametrize("token", [sandbox.SUCCEEDS, sandbox.TIMES_OUT])
def test_a_payer_who_presses_again_after_any_kill_has_paid_once(token: str) -> None:
    forget_jobs()
    mine, payer = wallet(), make.person()
    presses = [press(mine, token, key=f"kill-{number}", by=payer) for number in range(STEPS)]

    for step, one in killed_at_each_step(presses, partial(paying_in.pay_in, at=make.NOON)):
        deposit = settling.resolve(paying_in.pay_in(one, at=make.NOON), at=make.NOON)
        run_jobs()

        deposit.refresh_from_db()
        assert deposit.state == SaleState.PAID, f"killed before statement {step}"
        assert BankCharge.objects.filter(key=deposit.charge_key).count() == 1

    filled = Deposit.objects.filter(state=SaleState.PAID).count()
    assert fresh(mine).put_minor == filled * HUNDRED
    assert at_bank()["capture"] == filled * HUNDRED
    assert sound()


def test_what_is_given_back_through_any_kill_goes_back_once() -> None:
    payer, sets = make.person(), [wallet() for _ in range(STEPS)]
    for number, mine in enumerate(sets):
        paid(mine, by=payer, key=f"back-{number}")

    def give_back(mine: Wallet) -> None:
        for key in giving_back.give_back(returning(mine, 4_000, by=payer), at=LATER):
            moving.make(key, at=LATER)

    for step, mine in killed_at_each_step(sets, give_back):
        give_back(mine)

        assert fresh(mine).put_minor == HUNDRED - 4_000, f"killed before statement {step}"
        refunds = DepositMove.objects.filter(deposit__wallet=mine, kind="refund")
        assert refunds.get().state == "done"

    assert sound()


def test_eight_presses_and_eight_webhooks_at_once_fill_once_each() -> None:
    mine = wallet()
    pressed = press(mine, key="at once")
    assert losers(race(8, lambda _: paying_in.pay_in(pressed, at=make.NOON))) == []
    waits = paid(mine, token=sandbox.CHALLENGES, key="asked")
    sandbox.answer_challenge(waits.reference, approved=True)

    told = [Event(f"ev{number}", waits.charge_key) for number in range(8)]
    heard = race(8, lambda number: hearing.receive("sandbox", told[number], at=make.NOON))

    assert losers(heard) == []
    assert fresh(mine).put_minor == 2 * HUNDRED
    assert at_bank() == {"capture": 2 * HUNDRED}
    assert set(DepositMove.objects.values_list("number", flat=True)) == {1, 2}
    assert sound()


def test_eight_deposits_at_once_are_numbered_without_a_gap() -> None:
    payer, sets = make.person(), [wallet() for _ in range(8)]

    paid_at_once = race(8, lambda n: paid(sets[n], key=f"number-{n}", by=payer))

    assert losers(paid_at_once) == []
    numbers = DepositMove.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 9))
    assert sound()


def test_eight_at_once_hold_no_more_than_the_wallet_has() -> None:
    mine = wallet()
    paid(mine)
    third = HUNDRED * MICROS // 3

    held = race(8, lambda _: wallets.hold(mine.pk, third))

    assert losers(held) == []
    assert sorted(winners(held)) == [False] * 5 + [True] * 3
    assert fresh(mine).held_micros == 3 * third
    assert sound()


def test_money_is_held_or_given_back_and_never_both_when_all_come_at_once() -> None:
    payer = make.person()
    for number in range(4):
        mine = wallet()
        paid(mine, key=f"both-{number}", by=payer)

        def act(runner: int, mine: Wallet = mine) -> object:
            if runner % 2:
                back = returning(mine, HUNDRED // 2, f"back-{runner}", by=payer)
                return bool(giving_back.give_back(back, at=LATER))
            return wallets.hold(mine.pk, HUNDRED * MICROS // 2)

        results = race(8, act)

        done = [one for one in winners(results) if one]
        assert len(done) == 2, results
        assert {type(one) for one in losers(results)} <= {giving_back.NotFree}
        assert wallets.free_micros(fresh(mine)) == 0
    assert sound()
