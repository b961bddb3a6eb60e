"""Customers, their cards, authorisations, captures and refunds."""

import time
from typing import Any

from tests.fakes.stripe.bank import Bank, Problem, Row

CONDUCT = {
    "4242424242424242": "pays",
    "4000002500003155": "challenges",
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000000259": "disputes",
}
"""Card number -> what its bank does. A word of declining is the decline's code."""


def customer(bank: Bank, asked: Row) -> Row:
    return bank.keep(
        "customer",
        {
            "id": bank.id("cus"),
            "object": "customer",
            "created": int(time.time()),
            "default_source": None,
            "email": asked.get("email"),
            "livemode": False,
            "metadata": asked.get("metadata", {}),
            "tax_exempt": "none",
            "test_clock": None,
        },
    )


def method(bank: Bank, number: str, customer: str | None) -> Row:
    """Write a card down. No address asks for it: numbers are typed on the bank's own page only."""
    made = bank.keep(
        "payment_method",
        {
            "id": bank.id("pm"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
            "card": {"brand": "visa", "last4": number[-4:], "exp_month": 12, "exp_year": 2032},
            "created": int(time.time()),
            "customer": customer,
            "livemode": False,
            "metadata": {},
            "type": "card",
        },
    )
    bank.conduct[made["id"]] = CONDUCT[number]
    return made


def find_method(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("payment_method", id)


def detach(bank: Bank, id: str, asked: Row) -> Row:
    found = bank.find("payment_method", id)
    if found["customer"] is None:
        raise Problem(400, "invalid_request_error", "The payment method is not attached.")
    found["customer"] = None
    return found


def intent(bank: Bank, asked: Row) -> Row:
    """Make an authorisation, not yet confirmed."""
    made = {
        "id": bank.id("pi"),
        "object": "payment_intent",
        "amount": int(asked["amount"]),
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "cancellation_reason": None,
        "capture_method": asked.get("capture_method", "automatic"),
        "confirmation_method": "automatic",
        "created": int(time.time()),
        "currency": asked["currency"],
        "customer": asked.get("customer"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": asked.get("payment_method"),
        "payment_method_types": asked.get("allowed_payment_method_types", ["card"]),
        "payment_record": None,
        "review": None,
        "setup_future_usage": asked.get("setup_future_usage"),
        "source": None,
        "status": "requires_confirmation",
        "transfer_group": asked.get("transfer_group"),
    }
    bank.happened("payment_intent.created", bank.keep("payment_intent", made))
    return made


def create(bank: Bank, asked: Row) -> Row:
    if int(asked["amount"]) <= 0:
        raise Problem(400, "invalid_request_error", "Invalid positive integer", param="amount")
    if asked.get("payment_method"):
        card = bank.find("payment_method", asked["payment_method"])
        if card["customer"] != asked.get("customer"):
            raise Problem(400, "invalid_request_error", "The card is another customer's.")
    made = intent(bank, asked)
    if asked.get("confirm") == "true":
        confirm(bank, made["id"], asked)
    return made


def confirm(bank: Bank, id: str, asked: Row) -> Row:
    """Ask the card's bank. Raises: Problem, as Stripe does for a decline."""
    found = bank.find("payment_intent", id)
    if found["status"] not in ("requires_confirmation", "requires_payment_method"):
        raise _wrong_state(found, "confirm")
    conduct = bank.conduct[found["payment_method"]]
    if conduct == "challenges" and asked.get("challenged") != "yes":
        where = f"{bank.origin}/authenticate/{id}"
        back = asked.get("return_url")
        found["next_action"] = {
            "type": "redirect_to_url",
            "redirect_to_url": {"url": where, "return_url": back},
        }
        found["status"] = "requires_action"
        bank.happened("payment_intent.requires_action", found)
    elif conduct in ("pays", "challenges", "disputes"):
        found["next_action"] = None
        _charge(bank, found)
    else:
        fail(bank, found, conduct)
        raise Problem(402, "card_error", "Your card was declined.", **found["last_payment_error"])
    return found


def fail(bank: Bank, found: Row, decline: str) -> None:
    """Note that the card's bank said no."""
    found["status"] = "requires_payment_method"
    found["next_action"] = None
    found["last_payment_error"] = {"code": "card_declined", "decline_code": decline}
    bank.happened("payment_intent.payment_failed", found)


def _charge(bank: Bank, found: Row) -> None:
    held = found["capture_method"] == "manual"
    made = bank.keep(
        "charge",
        {
            "id": bank.id("ch"),
            "object": "charge",
            "amount": found["amount"],
            "payment_intent": found["id"],
            "currency": found["currency"],
        },
    )
    found["latest_charge"] = made["id"]
    found["status"] = "requires_capture" if held else "succeeded"
    found["amount_capturable" if held else "amount_received"] = found["amount"]
    name = "amount_capturable_updated" if held else "succeeded"
    bank.happened(f"payment_intent.{name}", found)


def retrieve(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("payment_intent", id)


def capture(bank: Bank, id: str, asked: Row) -> Row:
    """Take money, once: what is not taken is let go, as for most cards."""
    found = bank.find("payment_intent", id)
    if found["status"] != "requires_capture":
        raise _wrong_state(found, "capture")
    wanted = int(asked.get("amount_to_capture") or found["amount"])
    if wanted > found["amount_capturable"]:
        raise Problem(400, "invalid_request_error", "You cannot capture more than was authorised.")
    found.update(status="succeeded", amount_received=wanted, amount_capturable=0)
    bank.happened("payment_intent.succeeded", found)
    return found


def cancel(bank: Bank, id: str, asked: Row) -> Row:
    found = bank.find("payment_intent", id)
    if found["status"] in ("succeeded", "canceled"):
        raise _wrong_state(found, "cancel")
    found.update(status="canceled", amount_capturable=0, next_action=None)
    bank.happened("payment_intent.canceled", found)
    return found


def search(bank: Bank, asked: Row) -> Row:
    """Look for a piece of metadata, in the one form that is asked for."""
    name, _, value = asked["query"].removeprefix("metadata['").partition("']:'")
    rows = [] if bank.search_is_behind else bank.all("payment_intent")
    found = [one for one in rows if one["metadata"].get(name) == value.removesuffix("'")]
    return {
        "object": "search_result",
        "data": found,
        "has_more": False,
        "url": "/v1/payment_intents/search",
    }


def refund(bank: Bank, asked: Row) -> Row:
    of = bank.find("payment_intent", asked["payment_intent"])
    given = sum(one["amount"] for one in _refunds(bank, of["id"]))
    amount = int(asked.get("amount", of["amount_received"] - given))
    if amount > of["amount_received"] - given:
        raise Problem(400, "invalid_request_error", "The refund is more than what is left.")
    made = {
        "id": bank.id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": of["latest_charge"],
        "created": int(time.time()),
        "currency": of["currency"],
        "customer": of["customer"],
        "failure_balance_transaction": None,
        "metadata": asked.get("metadata", {}),
        "payment_intent": of["id"],
        "payment_method": of["payment_method"],
        "pending_reason": None,
        "reason": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    bank.happened("refund.created", bank.keep("refund", made))
    return made


def refunds(bank: Bank, asked: Row) -> Row:
    return listed(_refunds(bank, asked["payment_intent"]), "/v1/refunds")


def find_refund(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("refund", id)


def send_back(bank: Bank, id: str, reason: str = "expired_or_canceled_card") -> None:
    """Have the buyer's bank send a refund back, days after it was made; Stripe tells it twice."""
    found = bank.find("refund", id)
    found["status"], found["failure_reason"] = "failed", reason
    found["failure_balance_transaction"] = bank.id("txn")
    for kind in ("refund.failed", "charge.refund.updated"):
        bank.happened(kind, found)


def listed(rows: list[Row], url: str) -> Row:
    """Return a list as the bank writes one."""
    return {"object": "list", "data": rows, "has_more": False, "url": url}


def _refunds(bank: Bank, id: str) -> list[Row]:
    return [one for one in bank.all("refund") if one["payment_intent"] == id]


def _wrong_state(found: Row, verb: str) -> Problem:
    return Problem(
        400,
        "invalid_request_error",
        f"You cannot {verb} this PaymentIntent because it has a status of {found['status']}.",
        code="payment_intent_unexpected_state",
    )


ROUTES: dict[str, Any] = {
    "POST /v1/customers": customer,
    "GET /v1/payment_methods/*": find_method,
    "POST /v1/payment_methods/*/detach": detach,
    "GET /v1/payment_intents/search": search,
    "POST /v1/payment_intents": create,
    "GET /v1/payment_intents/*": retrieve,
    "POST /v1/payment_intents/*/confirm": confirm,
    "POST /v1/payment_intents/*/capture": capture,
    "POST /v1/payment_intents/*/cancel": cancel,
    "POST /v1/refunds": refund,
    "GET /v1/refunds": refunds,
    "GET /v1/refunds/*": find_refund,
}
