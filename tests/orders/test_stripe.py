"""Purchases through Stripe's own library against a bank that keeps Stripe's promises."""

from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests import make
from tests.fakes.stripe import Bank, Fault, cards, pages
from tests.orders.money import balances
from tests.orders.test_invariants import CHECKS
from tests.orders.work import run_jobs
from tests.shop.test_buying import GUEST, HTMX, hidden, sheet
from vitrine.catalog.models import Variant
from vitrine.orders import charging, checkout, expiring, handing_over, keeping, moving, settling
from vitrine.orders.checkout import HOLD, Means
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    GroupState,
    MoveState,
    Order,
    OrderState,
    Payment,
    PaymentMethod,
    PaymentMove,
    PaymentState,
)
from vitrine.orders.payment import providers
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.sovereignty.models import Leaving

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(minutes=2)
TOO_LATE = make.NOON + HOLD
VISA, CHALLENGED, DECLINED, POOR = (
    "4242424242424242",
    "4000002500003155",
    "4000000000000002",
    "4000000000009995",
)


def buy(*variants: Variant, token: str = "page", **fields: Any) -> Payment:
    press = make.attempt(*variants, **fields)
    return checkout.buy(replace(press, means=Means("stripe", token, "Card")), at=make.NOON)


def two_shops() -> tuple[Variant, Variant]:
    return make.variant(stock=5), make.variant(make.product(make.merchant()), stock=5)


def kept_card(bank: Bank, number: str = VISA) -> str:
    """Return the token of a card that the bank keeps."""
    owner = cards.customer(bank, {})
    return f"{owner['id']}:{cards.method(bank, number, owner['id'])['id']}"


def resolved(payment: Payment) -> Payment:
    payment.refresh_from_db()
    settling.resolve(payment, at=LATER)
    payment.refresh_from_db()
    payment.group.refresh_from_db()
    return payment


def ship(order: Order, who: Any) -> None:
    moving.make(handing_over.ship(order, Parcel("Post", "1"), by=who, at=LATER), at=LATER)
    order.refresh_from_db()


def broken() -> list[str]:
    return [found for check in CHECKS for found in check().violations]


def test_a_buyer_pays_on_the_page_and_the_money_is_taken_as_the_parcel_leaves(bank: Bank) -> None:
    payment = buy(make.variant(stock=5))
    assert (payment.state, payment.group.state) == (PaymentState.CHALLENGE, GroupState.HELD)
    assert charging.page_of(payment) == f"{bank.origin}/pay/{payment.reference}"

    assert pages.pay(bank, payment.reference, VISA)
    resolved(payment)
    assert payment.group.state == GroupState.PLACED
    assert bank.money() == {"captured": 0, "held": payment.amount_minor, "refunded": 0}

    order, clerk = payment.group.orders.get(), make.person()
    ship(order, clerk)
    assert order.state == OrderState.SHIPPED
    assert bank.money() == {"captured": payment.amount_minor, "held": 0, "refunded": 0}
    assert balances()["provider:stripe"] == -payment.amount_minor

    moving.make(handing_over.refund(order, by=clerk, at=LATER, reason="Broken"), at=LATER)
    assert bank.money()["refunded"] == payment.amount_minor
    assert balances() == {}
    assert broken() == []


def test_without_scripts_the_way_to_the_page_is_a_link(bank: Bank, client: Client) -> None:
    payment = buy(make.variant(stock=5))
    here = f"/o/{payment.group.public_id}"
    client.get(f"{here}?key={payment.group.link_token}")

    assert f'href="{here}/outcome?go"' in client.get(here).content.decode()
    gone = client.get(f"{here}/outcome?go")
    assert gone["Location"] == f"{bank.origin}/pay/{payment.reference}"

    pages.pay(bank, payment.reference, VISA)
    assert client.get(f"{here}/outcome")["Location"] == here
    payment.group.refresh_from_db()
    assert payment.group.state == GroupState.PLACED


def test_a_signed_in_buyer_pays_on_the_page_and_next_time_at_one_press(
    bank: Bank, client: Client
) -> None:
    lamp = make.variant(stock=9)
    client.force_login(make.person())
    typed = {**GUEST, "card": "page"}

    offered = sheet(client, lamp)
    sent = client.post("/checkout", {**hidden(offered), **typed}, headers=HTMX)
    payment = Payment.objects.get()
    assert sent["HX-Redirect"] == f"{bank.origin}/pay/{payment.reference}"
    assert "Test mode" in offered
    where, _ = pages.browse(bank, "POST", f"/pay/{payment.reference}", {"card": VISA})
    client.get(where.removeprefix("http://testserver"), follow=True)
    run_jobs()

    again = sheet(client, lamp)
    assert "Visa •••• 4242" in again
    card = PaymentMethod.objects.get().reference
    client.post("/checkout", {**hidden(again), **typed, "card": card}, headers=HTMX)
    stolen = Client()
    refused = stolen.post("/checkout", {**hidden(sheet(stolen, lamp)), **typed, "card": card})

    states = Payment.objects.values_list("state", flat=True)
    assert list(states) == [PaymentState.AUTHORISED, PaymentState.AUTHORISED]
    assert refused.status_code == 422


