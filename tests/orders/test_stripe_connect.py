"""Merchants' accounts at Stripe: onboarded, sent money once, paid out once, and bounced."""

import pytest
from django.test import Client

from tests import make
from tests.fakes.stripe import Bank, Fault, cards, connect
from tests.market.selling import sure, url, with_password
from tests.orders.payouts.work import DAY, agreed, banked, holds, payee, sold
from tests.orders.test_reconciling import STRIPE, states, take
from tests.orders.test_stripe_webhooks import post
from vitrine.catalog.models import Merchant
from vitrine.kernel.money import plain_decimal
from vitrine.orders.models import BankAccount, Payout, PayoutState, ProviderEvent
from vitrine.orders.payment import stripe_connect
from vitrine.orders.payment.payer import Account, Outcome, Sent
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused
from vitrine.orders.payment.stripe_connect import PAYER
from vitrine.orders.payouts import invariants, planning, releasing, remitting

pytestmark = pytest.mark.django_db


def opened(bank: Bank) -> str:
    """Return an account whose merchant has said who they are."""
    account = PAYER.create_account(key="account:1", country="US", email="s@example.org")
    PAYER.onboarding_link(account, back_url="https://shop/")
    assert connect.onboarded(bank, account) == "https://shop/"
    return account


def paid(bank: Bank, account: str, amount_minor: int) -> str:
    return stripe_connect.transfer(
        key="transfer:1", account=account, amount_minor=amount_minor, currency="USD"
    )


def test_an_account_is_payable_once_its_merchant_has_said_who_they_are(bank: Bank) -> None:
    account = PAYER.create_account(key="account:1", country="US", email="s@example.org")
    assert PAYER.find_account(account) == Account(account, False, ("external_account",))
    with pytest.raises(ProviderRefused):
        stripe_connect.payout(key="p", account=account, amount_minor=1, currency="USD")

    assert opened(bank) == account

    assert PAYER.find_account(account) == Account(account, True, ())


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
    assert sent.outcome == Outcome.SENT
    connect.arrive(bank, sent.reference)

    found = PAYER.find_payout(sent.reference, account=account)
    assert found == Sent(sent.reference, Outcome.PAID)
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

    found = PAYER.find_payout(again.reference, account=account)
    assert found.outcome == Outcome.BOUNCED
    assert found.reason == "The bank account has been closed."
    assert len(bank.all("payout")) == 1
    assert connect.balance(bank, account) == 900


def test_no_more_is_paid_out_than_there_is(bank: Bank) -> None:
    account = opened(bank)
    paid(bank, account, 900)
    with pytest.raises(ProviderRefused):
        stripe_connect.payout(key="payout:1", account=account, amount_minor=901, currency="USD")
    assert bank.all("payout") == []


# A shop is paid ---------------------------------------------------------------------------------


@pytest.fixture
def shop(bank: Bank) -> Merchant:
    """Return a shop that is paid at Stripe, whose sale is no longer to be returned."""
    made, owner = make.merchant(), make.person()
    agreed(made, return_days=0, next_on=make.NOON.date(), reserve_percent=0)
    before = make.NOON - 2 * DAY
    account = remitting.open_account(payee(made), "stripe", holder="S", by=owner, at=before)
    assert remitting.open_account(payee(made), "stripe", holder="S", by=owner, at=before) == account
    page = remitting.onboarding_link(account, back_url="https://shop/money")
    assert page.endswith(account.number)
    connect.onboarded(bank, account.number)
    sold(made, 10_000)
    releasing.release_due(at=make.NOON)
    return made


def turn() -> Payout:
    """Do what the hourly task does."""
    planning.plan_due(at=make.NOON)
    for payout in remitting.unfinished():
        remitting.carry_on(payout, at=make.NOON)
    return Payout.objects.get()


def test_a_shop_is_paid_through_its_account_once(bank: Bank, shop: Merchant) -> None:
    has = holds(shop)["available"]
    bank.faults.extend([Fault.NONE, Fault.LOST])
    assert turn().state == PayoutState.PLANNED

    payout = turn()
    assert (payout.state, payout.amount_minor) == (PayoutState.SENT, has)
    connect.arrive(bank, payout.reference)
    payout = turn()

    assert (payout.state, payout.source) == (PayoutState.PAID, "provider:stripe")
    assert holds(shop) == {}
    assert [one["amount"] for one in bank.all("transfer")] == [has]


def test_a_payout_that_bounces_after_it_was_paid_is_the_shop_s_again(
    bank: Bank, shop: Merchant, client: Client
) -> None:
    has = holds(shop)["available"]
    payout = turn()
    connect.arrive(bank, payout.reference)
    turn()
    connect.arrive(bank, payout.reference, bounced="account_closed")

    assert {post(client, *one) for one in bank.webhooks(times=2)} == {(204, "")}

    payout.refresh_from_db()
    assert payout.state == PayoutState.BOUNCED
    assert payout.reason == "The bank account has been closed."
    assert holds(shop) == {"available": has}
    assert connect.balance(bank, payout.bank.number) == 0
    assert ProviderEvent.objects.filter(payment=None).exists()


