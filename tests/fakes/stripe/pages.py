"""The page on which buyers pay, the page of a card's bank, and what is told about them."""

import html
import time
from typing import Any

from tests.fakes.stripe import cards, connect
from tests.fakes.stripe.bank import Bank, Problem, Row

CARDS = {"4242424242424242": "Visa", "4000000000000002": "Visa that is declined"}
LINKED = {
    "payment_intent": "payment_intent",
    "setup_intent": "setup_intent",
    "payment_method": "payment_method",
}


def open_page(bank: Bank, asked: Row) -> Row:
    """Open a page. Wants what Stripe wants of each mode."""
    if asked["mode"] == "payment" and not asked.get("line_items"):
        raise Problem(400, "invalid_request_error", "Missing line_items", param="line_items")
    items = asked.get("line_items", [])
    total = sum(int(one["price_data"]["unit_amount"]) * int(one["quantity"]) for one in items)
    id = bank.id("cs_test")
    return bank.keep(
        "checkout.session",
        {
            "id": id,
            "object": "checkout.session",
            "amount_total": total or None,
            "automatic_tax": {"enabled": False, "liability": None, "status": None},
            "billing_address_collection": None,
            "cancel_url": asked.get("cancel_url"),
            "client_reference_id": asked.get("client_reference_id"),
            "created": int(time.time()),
            "currency": items[0]["price_data"]["currency"] if items else asked.get("currency"),
            "custom_fields": [],
            "custom_text": {"submit": asked.get("custom_text", {}).get("submit")},
            "customer": asked.get("customer"),
            "customer_creation": None if asked.get("customer") else "if_required",
            "customer_email": asked.get("customer_email"),
            "expires_at": int(time.time()) + 86_400,
            "invoice": None,
            "livemode": False,
            "locale": None,
            "metadata": asked.get("metadata", {}),
            "mode": asked["mode"],
            "origin_context": None,
            "payment_intent": None,
            "payment_link": None,
            "payment_method_collection": "if_required",
            "payment_method_types": ["card"],
            "payment_status": "unpaid" if total else "no_payment_required",
            "redirect_on_completion": "always",
            "setup_intent": None,
            "shipping_options": [],
            "status": "open",
            "submit_type": None,
            "subscription": None,
            "success_url": asked.get("success_url"),
            "ui_mode": "hosted_page",
            "url": f"{bank.origin}/pay/{id}",
        }
        | {"_intent": asked.get("payment_intent_data", {})},
    )


def retrieve(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("checkout.session", id)


def expire(bank: Bank, id: str, asked: Row) -> Row:
    found = bank.find("checkout.session", id)
    if found["status"] != "open":
        raise Problem(400, "invalid_request_error", f"This Session is {found['status']}.")
    found.update(status="expired", url=None)
    bank.happened("checkout.session.expired", public(found))
    return found


def pay(bank: Bank, id: str, number: str) -> bool:
    """Pay on a page with a card, as a buyer does; False if its bank says no: try another."""
    found = bank.find("checkout.session", id)
    if found["status"] != "open":
        raise Problem(400, "invalid_request_error", f"This Session is {found['status']}.")
    said = found["_intent"]
    keeps = found["mode"] == "setup" or "setup_future_usage" in said
    card = cards.method(bank, number, found["customer"] if keeps else None)
    if cards.CONDUCT[number] not in ("pays", "challenges", "disputes"):
        return False
    if found["mode"] == "setup":
        found["setup_intent"] = _setup(bank, found, card)["id"]
    else:
        asked = {
            **said,
            "amount": found["amount_total"],
            "currency": found["currency"],
            "customer": found["customer"],
            "payment_method": card["id"],
        }
        made = cards.intent(bank, asked)
        cards.confirm(bank, made["id"], {"challenged": "yes"})
        found["payment_intent"] = made["id"]
    found.update(status="complete", url=None)
    bank.happened("checkout.session.completed", public(found))
    return True


def _setup(bank: Bank, found: Row, card: Row) -> Row:
    return bank.keep(
        "setup_intent",
        {
            "id": bank.id("seti"),
            "object": "setup_intent",
            "application": None,
            "cancellation_reason": None,
            "created": int(time.time()),
            "customer": found["customer"],
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": {},
            "on_behalf_of": None,
            "payment_method": card["id"],
            "payment_method_types": ["card"],
            "single_use_mandate": None,
            "status": "succeeded",
            "usage": "off_session",
        },
    )


def answer_challenge(bank: Bank, id: str, *, approved: bool) -> str:
    """Say on the page of a card's bank who is paying. Returns where the browser is sent."""
    found = bank.find("payment_intent", id)
    back = str(found["next_action"]["redirect_to_url"]["return_url"])
    found["status"] = "requires_payment_method"
    if approved:
        cards.confirm(bank, id, {"challenged": "yes"})
    else:
        cards.fail(bank, found, "authentication_required")
    return back


def browse(bank: Bank, method: str, path: str, typed: dict[str, str]) -> tuple[str, str]:
    """Answer a browser: where it is sent, or the page it gets."""
    _, kind, id = path.split("/", 2)
    if kind == "authenticate":
        if method == "POST":
            return answer_challenge(bank, id, approved="approve" in typed), ""
        return "", _form("Is it you?", "<button name=approve>Yes</button><button>No</button>")
    if kind == "onboard":
        return connect.onboarded(bank, id), ""
    found = bank.find("checkout.session", id)
    if "cancel" in typed:
        return str(found["cancel_url"]), ""
    if method == "POST" and pay(bank, id, typed["card"]):
        return str(found["success_url"]), ""
    cards_offered = "".join(
        f"<label><input type=radio name=card value={number}>{name}</label>"
        for number, name in CARDS.items()
    )
    total = f"{found['amount_total'] or 0} {found['currency']}"
    return "", _form(total, f"{cards_offered}<button>Pay</button><button name=cancel>Back</button>")


def _form(title: str, body: str) -> str:
    return f"<!doctype html><h1>{html.escape(title)}</h1><form method=post>{body}</form>"


def public(row: Row) -> Row:
    """Return a row as it is told: without what the bank keeps to itself."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def expanded(bank: Bank, row: Row, paths: list[str]) -> Row:
    """Return an answer with what was asked for in place of its id."""
    told = public(row)
    for path in paths:
        name, _, rest = path.partition(".")
        value = told.get(name)
        if isinstance(value, list):
            told[name] = [expanded(bank, one, [rest]) for one in value]
        elif isinstance(value, str):
            told[name] = expanded(bank, bank.find(LINKED[name], value), [rest] if rest else [])
        elif isinstance(value, dict) and rest:
            told[name] = expanded(bank, value, [rest])
    return told


ROUTES: dict[str, Any] = {
    "POST /v1/checkout/sessions": open_page,
    "GET /v1/checkout/sessions/*": retrieve,
    "POST /v1/checkout/sessions/*/expire": expire,
}