def test_each_shop_is_paid_by_its_own_authorisation_of_one_card(bank: Bank) -> None:
    payment = buy(*two_shops())
    assert bank.find("checkout.session", payment.reference)["mode"] == "setup"

    pages.pay(bank, payment.reference, VISA)
    resolved(payment)
    first, second = payment.group.orders.order_by("pk")
    assert payment.group.state == GroupState.PLACED
    assert first.charge_reference != second.charge_reference
    assert bank.money()["held"] == payment.amount_minor

    ship(first, make.person())
    moving.make(handing_over.cancel(second, by=None, at=LATER, reason="Late"), at=LATER)

    assert bank.money() == {"captured": first.total_minor, "held": 0, "refunded": 0}
    assert bank.find("payment_intent", second.charge_reference)["status"] == "canceled"
    assert broken() == []


def test_when_one_shop_s_part_is_declined_nothing_stays_set_aside(bank: Bank) -> None:
    payment = buy(*two_shops())
    pages.pay(bank, payment.reference, VISA)
    bank.on_request = lambda asked: decline_the_second(bank)

    resolved(payment)

    assert (payment.state, payment.group.state) == (PaymentState.DECLINED, GroupState.FAILED)
    assert payment.group.failure == "There is too little money on the card."
    assert bank.money() == {"captured": 0, "held": 0, "refunded": 0}


def decline_the_second(bank: Bank) -> None:
    if bank.all("payment_intent"):
        bank.conduct.update(dict.fromkeys(bank.conduct, "insufficient_funds"))


def test_a_card_is_kept_for_a_signed_in_buyer_and_pays_at_one_press(bank: Bank) -> None:
    buyer, lamp = make.person(), make.variant(stock=5)
    first = buy(lamp, buyer=buyer)
    pages.pay(bank, first.reference, VISA)
    resolved(first)
    run_jobs()
    kept = PaymentMethod.objects.get()
    assert kept.label == "Visa •••• 4242"

    again = buy(lamp, buyer=buyer, token=kept.reference)

    assert again.group.state == GroupState.PLACED
    assert len(bank.all("payment_intent")) == 2


def test_a_card_that_its_owner_removes_is_forgotten_at_stripe_too(bank: Bank) -> None:
    owner, token = make.person(), kept_card(bank)
    kept = PaymentMethod.objects.create(
        person=owner, provider="stripe", reference=token, label="Visa", used_at=make.NOON
    )
    assert keeping.forget(owner, keeping.mark_of(kept))
    run_jobs()
    run_jobs()
    (card,) = bank.all("payment_method")
    assert card["customer"] is None


def test_a_guest_s_card_is_not_kept(bank: Bank) -> None:
    payment = buy(make.variant(stock=5))
    pages.pay(bank, payment.reference, VISA)
    resolved(payment)
    run_jobs()
    assert payment.method_token == "page"
    assert bank.all("customer") == []
    assert not PaymentMethod.objects.exists()


def test_a_kept_card_that_is_declined_says_why(bank: Bank) -> None:
    payment = buy(make.variant(stock=5), token=kept_card(bank, POOR))
    assert payment.state == PaymentState.DECLINED
    assert payment.group.failure == "There is too little money on the card."


@pytest.mark.parametrize("approved", [True, False])
def test_a_kept_card_may_ask_who_is_paying(bank: Bank, approved: bool) -> None:
    payment = buy(make.variant(stock=5), token=kept_card(bank, CHALLENGED))
    assert payment.state == PaymentState.CHALLENGE
    assert charging.page_of(payment) == f"{bank.origin}/authenticate/{payment.reference}"

    back = pages.answer_challenge(bank, payment.reference, approved=approved)
    resolved(payment)

    assert back == f"http://testserver/o/{payment.group.public_id}/outcome"
    assert payment.group.state == (GroupState.PLACED if approved else GroupState.FAILED)


def test_two_shops_may_each_ask_who_is_paying(bank: Bank) -> None:
    payment = buy(*two_shops())
    pages.pay(bank, payment.reference, CHALLENGED)

    for made in (1, 2):
        resolved(payment)
        assert payment.state == PaymentState.CHALLENGE
        assert len(bank.all("payment_intent")) == made
        pages.answer_challenge(bank, bank.all("payment_intent")[-1]["id"], approved=True)
    resolved(payment)

    assert payment.group.state == GroupState.PLACED
    assert bank.money()["held"] == payment.amount_minor


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.BROKEN, Fault.BUSY, Fault.DROPPED])
def test_a_press_after_a_lost_answer_charges_once(bank: Bank, fault: Fault) -> None:
    token, lamp = kept_card(bank), make.variant(stock=5)
    press = replace(make.attempt(lamp), means=Means("stripe", token, "Card"))
    bank.faults.append(fault)
    assert checkout.buy(press, at=make.NOON).state == PaymentState.UNKNOWN

    payment = checkout.buy(press, at=LATER)

    assert payment.group.state == GroupState.PLACED
    assert len(bank.all("payment_intent")) == 1


