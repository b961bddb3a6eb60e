"""Gift cards and store credit: issued, spent once, given back, and every cent in the books."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.fakes.stripe import Bank
from tests.orders.cards import LATER, ONE, bought, card, sent, sound
from tests.orders.money import at_bank, balances
from tests.orders.test_stripe import kept_card, two_shops
from vitrine.accounts.limits import TooFast
from vitrine.catalog.models import Variant
from vitrine.ledger import accounts
from vitrine.ledger.posting import KeyReused
from vitrine.orders import (
    bill_page,
    card_terms,
    checkout,
    covering,
    expiring,
    handing_over,
    moving,
    offering,
    purses,
    quote,
    refunding,
    stranding,
)
from vitrine.orders.checkout import Means, TotalChanged
from vitrine.orders.covering import CardDoesNotPay, Wish
from vitrine.orders.models import (
    BankCharge,
    Bill,
    GroupState,
    Order,
    Payment,
    PaymentMove,
    Purse,
    PurseStep,
    Release,
    Tender,
    TenderState,
)
from vitrine.orders.offering import Terms
from vitrine.orders.payment import sandbox
from vitrine.orders.payouts import planning, releasing
from vitrine.orders.promoting import Gift
from vitrine.orders.purses import EndsTooSoon, NotBacked

pytestmark = pytest.mark.django_db


def test_a_card_pays_what_it_can_and_the_bank_is_asked_for_the_rest() -> None:
    lamp = make.variant(stock=2)
    gift, code = card(1000)

    payment = bought(lamp, codes=(code,), shown_asked_minor=ONE - 1000)
    order = Order.objects.get()
    gift.refresh_from_db()
    assert (payment.amount_minor, payment.stored_minor, order.stored_minor) == (ONE, 1000, 1000)
    assert (gift.put_minor, gift.held_minor, gift.spent_minor) == (1000, 1000, 0)
    assert sound()
    sent(order)

    gift.refresh_from_db()
    assert (gift.held_minor, gift.spent_minor, gift.free_minor) == (0, 1000, 0)
    assert at_bank() == {"capture": ONE - 1000}
    shop = f"merchant:{lamp.merchant.public_id}:pending"
    assert balances() == {
        "platform:costs:gifts": -1000,
        "provider:sandbox": -(ONE - 1000),
        shop: 2495 - 120,  # as if it were all money of the bank
        "platform:fees": 120,
        "tax:US-NY": 100,
    }
    assert sound()
    whole = handing_over.refund(order, by=make.person(), at=LATER, reason="Broken")
    moving.make(whole, at=LATER)
    gift.refresh_from_db()
    assert gift.free_minor == 1000
    assert at_bank() == {"capture": ONE - 1000, "refund": ONE - 1000}
    assert balances() == {"platform:costs:gifts": -1000, gift.account: 1000}
    assert sound()


def test_where_nothing_is_left_to_pay_no_bank_is_asked() -> None:
    lamp = make.variant(stock=1)
    gift, code = card(5000)

    payment = bought(lamp, codes=(code.lower().replace("-", " "),), shown_asked_minor=0)
    order = Order.objects.get()
    assert payment.group.state == GroupState.PLACED
    assert payment.asked_minor == 0
    sent(order)

    assert at_bank() == {}
    assert not BankCharge.objects.exists()
    gift.refresh_from_db()
    assert gift.free_minor == 5000 - ONE
    assert order.moves.get().stored_minor == ONE
    assert sound()


def test_a_refund_goes_to_the_bank_first_up_to_what_it_gave_then_to_the_card() -> None:
    lamp = make.variant(stock=1)
    gift, code = card(2000)
    bought(lamp, codes=(code,))
    order, by = Order.objects.get(), make.person()
    sent(order)
    asked = ONE - 2000

    for number, amount in enumerate((asked - 100, 300, 200)):
        key = refunding.amount(order, amount, key=f"r{number}", by=by, at=LATER, reason="Sorry")
        moving.make(key, at=LATER)

    notes = Bill.objects.whole().filter(kind="credit").order_by("pk")
    bank, gifts = order.group.payment.method_label, "Gift card or store credit"
    assert [bill_page.of(note).method for note in notes] == [
        bank, f"{bank}, and a gift card or store credit", gifts,
    ]  # fmt: skip
    parts = PaymentMove.objects.filter(kind="refund").order_by("pk")
    assert [(one.asked_minor, one.stored_minor) for one in parts] == [
        (asked - 100, 0),
        (100, 200),
        (0, 200),
    ]
    gift.refresh_from_db()
    assert gift.free_minor == 400
    assert sound()


def test_what_the_platform_makes_good_and_what_a_card_pays_stay_apart() -> None:
    offering.offer(Terms("Off", Gift.FIXED, amount_minor=500), merchant=None, at=make.NOON)
    lamp = make.variant(stock=1)
    gift, code = card(1000)
    payment = bought(lamp, codes=(code,))
    order, by = Order.objects.get(), make.person()
    paid = 1500 + 495 + 60 + 20  # 4 % of 15.00 and of 4.95
    assert (payment.amount_minor, payment.asked_minor) == (paid, paid - 1000)
    sent(order)

    assert balances() == {
        "platform:costs:gifts": -1000,
        "platform:promotions": -500,
        "provider:sandbox": -(paid - 1000),
        f"merchant:{lamp.merchant.public_id}:pending": 2000 + 495 - 90,
        "platform:fees": 90,
        "tax:US-NY": 80,
    }
    assert sound()
    whole = moving.make(handing_over.refund(order, by=by, at=LATER, reason="Broken"), at=LATER)
    stranded = stranding.book_back(whole, "closed", at=LATER)
    assert stranded.amount_minor == paid - 1000  # no bank sends back what went to a card
    stranding.give(stranded, "By transfer", by=by, at=LATER)
    assert balances() == {
        "platform:costs:gifts": -1000,
        gift.account: 1000,
        "provider:sandbox": -(paid - 1000),
        "bank:operating": paid - 1000,
    }
    assert sound()


def test_what_is_cancelled_declined_or_not_paid_in_time_is_free_again() -> None:
    lamp = make.variant(stock=5)
    gift, code = card(1000)
    kept = bought(lamp, codes=(code,))
    key = handing_over.cancel(kept.group.orders.get(), by=None, at=make.NOON, reason="No")
    moving.make(key, at=make.NOON)
    gift.refresh_from_db()
    assert gift.free_minor == 1000
    declined = bought(lamp, codes=(code,), token=sandbox.DECLINES)
    assert declined.group.state == GroupState.FAILED
    gift.refresh_from_db()
    assert gift.free_minor == 1000
    challenged = bought(lamp, codes=(code,), token=sandbox.CHALLENGES)
    with pytest.raises(CardDoesNotPay, match="held for a purchase"):
        bought(lamp, codes=(code,))
    expiring.end(challenged.group_id, at=make.NOON + timedelta(minutes=16))

    gift.refresh_from_db()
    assert gift.free_minor == 1000
    assert {one.state for one in Tender.objects.all()} == {TenderState.LET_GO}
    assert at_bank() == {"void": ONE - 1000}
    assert sound()


def test_a_card_of_a_shop_comes_out_of_what_it_has_and_is_spent_there_alone() -> None:
    lamp, other = make.variant(stock=2), make.variant(stock=2)
    shop = lamp.merchant
    with pytest.raises(NotBacked):
        card(500, shop)
    assert not Purse.objects.exists()
    had = earned(lamp)
    gift, code = card(500, shop, note="For Ada")

    with pytest.raises(CardDoesNotPay, match=f"at {shop.name} only"):
        bought(other, codes=(code,))
    group = bought(lamp, other, codes=(code,)).group
    stored = dict(group.orders.values_list("merchant", "stored_minor"))
    assert stored == {shop.pk: 500, other.merchant.pk: 0}
    assert had == 2375
    assert balances()[f"merchant:{shop.public_id}:available"] == had - 500
    assert balances()[gift.account] == 500
    assert sound()


def earned(lamp: Variant) -> int:
    """Let a shop have something available. Returns how much."""
    order = make.handed_over(lamp)
    releasing.release(Release.objects.get(move__order=order).pk, at=LATER)
    return planning.available_to(accounts.merchant(lamp.merchant.public_id))


def test_the_code_is_told_once_and_a_key_issues_one_card() -> None:
    by = make.person()
    fields = {"merchant": None, "by": by, "at": make.NOON}
    first, code = purses.issue(700, key="k", **fields)  # type: ignore[arg-type]
    again, silence = purses.issue(700, key="k", **fields)  # type: ignore[arg-type]

    assert (again, silence) == (first, "")
    assert len(purses.plain(code)) == 16
    assert code[-4:] == first.code_end
    assert code.encode() not in bytes(first.code_digest or b"")
    with pytest.raises(KeyReused):
        purses.issue(800, key="k", **fields)  # type: ignore[arg-type]
    assert PurseStep.objects.count() == 1


def test_wrong_codes_are_counted_and_then_even_a_right_one_must_wait() -> None:
    lamp = make.variant(stock=1)
    _, code = card(700)

    for _ in range(10):
        with pytest.raises(CardDoesNotPay, match="no gift card with this code"):
            bought(lamp, codes=("AAAA-BBBB-CCCC-DDDD",), shown_asked_minor=ONE)
    with pytest.raises(TooFast):
        bought(lamp, codes=(code,), shown_asked_minor=ONE - 700)
    assert not Order.objects.exists()


def test_stopped_ended_and_empty_cards_do_not_pay() -> None:
    lamp = make.variant(stock=3)
    stopped, first = card(700)
    purses.stop(stopped, at=make.NOON)
    _, spent = card(100)
    bought(lamp, codes=(spent,))

    with pytest.raises(CardDoesNotPay, match="was stopped"):
        bought(lamp, codes=(first,))
    sent(Order.objects.get())
    with pytest.raises(CardDoesNotPay, match="Nothing is left"):
        bought(lamp, codes=(spent,))
    with pytest.raises(EndsTooSoon):
        card(700, last_on=date(2040, 1, 1))  # not in the United States
    assert card_terms.first_end("AU", on=date(2026, 11, 29)) == date(2029, 11, 29)
    assert card_terms.first_end("NZ", on=date(2026, 3, 1)) is None  # nobody knows the law before
    assert card_terms.first_end("NZ", on=date(2028, 2, 29)) == date(2031, 3, 1)
    assert not any(card_terms.may_end(one, on=date(2026, 11, 29)) for one in ("US", "CA", "FR"))


def test_credit_is_given_with_a_reason_spent_where_it_may_and_refunded_into() -> None:
    lamp, bea = make.variant(stock=3), make.person()
    by = make.person()
    given = {"by": by, "at": make.NOON, "reason": "Sorry"}
    everywhere = purses.grant(bea, 300, key="g1", merchant=None, **given)  # type: ignore[arg-type]
    purses.grant(bea, 200, key="g2", merchant=None, **given)  # type: ignore[arg-type]
    purses.grant(bea, 200, key="g2", merchant=None, **given)  # type: ignore[arg-type]

    bought(lamp, buyer=bea, with_credit=True, shown_asked_minor=ONE - 500)
    order = Order.objects.get()
    sent(order)
    line = order.lines.get()
    with transaction.atomic():
        payment = Payment.objects.locked().get()
        at_shop = purses.credit_of(bea, lamp.merchant, at=LATER)
        made = refunding.units(
            order, payment, {line.pk: 1}, key="u", by=by, at=LATER, reason="Back", into=at_shop
        )
    assert made is not None
    moving.make(made.move.key, at=LATER)

    everywhere.refresh_from_db()
    at_shop.refresh_from_db()
    assert (everywhere.free_minor, at_shop.free_minor) == (0, ONE)
    assert at_bank() == {"capture": ONE - 500}
    order.refresh_from_db()
    assert order.state == "refunded"
    assert balances() == {
        "platform:costs:gifts": -500,
        "provider:sandbox": -(ONE - 500),
        at_shop.account: ONE,
    }
    assert sound()


def test_the_total_that_was_shown_for_the_bank_is_the_total_it_is_asked_for() -> None:
    lamp = make.variant(stock=1)
    gift, code = card(1000)

    with pytest.raises(TotalChanged):
        bought(lamp, codes=(code,), shown_asked_minor=ONE)
    gift.refresh_from_db()
    assert (gift.held_minor, Order.objects.count()) == (0, 0)


def test_a_second_press_of_the_same_key_spends_no_second_time() -> None:
    lamp = make.variant(stock=2)
    gift, code = card(1000)
    wish = Wish((code,), who="v_somebody")
    attempt = make.attempt(lamp, wish=wish, key="pressed", shown_asked_minor=ONE - 1000)
    first = checkout.buy(attempt, at=make.NOON)

    again = checkout.buy(attempt, at=make.NOON)

    assert again == first
    gift.refresh_from_db()
    assert (gift.held_minor, Tender.objects.count()) == (1000, 1)
    with pytest.raises(KeyReused):
        checkout.buy(make.attempt(lamp, key="pressed", shown_total_minor=ONE), at=make.NOON)


def test_stripe_sets_aside_for_each_shop_what_no_card_pays(bank: Bank) -> None:
    first, second = two_shops()
    gift, code = card(ONE + 500)  # the first order, and a part of the second
    attempt = make.attempt(
        first, second, wish=Wish((code,), who="v_x"), shown_asked_minor=ONE - 500
    )
    payment = checkout.buy(
        replace(attempt, means=Means("stripe", kept_card(bank), "Card")), at=make.NOON
    )
    paid, mixed = payment.group.orders.order_by("pk")
    assert (paid.asked_minor, mixed.asked_minor) == (0, ONE - 500)
    assert bank.money() == {"captured": 0, "held": ONE - 500, "refunded": 0}

    sent(paid)
    sent(mixed)
    whole = handing_over.refund(mixed, by=make.person(), at=LATER, reason="Broken")
    moving.make(whole, at=LATER)
    moving.make(handing_over.refund(paid, by=make.person(), at=LATER, reason="Broken"), at=LATER)

    assert bank.money() == {"captured": ONE - 500, "held": 0, "refunded": ONE - 500}
    gift.refresh_from_db()
    assert gift.free_minor == ONE + 500
    assert sound()


def test_a_purchase_without_any_of_it_costs_no_statement_more() -> None:
    lamp = make.variant(stock=2)
    offer = quote.build([*make.attempt(lamp).wanted], choices={}, region="NY", at=make.NOON)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        cover = covering.plan(offer, Wish(), None, at=make.NOON)

    assert len(queries) == 0
    assert (cover.stored_minor, cover.asked_minor) == (0, ONE)
