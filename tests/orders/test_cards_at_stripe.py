"""Gift cards that are paid through Stripe: webhooks, disputes, refunds that come back, reports."""

import io
from dataclasses import replace

import pytest

from tests import make
from tests.fakes.stripe import Bank, disputes, pages
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
from tests.orders.money import balances
from tests.orders.test_reconciling import STRIPE
from tests.orders.test_stripe import kept_card
from tests.orders.work import run_jobs
from vitrine.accounts.models import Notice
from vitrine.orders import hearing, stranding
from vitrine.orders.charges import moving as moves
from vitrine.orders.charges import settling
from vitrine.orders.checkout import Means
from vitrine.orders.giftcards import buying, giving_back
from vitrine.orders.giftcards.giving_back import NotGivenBack
from vitrine.orders.models import (
    CardDispute,
    Order,
    Purse,
    SaleState,
)
from vitrine.orders.payment import providers
from vitrine.orders.reconciling import taking

pytestmark = pytest.mark.django_db


def test_stripe_takes_a_card_once_and_its_webhooks_change_nothing(bank: Bank) -> None:
    shop = selling()
    kept = replace(press(shop), means=Means("stripe", kept_card(bank), "Visa"))
    assert buying.buy(kept, at=make.NOON).state == SaleState.PAID
    page = replace(press(shop), means=Means("stripe", "page", "Card or wallet"))
    waits = buying.buy(page, at=make.NOON)
    assert waits.state == SaleState.CHALLENGE
    assert settling.page_of(waits).startswith("http")
    pages.pay(bank, waits.reference, "4242424242424242")

    stripe = providers.named("stripe")
    for body, signature in list(bank.webhooks(times=3)):
        hearing.receive("stripe", stripe.verify(body, signature), at=LATER)

    waits.refresh_from_db()
    assert waits.state == SaleState.PAID
    assert bank.money() == {"captured": 2 * HALF, "held": 0, "refunded": 0}
    key = giving_back.give_back(waits, at=LATER)
    moves.make(key, at=LATER)
    assert bank.money() == {"captured": 2 * HALF, "held": 0, "refunded": HALF}
    assert balances()["provider:stripe"] == -HALF
    assert sound()


@pytest.mark.parametrize("spent", [0, 2595])
def test_a_lost_dispute_takes_what_is_left_of_the_card_and_the_rest_from_its_shop(
    bank: Bank, spent: int
) -> None:
    lamp = make.variant(stock=2)
    shop = selling(lamp.merchant)
    attempt = replace(press(shop), means=Means("stripe", kept_card(bank), "Visa"))
    sale = buying.buy(attempt, at=make.NOON)
    run_jobs()
    code = code_in_mail()
    if spent:
        bought(lamp, codes=(code,), shown_asked_minor=0)
        sent(Order.objects.get())
    made = disputes.raise_dispute(bank, sale.reference)

    def told() -> None:
        for body, signature in list(bank.webhooks(times=2)):
            hearing.receive("stripe", providers.named("stripe").verify(body, signature), at=LATER)

    told()
    run_jobs()
    card = Purse.objects.get()
    assert card.stopped_at is not None
    news = Notice.objects.filter(kind="sale_news").values_list("item", flat=True)
    assert {one.rpartition(":")[2] for one in news} == {"card", "claimed"}
    with pytest.raises(NotGivenBack):
        giving_back.give_back(sale, at=LATER)
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1500)]
    disputes.decide(bank, made["id"], "lost")
    told()

    dispute = CardDispute.objects.get()
    assert (dispute.state, dispute.from_card_minor) == ("lost", HALF - spent)
    card.refresh_from_db()
    assert card.free_minor == 0
    held = balances()
    assert held[f"merchant:{shop.public_id}:available"] == -spent - 1500
    assert held["provider:stripe"] == 1500
    assert sound()


def test_a_dispute_that_is_won_lets_the_card_pay_again(bank: Bank) -> None:
    attempt = replace(press(selling()), means=Means("stripe", kept_card(bank), "Visa"))
    sale = buying.buy(attempt, at=make.NOON)
    made = disputes.raise_dispute(bank, sale.reference)
    disputes.decide(bank, made["id"], "won")

    for body, signature in list(bank.webhooks(times=2)):
        event = providers.named("stripe").verify(body, signature)
        hearing.receive("stripe", event, at=LATER)

    assert Purse.objects.get().stopped_at is None
    assert CardDispute.objects.get().state == "won"
    assert sound()


def test_a_refund_that_comes_back_is_owed_until_it_is_given_in_another_way(bank: Bank) -> None:
    attempt = replace(press(selling()), means=Means("stripe", kept_card(bank), "Visa"))
    sale = buying.buy(attempt, at=make.NOON)
    key = giving_back.give_back(sale, at=LATER)
    moves.make(key, at=LATER)
    (made,) = bank.all("refund")
    made["status"], made["failure_reason"] = "failed", "lost_or_stolen_card"

    stranded, again = (stranding.hear("stripe", made["id"], at=LATER) for _ in range(2))

    assert stranded is not None
    assert stranded == again
    assert (stranded.amount_minor, stranded.about) == (HALF, sale.public_id)
    assert balances() == {"provider:stripe": -HALF, "platform:owed:refunds": HALF}
    stranding.give(stranded, "By transfer", by=make.person(), at=LATER)
    assert balances() == {"provider:stripe": -HALF, "bank:operating": HALF}
    assert sound()


def test_reports_bear_out_what_cards_cost_what_went_back_and_what_was_claimed(bank: Bank) -> None:
    kept = replace(press(selling()), means=Means("stripe", kept_card(bank), "Visa"))
    sale = buying.buy(kept, at=make.NOON)
    key = giving_back.give_back(sale, at=LATER)
    moves.make(key, at=LATER)
    other = buying.buy(replace(kept, key="other"), at=make.NOON)
    made = disputes.raise_dispute(bank, other.reference)
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1500)]
    disputes.decide(bank, made["id"], "lost")
    for body, signature in list(bank.webhooks()):
        hearing.receive("stripe", providers.named("stripe").verify(body, signature), at=LATER)
    rows = (
        f"txn_1,charge,ch_1,50.00,1.75,48.25,usd,2026-11-20 12:00,,,{sale.public_id},",
        f"txn_2,refund,re_1,-50.00,0.00,-50.00,usd,2026-11-20 14:00,,,,{key}",
        f"txn_3,charge,ch_2,50.00,1.75,48.25,usd,2026-11-20 12:00,,,{other.public_id},",
        f"txn_4,adjustment,{made['id']},-50.00,15.00,-65.00,usd,2026-11-20 15:00,,,,",
    )
    text = "\n".join((STRIPE, *rows)) + "\n"

    report = taking.take(
        io.BytesIO(text.encode()), provider="stripe", name="r", by=make.person(), at=LATER
    )

    assert set(report.all_lines.values_list("state", flat=True)) == {"matched"}
    assert taking.missing(report, most=9) == []
