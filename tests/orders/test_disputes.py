"""A buyer's bank takes money back: heard once, answered once, and borne by the merchant if lost."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.fakes.stripe import Bank, Fault, disputes
from tests.orders.money import balances
from tests.orders.test_stripe import broken, buy, kept_card, ship, two_shops
from tests.orders.test_stripe_webhooks import post
from tests.orders.work import run_jobs
from vitrine.accounts.models import Notice
from vitrine.catalog.models import Role
from vitrine.kernel.errors import Refusal
from vitrine.orders import disputes as arguing
from vitrine.orders.disputes import AnsweredAlready
from vitrine.orders.models import Clawback, Dispute, DisputeState, Order, ProviderEvent
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import OutcomeUnknown, ProviderRefused

pytestmark = pytest.mark.django_db
LATER = make.NOON + timedelta(days=3)


def sold(bank: Bank) -> Order:
    """Return an order that was shipped and paid."""
    payment = buy(make.variant(stock=5), token=kept_card(bank))
    order = payment.group.orders.select_related("merchant").get()
    ship(order, make.person())
    bank.outbox.clear()
    return order


def told(bank: Bank, client: Client, *, times: int = 1) -> None:
    for one in bank.webhooks(times=times):
        assert post(client, *one) == (204, "")


def test_a_dispute_is_heard_once_with_its_reason_and_its_last_day(
    bank: Bank, client: Client
) -> None:
    order = sold(bank)
    made = disputes.raise_dispute(bank, order.group.payment.reference)

    told(bank, client, times=3)

    dispute = Dispute.objects.get()
    assert (dispute.order, dispute.payment) == (order, order.group.payment)
    assert (dispute.state, dispute.reason) == ("needs_response", "product_not_received")
    assert dispute.amount_minor == order.total_minor
    assert dispute.due_at is not None
    assert dispute.due_at.timestamp() == made["evidence_details"]["due_by"]
    assert order.events.filter(kind="disputed").count() == 1
    assert ProviderEvent.objects.filter(payment=order.group.payment).count() == 1


def test_a_dispute_is_about_the_order_of_one_shop(bank: Bank, client: Client) -> None:
    payment = buy(*two_shops(), token=kept_card(bank))
    _, second = payment.group.orders.order_by("pk")
    ship(second, make.person())
    disputes.raise_dispute(bank, second.charge_reference)

    told(bank, client)

    assert Dispute.objects.get().order == second


def test_a_lost_dispute_is_taken_from_the_merchant_once(bank: Bank, client: Client) -> None:
    order = sold(bank)
    before = balances()["provider:stripe"]
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    made["balance_transactions"] = [disputes.balance_transaction(bank, made, fee=1500)]
    disputes.decide(bank, made["id"], "lost")

    told(bank, client, times=2)
    arguing.hear("stripe", made["id"], at=LATER)

    dispute = Dispute.objects.get()
    assert (dispute.state, dispute.fee_minor) == (DisputeState.LOST, 1500)
    taken = order.total_minor + 1500
    assert Clawback.objects.get().amount_minor == order.total_minor
    assert balances()[f"merchant:{order.merchant.public_id}:available"] == -taken
    assert balances()["provider:stripe"] == before + taken
    assert broken() == []


def test_a_won_dispute_costs_nothing_and_stays_won(bank: Bank, client: Client) -> None:
    order = sold(bank)
    before = balances()
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    disputes.decide(bank, made["id"], "won")
    told(bank, client)

    made["status"] = "needs_response"
    arguing.hear("stripe", made["id"], at=LATER)

    assert Dispute.objects.get().state == DisputeState.WON
    assert balances() == before


def test_a_merchant_answers_once_and_nothing_typed_is_lost(bank: Bank) -> None:
    order, clerk = sold(bank), make.person()
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    dispute = arguing.hear("stripe", made["id"], at=make.NOON)
    assert dispute is not None
    with pytest.raises(Refusal):
        arguing.answer(dispute, "  ", by=clerk, at=LATER)
    bank.faults.append(Fault.LOST)
    with pytest.raises(OutcomeUnknown):
        arguing.answer(dispute, "It was signed for.", by=clerk, at=LATER)

    answered = arguing.answer(dispute, "It was signed for.", by=clerk, at=LATER)

    assert answered.state == DisputeState.UNDER_REVIEW
    assert made["evidence"]["uncategorized_text"] == "It was signed for."
    assert made["evidence_details"]["submission_count"] == 1
    with pytest.raises(AnsweredAlready):
        arguing.answer(dispute, "And another thing.", by=clerk, at=LATER)


def test_what_the_bank_does_not_take_can_be_said_in_other_words(bank: Bank) -> None:
    order, clerk = sold(bank), make.person()
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    dispute = arguing.hear("stripe", made["id"], at=make.NOON)
    assert dispute is not None
    with pytest.raises(ProviderRefused):
        arguing.answer(dispute, "x" * (disputes.MOST + 1), by=clerk, at=LATER)
    dispute.refresh_from_db()
    assert (dispute.evidence, dispute.answered_by, dispute.answered_at) == ("", None, None)

    arguing.answer(dispute, "A neighbour signed for it.", by=clerk, at=LATER)

    assert made["evidence"]["uncategorized_text"] == "A neighbour signed for it."


def test_a_shop_hears_of_a_dispute_and_answers_it_on_the_page_of_its_order(
    bank: Bank, client: Client
) -> None:
    order, owner = sold(bank), make.person()
    shop = order.merchant
    make.member(shop, owner, Role.OWNER)
    make.member(shop, clerk := make.person(), Role.COUNTER)
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    told(bank, client)
    run_jobs()
    page = f"/market/{shop.slug}/orders/{order.public_id}/"
    assert Notice.objects.get(person=owner, kind="sale_news").path == page
    client.force_login(owner)
    assert "that a buyer’s bank disputes" in client.get(f"/market/{shop.slug}/").content.decode()
    listed = client.get(f"/market/{shop.slug}/orders/", {"show": "disputed"}).content.decode()
    assert page in listed
    there = f"/market/{shop.slug}/disputes/{Dispute.objects.get().public_id}/"
    typed = {"evidence": "It was signed for. <b>"}

    client.force_login(clerk)
    assert "Hand it in" not in client.get(page).content.decode()
    assert client.post(there, typed).status_code == 404
    client.force_login(owner)
    for wrong, said in (
        ({"evidence": " "}, "an empty answer loses the dispute"),
        ({"evidence": "y" * 20_001}, "20,000 letters at most"),
    ):
        refused = client.post(there, wrong)
        assert refused.status_code in (409, 422)
        assert said in refused.content.decode()
        assert wrong["evidence"] in refused.content.decode()
    bank.faults.append(Fault.LOST)
    unknown = client.post(there, typed).content.decode()
    assert "signed for. &lt;b&gt;</textarea>" in unknown
    assert "has not answered" in unknown

    assert client.post(there, typed).status_code == 302

    assert made["evidence"]["uncategorized_text"] == typed["evidence"]
    seen = client.get(page).content.decode()
    assert "Under review" in seen
    assert "Hand it in" not in seen
    assert client.post(there, typed | {"evidence": "More"}).status_code == 409


@pytest.mark.parametrize("charge", ["pi_of_somebody_else", None])
def test_a_dispute_about_nothing_of_ours_changes_nothing(
    bank: Bank, client: Client, charge: str | None
) -> None:
    order = sold(bank)
    made = disputes.raise_dispute(bank, order.group.payment.reference)
    made["payment_intent"] = charge

    told(bank, client)

    assert not Dispute.objects.exists()


def test_a_webhook_whose_truth_cannot_be_asked_for_is_to_be_sent_again(
    bank: Bank, client: Client
) -> None:
    disputes.raise_dispute(bank, sold(bank).group.payment.reference)
    (one,) = bank.webhooks()
    bank.faults.append(Fault.BROKEN)
    assert post(client, *one) == (503, "provider_silent")
    assert post(client, *one) == (204, "")
    assert Dispute.objects.exists()


def test_the_test_bank_has_no_disputes() -> None:
    for ask in (
        lambda: sandbox.PROVIDER.claim(reference="x"),
        lambda: sandbox.PROVIDER.submit_evidence(key="k", reference="x", text="t"),
    ):
        with pytest.raises(ProviderRefused):
            ask()
