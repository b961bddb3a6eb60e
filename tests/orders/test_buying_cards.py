"""Gift cards that are bought: paid once, issued once, told once, given back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from tests import make
from tests.orders.cards import (
    HALF,
    LATER,
    bought,
    code_in_mail,
    press,
    selling,
    sent,
    sound,
)
from tests.orders.money import at_bank, balances
from tests.orders.work import run_jobs
from vitrine.ledger.posting import KeyReused
from vitrine.orders import hearing, purses
from vitrine.orders.charges import moving as moves
from vitrine.orders.charges import settling
from vitrine.orders.covering import CardDoesNotPay
from vitrine.orders.giftcards import buying, giving_back, letters
from vitrine.orders.giftcards.buying import NotSold
from vitrine.orders.giftcards.giving_back import NotGivenBack, NotSentAgain
from vitrine.orders.models import (
    BankCharge,
    CardMove,
    CardSale,
    Order,
    Purse,
    PurseStep,
    SaleState,
)
from vitrine.orders.payment import providers, sandbox
from vitrine.orders.payment.provider import Event

pytestmark = pytest.mark.django_db


def test_a_card_is_issued_with_its_payment_told_to_its_recipient_and_spent_in_the_shop() -> None:
    lamp = make.variant(stock=2)
    shop = selling(lamp.merchant)

    sale = buying.buy(press(shop), at=make.NOON)

    assert (sale.state, at_bank()) == (SaleState.PAID, {"capture": HALF})
    card = Purse.objects.get()
    assert (card.free_minor, card.merchant, sale.purse) == (HALF, shop, card)
    # Nothing of it is the shop's, nothing is taxed, and no fee is taken, until it is spent.
    assert balances() == {"provider:sandbox": -HALF, card.account: HALF}
    run_jobs()
    assert sorted(one.to[0] for one in mail.outbox) == ["ada@example.org", "bea@example.org"]
    code = code_in_mail()
    assert any("Bea gives you a gift card: $50.00" in one.body for one in mail.outbox)
    sale.refresh_from_db()
    assert (sale.sent_at is not None, sale.code_seed) == (True, None)
    assert sound()

    bought(lamp, codes=(code,), shown_asked_minor=0)
    sent(Order.objects.get())
    card.refresh_from_db()
    assert card.free_minor == HALF - 2595
    assert balances() == {
        "provider:sandbox": -HALF,
        card.account: HALF - 2595,
        f"merchant:{shop.public_id}:pending": 2375,
        "platform:fees": 120,
        "tax:US-NY": 100,
    }
    assert sound()


def test_the_same_press_is_one_sale_and_the_same_webhook_one_card() -> None:
    shop = selling()
    attempt = press(shop, sandbox.TWICE)
    first = buying.buy(attempt, at=make.NOON)

    again = buying.buy(attempt, at=make.NOON)
    run_jobs()
    for number in range(3):
        hearing.receive("sandbox", Event(f"ev{number}", first.charge_key), at=LATER)
    for key in CardMove.objects.values_list("key", flat=True):
        moves.make(key, at=LATER)

    assert again == first
    assert (Purse.objects.count(), PurseStep.objects.count()) == (1, 1)
    assert at_bank() == {"capture": HALF}
    assert len([one for one in mail.outbox if "Its code:" in one.body]) == 1
    with pytest.raises(KeyReused):
        buying.buy(replace(attempt, amount_minor=2_500), at=make.NOON)
    assert sound()


def test_what_is_declined_or_not_paid_in_time_is_no_card() -> None:
    shop = selling()
    declined = buying.buy(press(shop, sandbox.DECLINES), at=make.NOON)
    assert (declined.state, declined.decline_reason) == ("declined", "The card was declined.")
    waits = buying.buy(press(shop, sandbox.CHALLENGES), at=make.NOON)
    assert waits.state == SaleState.CHALLENGE

    late = make.NOON + settling.HOLD
    assert settling.end_overdue(at=late - timedelta(seconds=1)) == 0
    assert settling.end_overdue(at=late) == 1
    sandbox.answer_challenge(waits.reference, approved=True)  # too late: the money is let go
    run_jobs()

    waits.refresh_from_db()
    assert waits.state == SaleState.ABANDONED
    assert at_bank() == {"void": HALF}
    assert not Purse.objects.exists()
    assert not mail.outbox
    assert balances() == {}
    assert sound()


def test_what_the_bank_does_not_hand_over_is_no_card_and_is_let_go() -> None:
    sale = buying.buy(press(selling(), sandbox.CHALLENGES), at=make.NOON)
    sandbox.answer_challenge(sale.reference, approved=True)
    answer = providers.named("sandbox").find(settling.charge_of(sale))
    assert answer is not None
    settling.settle(sale, answer, at=make.NOON)
    BankCharge.objects.update(outcome="declined")  # for a while the bank knows nothing of it
    moves.make(CardMove.objects.get().key, at=LATER)

    BankCharge.objects.update(outcome="authorised")
    run_jobs()

    sale.refresh_from_db()
    assert sale.state == SaleState.DECLINED
    assert at_bank() == {"void": HALF}
    assert not Purse.objects.exists()
    assert balances() == {}
    assert sound()


def test_a_challenge_and_a_lost_answer_end_in_one_card_whoever_hears_first() -> None:
    shop = selling()
    asked = buying.buy(press(shop, sandbox.CHALLENGES), at=make.NOON)
    silent = buying.buy(press(shop, sandbox.TIMES_OUT), at=make.NOON)
    assert (asked.state, silent.state) == (SaleState.CHALLENGE, SaleState.UNKNOWN)

    sandbox.answer_challenge(asked.reference, approved=True)
    assert settling.resolve(asked, at=make.NOON).state == SaleState.PAID  # the return page
    run_jobs()  # the webhooks, and the poller of the lost answer

    assert set(CardSale.objects.values_list("state", flat=True)) == {SaleState.PAID}
    assert (Purse.objects.count(), BankCharge.objects.count()) == (2, 2)
    assert at_bank() == {"capture": 2 * HALF}
    assert sound()


@pytest.mark.parametrize("amount", [999, 20_001, 0])
def test_only_what_the_shop_offers_is_sold(amount: int) -> None:
    shop = selling()
    with pytest.raises(NotSold):
        buying.buy(press(shop, amount_minor=amount), at=make.NOON)
    with pytest.raises(NotSold):
        buying.buy(press(make.merchant()), at=make.NOON)
    shop.suspend(at=make.NOON)
    with pytest.raises(NotSold):
        buying.buy(press(shop), at=make.NOON)

    assert not CardSale.objects.exists()
    assert not BankCharge.objects.exists()


def test_an_unspent_card_is_given_back_within_a_fortnight_and_stopped_at_once() -> None:
    lamp = make.variant(stock=2)
    shop = selling(lamp.merchant)
    sale = buying.buy(press(shop), at=make.NOON)
    run_jobs()
    code = code_in_mail()
    last = make.NOON + giving_back.WITHIN
    with pytest.raises(NotGivenBack):
        giving_back.give_back(sale, at=last + timedelta(seconds=1))

    key = giving_back.give_back(sale, at=last)
    with pytest.raises(CardDoesNotPay, match="was stopped"):  # before any bank has answered
        bought(lamp, codes=(code,))
    assert giving_back.give_back(sale, at=last) == key
    run_jobs()

    sale.refresh_from_db()
    assert sale.state == SaleState.REFUNDED
    assert at_bank() == {"capture": HALF, "refund": HALF}
    assert balances() == {}
    assert "are on the way back to you" in mail.outbox[-1].body
    assert giving_back.give_back(sale, at=last) == key
    assert sound()


def test_a_card_that_was_used_is_not_given_back_nor_sent_again() -> None:
    lamp = make.variant(stock=2)
    sale = buying.buy(press(selling(lamp.merchant)), at=make.NOON)
    run_jobs()
    bought(lamp, codes=(code_in_mail(),), shown_asked_minor=0)  # held, not yet handed over

    with pytest.raises(NotGivenBack):
        giving_back.give_back(sale, at=LATER)
    with pytest.raises(NotSentAgain):
        giving_back.send_again(sale, "cyd@example.org", at=LATER)
    assert Purse.objects.get().stopped_at is None
    assert not CardMove.objects.filter(kind="refund").exists()


def test_a_refund_that_the_bank_refuses_lets_the_card_pay_again() -> None:
    sale = buying.buy(press(selling()), at=make.NOON)
    key = giving_back.give_back(sale, at=LATER)
    BankCharge.objects.update(outcome="declined")  # the bank knows nothing of it any more

    moves.make(key, at=LATER)

    assert Purse.objects.get().stopped_at is None
    BankCharge.objects.update(outcome="authorised")
    again = giving_back.give_back(sale, at=LATER)
    assert again != key
    moves.make(again, at=LATER)
    assert at_bank() == {"capture": HALF, "refund": HALF}
    assert sound()


def test_a_letter_is_sent_on_its_day_once_and_a_new_one_has_a_new_code() -> None:
    lamp = make.variant(stock=2)
    day = make.NOON + timedelta(days=3)
    sale = buying.buy(press(selling(lamp.merchant), send_at=day), at=make.NOON)
    run_jobs()
    assert [one.to for one in mail.outbox] == [["bea@example.org"]]  # the receipt alone
    assert letters.due(at=day) == []
    assert letters.due(at=day + letters.SLOW) == [sale.pk]
    assert not letters.send_code(sale.pk, at=day - timedelta(minutes=1))

    assert letters.send_code(sale.pk, at=day)
    assert not letters.send_code(sale.pk, at=day)
    first = code_in_mail()
    giving_back.send_again(sale, "cyd@example.org", at=day)
    run_jobs()

    assert mail.outbox[-1].to == ["cyd@example.org"]
    assert "good no more" in mail.outbox[-1].body
    second = code_in_mail()
    assert purses.plain(first) != purses.plain(second)
    with pytest.raises(CardDoesNotPay, match="no gift card with this code"):
        bought(lamp, codes=(first,))
    bought(lamp, codes=(second,), shown_asked_minor=0)


def test_a_letter_whose_note_was_lost_is_written_again_with_the_same_code() -> None:
    sale = buying.buy(press(selling()), at=make.NOON)
    letters.send_code(sale.pk, at=LATER)
    first, seed = code_in_mail(), sale.code_seed
    CardSale.objects.update(sent_at=None, code_seed=seed)  # as if it had died before the note

    letters.send_code(sale.pk, at=LATER)

    assert code_in_mail() == first


def test_postgres_takes_no_card_that_nobody_paid() -> None:
    shop = selling()
    sale = buying.buy(press(shop, sandbox.CHALLENGES), at=make.NOON)
    empty = Purse(kind="card", merchant=shop, code_digest=b"x", currency="USD")
    empty.issued_at = make.NOON
    empty.save()

    def pay_without_money() -> None:
        CardSale.objects.filter(pk=sale.pk).update(state="authorised", settled_at=make.NOON)
        CardSale.objects.filter(pk=sale.pk).update(state="paid", paid_at=LATER, purse=empty)

    def fill_without_sale() -> None:
        purses.move(empty, "bought", 100, key="k", other="provider:sandbox", at=LATER)  # type: ignore[arg-type]

    for trick in (pay_without_money, fill_without_sale):
        with pytest.raises(IntegrityError, match="not what was paid for it"):
            _tried(trick)


def _tried(trick: Callable[[], None]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        trick()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
