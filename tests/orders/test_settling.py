"""Answers late, lost, twice or out of order: one effect, and never money without an order."""

from datetime import timedelta

import msgspec
import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.orders.money import at_bank, balances
from tests.orders.work import jobs, run_jobs
from vitrine.catalog.models import Stock
from vitrine.orders import checkout, expiring, hearing, invariants, moving, settling
from vitrine.orders.checkout import HOLD
from vitrine.orders.models import (
    BankCharge,
    GroupState,
    MoveState,
    OrderEvent,
    Payment,
    PaymentMove,
    PaymentState,
    ProviderEvent,
)
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import Answer, BadSignature, Event, Outcome

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(minutes=2)
TOO_LATE = make.NOON + HOLD


def reserved() -> int:
    return Stock.objects.get().reserved


def signed(event: Event) -> tuple[bytes, str]:
    body = msgspec.json.encode(event)
    return body, sandbox.sign(body)


def test_a_lost_answer_is_asked_for_and_places_the_order_once() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)
    assert (payment.state, payment.group.state) == (PaymentState.UNKNOWN, GroupState.HELD)

    settling.resolve(payment, at=LATER)
    settling.resolve(payment, at=LATER)

    payment.refresh_from_db()
    assert (payment.state, payment.group.state) == (PaymentState.AUTHORISED, GroupState.PLACED)
    assert BankCharge.objects.count() == 1
    assert OrderEvent.objects.filter(kind="placed").count() == 1
    assert reserved() == 1


def test_pressing_again_after_a_lost_answer_charges_nothing_twice() -> None:
    press = make.attempt(make.variant(stock=2), token=sandbox.TIMES_OUT)

    first = checkout.buy(press, at=make.NOON)
    again = checkout.buy(press, at=LATER)

    assert first == again
    assert BankCharge.objects.count() == 1
    assert reserved() == 1


def test_a_charge_that_never_reached_the_bank_ends_with_its_hold() -> None:
    press = make.attempt(make.variant(stock=1))
    payment = checkout.place(press, at=make.NOON)  # and the process died here

    settling.resolve(payment, at=LATER)
    payment.refresh_from_db()
    assert payment.state == PaymentState.STARTED
    assert expiring.sweep(at=TOO_LATE) == 1

    payment.refresh_from_db()
    assert (payment.state, payment.group.state) == (PaymentState.ABANDONED, GroupState.FAILED)
    assert reserved() == 0


def test_pressing_again_after_a_crash_carries_on() -> None:
    press = make.attempt(make.variant(stock=1))
    checkout.place(press, at=make.NOON)  # and the process died here

    payment = checkout.buy(press, at=LATER)

    assert payment.group.state == GroupState.PLACED
    assert Payment.objects.count() == 1


def test_money_that_comes_good_after_the_hold_is_let_go() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)
    expiring.sweep(at=TOO_LATE)

    settling.resolve(payment, at=TOO_LATE)
    settling.resolve(payment, at=TOO_LATE)
    run_jobs()

    payment.refresh_from_db()
    assert (payment.state, payment.group.state) == (PaymentState.ABANDONED, GroupState.FAILED)
    assert PaymentMove.objects.get().state == MoveState.DONE
    assert (payment.voided_minor, payment.captured_minor) == (payment.amount_minor, 0)
    assert at_bank() == {"void": payment.amount_minor}
    assert balances() == {}


def test_a_challenge_that_was_approved_too_late_is_let_go_though_its_webhook_is_lost() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.CHALLENGES)
    expiring.sweep(at=TOO_LATE)
    sandbox.answer_challenge(payment.reference, approved=True)
    ProcrastinateJob.objects.all().delete()
    payment.refresh_from_db()
    assert settling.awaits_word(payment)
    assert len(invariants.one_charge_per_purchase().violations) == 1

    (silent,) = settling.silent(began_before=TOO_LATE, began_after=make.NOON - HOLD)
    settling.resolve(silent, at=TOO_LATE)
    run_jobs()

    assert not settling.awaits_word(payment)
    assert at_bank() == {"void": payment.amount_minor}
    assert invariants.one_charge_per_purchase().violations == []


def test_a_challenge_is_answered_on_the_banks_page() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.CHALLENGES)
    assert (payment.state, payment.group.state) == (PaymentState.CHALLENGE, GroupState.HELD)

    key = sandbox.answer_challenge(payment.reference, approved=True)
    settling.resolve(payment, at=LATER)

    assert key == payment.key
    payment.refresh_from_db()
    assert payment.group.state == GroupState.PLACED


def test_a_refused_challenge_frees_the_stock_and_cannot_be_changed() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.CHALLENGES)

    sandbox.answer_challenge(payment.reference, approved=False)
    sandbox.answer_challenge(payment.reference, approved=True)
    settling.resolve(payment, at=LATER)

    payment.refresh_from_db()
    assert (payment.state, payment.group.state) == (PaymentState.DECLINED, GroupState.FAILED)
    assert reserved() == 0


def test_a_bank_that_answers_again_and_again_places_one_order() -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.TWICE)
    assert len(jobs("receive_webhook")) == 3

    run_jobs()

    payment.refresh_from_db()
    assert payment.group.state == GroupState.PLACED
    assert OrderEvent.objects.filter(kind="placed").count() == 1
    assert ProviderEvent.objects.filter(payment=payment).count() == 3


def test_a_stale_answer_changes_nothing() -> None:
    payment = make.purchase(make.variant(stock=1))

    settling.settle(payment, Answer(Outcome.CHALLENGE, "sb_late"), at=LATER)
    settling.settle(payment, Answer(Outcome.DECLINED, "sb_late", "Too late"), at=LATER)
    settling.mark_unknown(payment, at=LATER)

    payment.refresh_from_db()
    assert (payment.state, payment.group.state) == (PaymentState.AUTHORISED, GroupState.PLACED)
    assert payment.settled_at == make.NOON
    assert reserved() == 1


def test_a_webhook_is_taken_once_and_only_when_it_is_signed(client: Client) -> None:
    payment = make.purchase(make.variant(stock=1), token=sandbox.TIMES_OUT)
    body, signature = signed(Event("ev_1", payment.key))

    def send(with_signature: str) -> int:
        return client.post(
            "/payments/sandbox/webhooks",
            body,
            content_type="application/json",
            headers={"Payment-Signature": with_signature, "Accept": "application/json"},
        ).status_code

    assert send("forged") == 400
    payment.refresh_from_db()
    assert payment.state == PaymentState.UNKNOWN

    assert [send(signature), send(signature)] == [204, 204]
    payment.refresh_from_db()
    assert payment.group.state == GroupState.PLACED
    assert ProviderEvent.objects.count() == 1


def test_a_webhook_about_nothing_of_ours_changes_nothing() -> None:
    assert not hearing.receive("sandbox", Event("ev_1", "charge:unknown"), at=make.NOON)
    with pytest.raises(BadSignature):
        sandbox.Sandbox().verify(b"not json", sandbox.sign(b"not json"))


def test_what_stayed_silent_is_found_by_the_poller() -> None:
    lamp = make.variant(stock=9)
    placed = make.purchase(lamp)
    challenged = make.purchase(lamp, token=sandbox.CHALLENGES)
    unknown = make.purchase(lamp, token=sandbox.TIMES_OUT)

    found = settling.silent(began_before=LATER, began_after=make.NOON - HOLD)

    assert placed not in found
    assert list(found) == [challenged, unknown]
    assert list(settling.silent(began_before=make.NOON, began_after=make.NOON - HOLD)) == []
    assert moving.silent(asked_before=LATER) == []
