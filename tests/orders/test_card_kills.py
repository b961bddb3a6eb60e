"""Gift cards whose buyer, or whose webhooks, are killed anywhere or come all at once: one card."""

from functools import partial

import pytest

from tests import make
from tests.orders.cards import HALF, bought, press, selling, sound
from tests.orders.money import at_bank
from tests.orders.test_kills import STEPS, killed_at_each_step
from tests.orders.work import forget_jobs, run_jobs
from tests.races import losers, race
from vitrine.orders import hearing
from vitrine.orders.charges import moving, settling
from vitrine.orders.giftcards import buying, codes, giving_back
from vitrine.orders.models import BankCharge, CardMove, CardSale, Purse, SaleState
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("token", [sandbox.SUCCEEDS, sandbox.TIMES_OUT])
def test_a_buyer_who_presses_again_after_any_kill_has_one_card(token: str) -> None:
    forget_jobs()
    shop = selling()
    presses = [press(shop, token, key=f"kill-{number}") for number in range(STEPS)]

    for step, one in killed_at_each_step(presses, partial(buying.buy, at=make.NOON)):
        sale = settling.resolve(buying.buy(one, at=make.NOON), at=make.NOON)
        run_jobs()

        sale.refresh_from_db()
        assert sale.state == SaleState.PAID, f"killed before statement {step}"
        assert BankCharge.objects.filter(key=sale.charge_key).count() == 1

    sold = CardSale.objects.filter(state=SaleState.PAID).count()
    assert Purse.objects.count() == sold
    assert at_bank()["capture"] == sold * HALF
    assert sound()


def test_a_card_given_back_through_any_kill_is_stopped_and_paid_back_once() -> None:
    shop = selling()
    sales = [buying.buy(press(shop, key=f"back-{number}"), at=make.NOON) for number in range(STEPS)]

    def give_back(sale: CardSale) -> None:
        moving.make(giving_back.give_back(sale, at=make.NOON), at=make.NOON)

    for step, sale in killed_at_each_step(sales, give_back):
        give_back(sale)

        sale.refresh_from_db()
        assert sale.state == SaleState.REFUNDED, f"killed before statement {step}"
        assert CardMove.objects.filter(sale=sale, kind="refund").count() == 1

    back = CardSale.objects.filter(state=SaleState.REFUNDED).count()
    assert at_bank() == {"capture": STEPS * HALF, "refund": back * HALF}
    assert sound()


def test_eight_presses_and_eight_webhooks_at_once_make_one_card_each() -> None:
    shop = selling()
    pressed = press(shop, key="at once")
    assert losers(race(8, lambda _: buying.buy(pressed, at=make.NOON))) == []
    waits = buying.buy(press(shop, sandbox.CHALLENGES, key="asked"), at=make.NOON)
    sandbox.answer_challenge(waits.reference, approved=True)

    told = [Event(f"ev{number}", waits.charge_key) for number in range(8)]
    heard = race(8, lambda number: hearing.receive("sandbox", told[number], at=make.NOON))

    assert losers(heard) == []
    assert list(CardSale.objects.values_list("state", flat=True)) == [SaleState.PAID] * 2
    assert Purse.objects.count() == 2
    assert at_bank() == {"capture": 2 * HALF}
    assert losers(race(8, lambda _: giving_back.give_back(waits, at=make.NOON))) == []
    assert CardMove.objects.filter(kind="refund").count() == 1
    assert sound()


def test_a_card_is_spent_or_given_back_and_never_both_when_both_come_at_once() -> None:
    lamp = make.variant(stock=20)
    shop = selling(lamp.merchant)
    for number in range(8):
        sale = buying.buy(press(shop, key=f"both-{number}"), at=make.NOON)
        code = codes.of_sale(sale)

        def act(runner: int, sale: CardSale = sale, code: str = code) -> object:
            if runner:
                return giving_back.give_back(sale, at=make.NOON)
            return bought(lamp, codes=(code,), shown_asked_minor=0)

        results = race(2, act)

        card = Purse.objects.get(sale=sale)
        is_back = CardMove.objects.filter(sale=sale, kind="refund").exists()
        assert is_back != (card.held_minor > 0), results
        assert len(losers(results)) == 1, results
    assert sound()