def test_a_lost_answer_is_found_once_the_index_knows_it(bank: Bank) -> None:
    bank.faults.append(Fault.LOST)
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    bank.search_is_behind = True
    assert resolved(payment).state == PaymentState.UNKNOWN

    bank.search_is_behind = False

    assert resolved(payment).group.state == GroupState.PLACED


def test_a_page_whose_address_was_lost_is_asked_for_again(bank: Bank) -> None:
    bank.faults.append(Fault.LOST)
    payment = buy(make.variant(stock=5))
    assert payment.state == PaymentState.UNKNOWN

    resolved(payment)

    assert payment.state == PaymentState.CHALLENGE
    assert len(bank.all("checkout.session")) == 1


def test_a_page_is_closed_once_its_hold_has_ended(bank: Bank) -> None:
    payment = buy(make.variant(stock=5))
    expiring.sweep(at=TOO_LATE)
    resolved(payment)
    assert bank.find("checkout.session", payment.reference)["status"] == "expired"
    assert payment.group.state == GroupState.FAILED


@pytest.mark.parametrize("shops", [1, 2])
def test_what_is_paid_on_the_page_too_late_is_let_go(bank: Bank, shops: int) -> None:
    payment = buy(*two_shops()[:shops])
    pages.pay(bank, payment.reference, VISA)
    expiring.sweep(at=TOO_LATE)

    resolved(payment)
    run_jobs()

    assert bank.money() == {"captured": 0, "held": 0, "refunded": 0}
    assert payment.group.state == GroupState.FAILED


def test_two_authorisations_that_come_good_too_late_are_both_let_go(bank: Bank) -> None:
    payment = buy(*two_shops())
    pages.pay(bank, payment.reference, VISA)
    payment.refresh_from_db()
    answer = providers.named("stripe").find(charging.of(payment))
    assert answer is not None
    expiring.sweep(at=TOO_LATE)

    settling.settle(payment, answer, at=TOO_LATE)
    run_jobs()

    assert set(PaymentMove.objects.values_list("state", flat=True)) == {MoveState.DONE}
    assert bank.money() == {"captured": 0, "held": 0, "refunded": 0}
    assert broken() == []


def test_moves_are_made_once_though_their_answers_are_lost(bank: Bank) -> None:
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    order, clerk = payment.group.orders.get(), make.person()
    key = handing_over.ship(order, Parcel("Post", "1"), by=clerk, at=LATER)
    bank.faults.append(Fault.LOST)
    assert moving.make(key, at=LATER).state == MoveState.ASKED
    bank.answers.clear()  # a day later, the bank has forgotten its keys
    assert moving.make(key, at=LATER).state == MoveState.DONE

    order.refresh_from_db()
    back = handing_over.refund(order, by=clerk, at=LATER, reason="Broken")
    bank.faults = deque([Fault.NONE, Fault.LOST])
    assert moving.make(back, at=LATER).state == MoveState.ASKED
    bank.answers.clear()
    assert moving.make(back, at=LATER).state == MoveState.DONE

    total = payment.amount_minor
    assert bank.money() == {"captured": total, "held": 0, "refunded": total}


def test_what_the_bank_let_go_cannot_be_captured_and_the_merchant_is_told(bank: Bank) -> None:
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    cards.cancel(bank, payment.reference, {})
    order = payment.group.orders.get()

    ship(order, make.person())

    assert order.state == OrderState.PLACED
    assert order.events.filter(kind="capture_refused").exists()


def test_the_same_key_with_other_money_is_refused(bank: Bank) -> None:
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    charge = charging.of(payment)
    part = replace(charge.parts()[0], amount_minor=1)
    with pytest.raises(ProviderRefused):
        providers.named("stripe").authorise(replace(charge, parts=lambda: [part]))


def test_a_key_that_stripe_does_not_take_decides_nothing(bank: Bank, settings: Settings) -> None:
    settings.VITRINE_STRIPE_SECRET_KEY = "sk_test_of_somebody_else"
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    assert payment.state == PaymentState.UNKNOWN
    with pytest.raises(OutcomeUnknown):
        providers.named("stripe").void(key="k", reference="pi_1", amount_minor=1)


def test_nothing_leaves_but_through_the_gate_and_with_a_purpose(bank: Bank) -> None:
    payment = buy(make.variant(stock=5), buyer=make.person())
    pages.pay(bank, payment.reference, VISA)
    resolved(payment)
    ship(payment.group.orders.get(), make.person())

    logged = Leaving.objects.filter(destination="payments:stripe").order_by("pk")
    assert list(logged.values_list("purpose", flat=True)) == [
        *("keep card", "authorise", "look up", "capture"),
    ]
    assert len(bank.asked) == len(logged)
