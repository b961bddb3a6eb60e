"""What Stripe tells us by itself: in any order, any number of times, and only if it is Stripe."""

import time

import pytest
from django.test import Client

from tests import make
from tests.fakes.stripe import Bank, cards, pages
from tests.fakes.stripe.bank import WEBHOOK_SECRET, signed
from tests.market.selling import signed_in
from tests.orders.money import balances
from tests.orders.test_stripe import LATER, VISA, buy
from vitrine.kernel.invariants import REGISTER
from vitrine.orders import handing_over, moving, settling
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import GroupState, PaymentState, ProviderEvent, StrandedRefund

pytestmark = pytest.mark.django_db


def post(client: Client, body: bytes, signature: str) -> tuple[int, str]:
    answer = client.post(
        "/payments/stripe/webhooks",
        body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )
    said = answer.json()["code"] if answer.content else ""
    return answer.status_code, said


def test_webhooks_in_any_order_and_number_place_one_order(bank: Bank, client: Client) -> None:
    payment = buy(make.variant(stock=5))
    pages.pay(bank, payment.reference, VISA)
    sent = list(bank.webhooks(times=3))

    assert {post(client, *one) for one in reversed(sent)} == {(204, "")}

    payment.refresh_from_db()
    assert payment.group.state == GroupState.PLACED
    events = {event["id"] for event in bank.all("event")}
    assert set(ProviderEvent.objects.values_list("event_id", flat=True)) == events
    assert payment.group.orders.get().events.filter(kind="placed").count() == 1


def test_a_webhook_that_is_not_stripes_is_refused_by_name(bank: Bank, client: Client) -> None:
    payment = buy(make.variant(stock=5))
    pages.pay(bank, payment.reference, VISA)
    ((body, signature), *_) = bank.webhooks()
    old = int(time.time()) - 301

    assert post(client, body, "") == (400, "bad_signature")
    assert post(client, body, "t=1,v1=00") == (400, "bad_signature")
    assert post(client, body, "nonsense") == (400, "bad_signature")
    assert post(client, body + b" ", signature) == (400, "bad_signature")
    assert post(client, b"\xff", signature) == (400, "bad_signature")
    assert post(client, body, signed(body, secret=f"{WEBHOOK_SECRET}x")) == (400, "bad_signature")
    assert post(client, body, signed(body, at=old)) == (400, "bad_signature")
    for odd in (b"[]", b"not json", b'{"object": "event"}'):
        assert post(client, odd, signed(odd)) == (400, "bad_signature")

    payment.refresh_from_db()
    assert payment.state == PaymentState.CHALLENGE


def test_a_refund_that_comes_back_is_owed_until_it_is_given_in_another_way(
    bank: Bank, client: Client
) -> None:
    payment = buy(make.variant(stock=5))
    pages.pay(bank, payment.reference, VISA)
    settling.resolve(payment, at=LATER)
    order, clerk = payment.group.orders.get(), make.person(is_staff=True)
    moving.make(handing_over.ship(order, Parcel(), by=clerk, at=LATER), at=LATER)
    order.refresh_from_db()
    moving.make(handing_over.refund(order, by=clerk, at=LATER, reason="Broken"), at=LATER)
    (refund,) = bank.all("refund")
    before = list(bank.webhooks())

    cards.send_back(bank, refund["id"])
    told = list(bank.webhooks())
    for _ in range(2):
        assert {post(client, *one) for one in told} == {(204, "")}

    owed = order.total_minor
    assert before
    assert balances() == {"provider:stripe": -owed, "platform:owed:refunds": owed}
    stranded = StrandedRefund.objects.get()
    assert (stranded.amount_minor, stranded.reason) == (owed, "expired_or_canceled_card")
    assert order.events.filter(kind="refund_stranded").count() == 1

    staff = signed_in(clerk)
    page = staff.get("/desk/reconciliation/").content.decode()
    assert "Refunds that came back" in page
    there = f"/desk/reconciliation/refunds/{stranded.public_id}/"
    nothing = staff.post(there, {"how": " "})
    assert (nothing.status_code, "Say how the buyer got it." in nothing.content.decode()) == (
        422,
        True,
    )
    assert staff.post(there, {"how": "By bank transfer"}).status_code == 302
    assert staff.post(there, {"how": "Again"}).status_code == 409
    assert balances() == {"provider:stripe": -owed, "bank:operating": owed}
    assert [one for check in REGISTER for one in check.check().violations] == []


def test_a_webhook_about_nothing_of_ours_is_acknowledged(bank: Bank, client: Client) -> None:
    bank.happened("product.created", {"id": "prod_1", "object": "product"})
    bank.happened("payment_intent.succeeded", {"id": "pi_9", "object": "payment_intent"})
    assert [post(client, *one) for one in bank.webhooks()] == [(204, ""), (204, "")]