@pytest.mark.parametrize("is_known_as_paid", [True, False])
def test_what_went_out_and_came_back_is_borne_out_line_by_line(
    bank: Bank, shop: Merchant, *, is_known_as_paid: bool
) -> None:
    payout = turn()
    if is_known_as_paid:
        connect.arrive(bank, payout.reference)
        turn()
    connect.arrive(bank, payout.reference, bounced="account_closed")
    remitting.carry_on(turn(), at=make.NOON)
    has = plain_decimal(payout.amount_minor, "USD")
    rows = [
        f"txn_1,transfer,tr_1,-{has},0.00,-{has},usd,2026-11-20 11:00,,{payout.key},,",
        f"txn_2,transfer_reversal,trr_1,{has},0.00,{has},usd,2026-11-20 12:00,,{payout.key},,",
    ]

    report = take("\n".join([STRIPE, *rows]), make.person(is_staff=True))

    payout.refresh_from_db()
    assert (payout.state, payout.source) == (PayoutState.BOUNCED, "provider:stripe")
    assert holds(shop) == {"available": payout.amount_minor}
    assert states(report) == {2: "matched", 3: "matched"}
    assert invariants.payouts_add_up().violations == []


def test_a_shop_that_has_not_said_who_it_is_waits(bank: Bank, shop: Merchant) -> None:
    (account,) = bank.all("account")
    account["payouts_enabled"] = False

    assert turn().state == PayoutState.PLANNED
    account["payouts_enabled"] = True
    Merchant.objects.update(suspended_at=make.NOON)
    assert turn().state == PayoutState.PLANNED
    Merchant.objects.update(suspended_at=None)

    assert turn().state == PayoutState.SENT
    assert len(bank.all("transfer")) == 1


# A shop registers itself ------------------------------------------------------------------------


def read(client: Client, path: str) -> str:
    return " ".join(client.get(path).content.decode().split())


def test_a_shop_registers_itself_on_the_provider_s_page_and_comes_back(bank: Bank) -> None:
    owner = make.person()
    shop = make.merchant("Lamp Shop", owner=owner)
    seller, money = sure(owner), url("money", shop)
    here = url("registration", shop)
    assert "Be paid through Stripe" in read(seller, money)
    assert seller.get(url("onboarding", shop)).headers["Location"] == here  # nothing to go on with

    asked = with_password(make.person())  # a stranger
    assert asked.get(here).status_code == asked.post(here).status_code == 404
    bank.faults.append(Fault.DROPPED)
    assert seller.post(here).status_code == 503
    assert not BankAccount.objects.exists()
    assert seller.post(here).headers["Location"] == here
    assert seller.post(here).headers["Location"] == here  # once more is the same account

    (account,) = bank.all("account")
    named = BankAccount.objects.get()
    assert (named.method, named.number, named.holder) == ("stripe", account["id"], "Lamp Shop")
    page = read(seller, here)
    assert "Not ready yet" in page
    assert "The bank account that it pays to" in page
    hosted = seller.get(url("onboarding", shop)).headers["Location"]
    assert hosted == f"{bank.origin}/onboard/{account['id']}"
    assert connect.onboarded(bank, account["id"]) == f"http://testserver{here}"
    page = read(seller, here)
    assert "Ready to be paid" in page
    assert "Change it at Stripe" in page
    assert "How far Stripe is" in read(seller, money)
    bank.faults.append(Fault.DROPPED)
    assert "Stripe does not answer at the moment." in read(seller, here)


def test_who_comes_back_to_the_provider_has_the_account_of_before(bank: Bank) -> None:
    shop, owner, day = make.merchant(), make.person(), make.NOON
    first = remitting.open_account(payee(shop), "stripe", holder="S", by=owner, at=day)
    banked(shop, at=day)
    bank.answers.clear()  # a day later the provider has forgotten the key

    again = remitting.open_account(payee(shop), "stripe", holder="S", by=owner, at=day + 2 * DAY)

    assert again.pk != first.pk
    assert again.number == first.number
    assert len(bank.all("account")) == 1


def test_the_test_bank_needs_nobody_to_register() -> None:
    owner = make.person()
    shop = make.merchant(owner=owner)
    seller, here = sure(owner), url("registration", shop)

    assert "you need to register with none" in read(seller, url("money", shop))
    assert "Not needed here" in read(seller, here)
    assert seller.post(here).headers["Location"] == here
    assert not BankAccount.objects.exists()
