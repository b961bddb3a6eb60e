"""Merchants' accounts at Stripe: onboarded, sent money once, paid out once, and bounced."""

import pytest

from tests.fakes.stripe import Bank, Fault, cards, connect
from vitrine.orders.payment import stripe_connect
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.payment.stripe_connect import Account, PayoutState, Sent

pytestmark = pytest.mark.django_db


def opened(bank: Bank) -> str:
    """Return an account whose merchant has said who they are."""
    account = stripe_connect.create_account(key="account:1", country="US", email="s@example.org")
    stripe_connect.onboarding_link(account, back_url="https://shop/")
    assert connect.onboarded(bank, account) == "https://shop/"
    return account


def paid(bank: Bank, account: str, amount_minor: int) -> str:
    return stripe_connect.transfer(
        key="transfer:1", account=account, amount_minor=amount_minor, currency="USD"
    )


def test_an_account_is_payable_once_its_merchant_has_said_who_they_are(bank: Bank) -> None:
    account = stripe_connect.create_account(key="account:1", country="US", email="s@example.org")
    assert stripe_connect.find_account(account) == Account(account, False, ("external_account",))
    with pytest.raises(ProviderRefused):
        stripe_connect.payout(key="p", account=account, amount_minor=1, currency="USD")

    assert opened(bank) == account

    assert stripe_connect.find_account(account) == Account(account, True, ())


def test_a_transfer_is_made_once_and_comes_from_its_own_charge(bank: Bank) -> None:
    account = opened(bank)
    owner = cards.customer(bank, {})["id"]
    card = cards.method(bank, "4242424242424242", owner)["id"]
    asked = {"amount": "900", "currency": "usd", "payment_method": card, "confirm": "true"}
    charge = cards.create(bank, {**asked, "customer": owner})

    for fault in (Fault.LOST, Fault.NONE):
        bank.faults.extend([Fault.NONE, Fault.NONE, fault])
        try:
            stripe_connect.transfer(
                key="transfer:2",
                account=account,
                amount_minor=800,
                currency="USD",
                charge=charge["id"],
            )
        except OutcomeUnknown:
            bank.answers.clear()  # a day later
    (made,) = bank.all("transfer")

    assert (made["amount"], made["source_transaction"]) == (800, charge["latest_charge"])


def test_a_payout_arrives(bank: Bank) -> None:
    account = opened(bank)
    paid(bank, account, 900)

    sent = stripe_connect.payout(key="payout:1", account=account, amount_minor=900, currency="USD")
    assert sent.state == PayoutState.SENT
    connect.arrive(bank, sent.reference)

    found = stripe_connect.find_payout(sent.reference, account=account)
    assert found == Sent(sent.reference, PayoutState.PAID)
    assert connect.balance(bank, account) == 0


def test_a_payout_whose_answer_was_lost_is_made_once_and_may_bounce(bank: Bank) -> None:
    account = opened(bank)
    paid(bank, account, 900)
    bank.faults.extend([Fault.NONE, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        stripe_connect.payout(key="payout:1", account=account, amount_minor=900, currency="USD")
    bank.answers.clear()  # a day later

    again = stripe_connect.payout(key="payout:1", account=account, amount_minor=900, currency="USD")
    connect.arrive(bank, again.reference, bounced="account_closed")

    found = stripe_connect.find_payout(again.reference, account=account)
    assert found.state == PayoutState.BOUNCED
    assert found.reason == "The bank account has been closed."
    assert len(bank.all("payout")) == 1
    assert connect.balance(bank, account) == 900


def test_no_more_is_paid_out_than_there_is(bank: Bank) -> None:
    account = opened(bank)
    paid(bank, account, 900)
    with pytest.raises(ProviderRefused):
        stripe_connect.payout(key="payout:1", account=account, amount_minor=901, currency="USD")
    assert bank.all("payout") == []
