"""The fake bank answers in the shapes that Stripe's library declares, and keeps its promises."""

import http.client
import threading
import typing
from collections.abc import Callable
from typing import Any

import pytest
import stripe
from stripe import StripeClient, StripeObject
from stripe.checkout import Session

from tests.fakes.stripe import Bank, Fault, cards, connect, disputes, pages, running
from tests.fakes.stripe.bank import SECRET_KEY, Row

TYPES: dict[str, type[StripeObject]] = {
    "account": stripe.Account,
    "account_link": stripe.AccountLink,
    "checkout.session": Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
    "setup_intent": stripe.SetupIntent,
    "transfer": stripe.Transfer,
}


def every_answer(bank: Bank) -> list[Row]:
    """Return one of each thing that the bank speaks of."""
    owner = cards.customer(bank, {"email": "bea@example.org"})
    page = {"customer": owner["id"], "success_url": "https://a", "cancel_url": "https://b"}
    item = {"price_data": {"currency": "usd", "unit_amount": "500"}, "quantity": "1"}
    held = {"line_items": [item], "payment_intent_data": {"capture_method": "manual"}}
    paid = pages.open_page(bank, {**page, **held, "mode": "payment"})
    pages.pay(bank, paid["id"], "4242424242424242")
    setup = pages.open_page(bank, {**page, "mode": "setup", "currency": "usd"})
    pages.pay(bank, setup["id"], "4242424242424242")
    cards.capture(bank, paid["payment_intent"], {"amount_to_capture": "500"})
    cards.refund(bank, {"payment_intent": paid["payment_intent"]})
    disputes.raise_dispute(bank, paid["payment_intent"])
    shop = connect.account(bank, {"country": "US"})
    link = connect.link(bank, {"account": shop["id"], "return_url": "https://c"})
    connect.onboarded(bank, shop["id"])
    sent = {"amount": "500", "currency": "usd"}
    connect.transfer(bank, {**sent, "destination": shop["id"]})
    connect.payout(bank, {**sent, "_account": shop["id"]})
    kinds = [kind for kind in TYPES if kind != "account_link"]
    return [link, *(pages.public(row) for kind in kinds for row in bank.all(kind))]


def required(of: type[StripeObject]) -> set[str]:
    return {
        name
        for name, hint in of.__annotations__.items()
        if not str(hint).startswith(("typing.Optional", "ForwardRef('Optional", "typing.ClassVar"))
        and "NotRequired" not in str(hint)
        and "Optional[" not in str(hint)
        and name != "OBJECT_NAME"
    }


def test_every_answer_has_the_keys_of_its_type_and_no_others() -> None:
    answers = every_answer(Bank(origin="http://127.0.0.1"))

    assert {one["object"] for one in answers} == set(TYPES)
    for one in answers:
        of = TYPES[one["object"]]
        assert required(of) - set(one) == set(), one["object"]
        assert set(one) - set(of.__annotations__) == set(), one["object"]


def test_every_state_is_one_that_the_type_names() -> None:
    for one in every_answer(Bank(origin="http://127.0.0.1")):
        hint = str(TYPES[one["object"]].__annotations__.get("status", ""))
        if "Literal" in hint:
            assert f"'{one['status']}'" in hint, one["object"]


def test_the_library_reads_the_answers_as_its_own_types() -> None:
    with running() as bank:
        client = _client(bank)
        shop = client.v1.accounts.create({"type": "express", "country": "US"})
        owner = client.v1.customers.create({"email": "bea@example.org"})
        card = cards.method(bank, "4242424242424242", owner.id)
        intent = client.v1.payment_intents.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": owner.id,
                "payment_method": card["id"],
                "confirm": True,
                "expand": ["payment_method"],
            }
        )
    assert isinstance(shop, stripe.Account)
    assert isinstance(intent.payment_method, stripe.PaymentMethod)
    assert (intent.status, intent.amount_received) == ("succeeded", 500)


def test_a_key_answers_once_and_refuses_another_question() -> None:
    with running() as bank:
        create = _client(bank).v1.customers.create
        first = create({"email": "a@example.org"}, {"idempotency_key": "k"})
        again = create({"email": "a@example.org"}, {"idempotency_key": "k"})
        with pytest.raises(stripe.IdempotencyError):
            create({"email": "b@example.org"}, {"idempotency_key": "k"})

    assert first.id == again.id
    assert len(bank.all("customer")) == 1
    assert again.last_response is not None
    assert again.last_response.headers["idempotent-replayed"] == "true"


def test_two_questions_with_one_key_at_one_moment_are_not_both_answered() -> None:
    with running() as bank:
        create = _client(bank).v1.customers.create
        inside, done = threading.Event(), threading.Event()

        def hold_up(asked: str) -> None:
            inside.set()
            done.wait(5)

        bank.on_request = hold_up
        ask: Callable[[], Any] = lambda: create({}, {"idempotency_key": "k"})  # noqa: E731
        first = threading.Thread(target=ask)
        first.start()
        inside.wait(5)
        with pytest.raises(stripe.StripeError) as refused:
            ask()
        done.set()
        first.join()

    assert refused.value.http_status == 409
    assert len(bank.all("customer")) == 1


def test_a_lost_answer_was_acted_upon_and_a_dropped_question_was_not() -> None:
    with running() as bank:
        bank.faults.extend([Fault.DROPPED, Fault.LOST])
        create = _client(bank).v1.customers.create
        for made in (0, 1):
            with pytest.raises(stripe.APIConnectionError):
                create({}, {"idempotency_key": "k"})
            assert len(bank.all("customer")) == made
        create({}, {"idempotency_key": "k"})
    assert len(bank.all("customer")) == 1


def _client(bank: Bank) -> StripeClient:
    return StripeClient(
        SECRET_KEY, base_addresses={"api": bank.origin}, http_client=_Plain(), max_network_retries=0
    )


class _Plain(stripe.HTTPClient):
    """A line of its own: what is tested here is the bank."""

    name = "plain"

    def request(
        self,
        method: str,
        url: str,
        headers: typing.Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, typing.Mapping[str, str]]:
        host, _, path = url.removeprefix("http://").partition("/")
        line = http.client.HTTPConnection(host)
        try:
            line.request(method.upper(), f"/{path}", post_data, dict(headers or {}))
            answer = line.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.read().decode(), answer.status, told
        except OSError as lost:
            raise stripe.APIConnectionError(str(lost)) from lost  # type: ignore[no-untyped-call]
        finally:
            line.close()

    def close(self) -> None:
        """Do nothing."""
