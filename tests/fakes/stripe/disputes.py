"""Buyers who ask their bank for their money back."""

import time
from typing import Any

from tests.fakes.stripe.bank import Bank, Problem, Row

MOST = 150_000
"""Letters of evidence that the bank takes."""


def raise_dispute(bank: Bank, intent_id: str, *, reason: str = "product_not_received") -> Row:
    """Have a buyer dispute a captured charge; the bank takes the money back until it is decided."""
    of = bank.find("payment_intent", intent_id)
    made = bank.keep(
        "dispute",
        {
            "id": bank.id("du"),
            "object": "dispute",
            "amount": of["amount_received"],
            "balance_transactions": [],
            "charge": of["latest_charge"],
            "created": int(time.time()),
            "currency": of["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"uncategorized_text": None},
            "evidence_details": {
                "due_by": int(time.time()) + 7 * 86_400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": intent_id,
            "reason": reason,
            "status": "needs_response",
        },
    )
    bank.happened("charge.dispute.created", made)
    return made


def decide(bank: Bank, id: str, status: str) -> None:
    """Have the card's bank decide: "won" or "lost"."""
    found = bank.find("dispute", id)
    found["status"] = status
    bank.happened("charge.dispute.closed", found)


def balance_transaction(bank: Bank, of: Row, *, fee: int) -> Row:
    """Return the movement by which the bank took the money, and its fee."""
    return {
        "id": bank.id("txn"),
        "object": "balance_transaction",
        "amount": -of["amount"],
        "currency": of["currency"],
        "fee": fee,
        "net": -of["amount"] - fee,
        "type": "adjustment",
    }


def retrieve(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("dispute", id)


def update(bank: Bank, id: str, asked: Row) -> Row:
    """Take evidence, and hand it in when asked to: that can be done once."""
    found = bank.find("dispute", id)
    if found["status"] != "needs_response":
        raise Problem(400, "invalid_request_error", f"This dispute is {found['status']}.")
    if sum(map(len, asked.get("evidence", {}).values())) > MOST:
        raise Problem(400, "invalid_request_error", "The evidence is too long.")
    found["evidence"].update(asked.get("evidence", {}))
    found["evidence_details"]["has_evidence"] = True
    if asked.get("submit", "true") == "true":
        found["status"] = "under_review"
        found["evidence_details"]["submission_count"] += 1
        bank.happened("charge.dispute.updated", found)
    return found


ROUTES: dict[str, Any] = {
    "GET /v1/disputes/*": retrieve,
    "POST /v1/disputes/*": update,
}
