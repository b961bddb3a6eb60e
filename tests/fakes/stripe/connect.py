"""Merchants' accounts: made, onboarded, sent money, and paid out from."""

import time
from typing import Any

from tests.fakes.stripe.bank import Bank, Problem, Row


def account(bank: Bank, asked: Row) -> Row:
    made = {
        "id": bank.id("acct"),
        "object": "account",
        "business_type": None,
        "charges_enabled": False,
        "country": asked.get("country"),
        "default_currency": "usd",
        "details_submitted": False,
        "email": asked.get("email"),
        "metadata": asked.get("metadata", {}),
        "payouts_enabled": False,
        "requirements": {"currently_due": ["external_account"], "disabled_reason": None},
        "type": asked.get("type", "none"),
    }
    return bank.keep("account", made)


def retrieve(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("account", id)


def link(bank: Bank, asked: Row) -> Row:
    """Return the address of a page where a merchant says who they are."""
    bank.find("account", asked["account"])["_return_url"] = asked["return_url"]
    now = int(time.time())
    return {
        "object": "account_link",
        "created": now,
        "expires_at": now + 300,
        "url": f"{bank.origin}/onboard/{asked['account']}",
    }


def onboarded(bank: Bank, id: str) -> str:
    """Have a merchant say who they are. Returns where the browser is sent."""
    found = bank.find("account", id)
    found.update(charges_enabled=True, details_submitted=True, payouts_enabled=True)
    found["requirements"] = {"currently_due": [], "disabled_reason": None}
    told = {name: value for name, value in found.items() if not name.startswith("_")}
    bank.happened("account.updated", told, account=id)
    return str(found["_return_url"])


def transfer(bank: Bank, asked: Row) -> Row:
    bank.find("account", asked["destination"])
    made = {
        "id": bank.id("tr"),
        "object": "transfer",
        "amount": int(asked["amount"]),
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": int(time.time()),
        "currency": asked["currency"],
        "destination": asked["destination"],
        "destination_payment": None,
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "reversals": {"object": "list", "data": [], "has_more": False, "url": "/v1/transfers"},
        "reversed": False,
        "source_transaction": asked.get("source_transaction"),
        "transfer_group": asked.get("transfer_group"),
    }
    bank.happened("transfer.created", bank.keep("transfer", made))
    return made


def reverse(bank: Bank, id: str, asked: Row) -> Row:
    """Take a transfer back, whole and once; the account must have the money."""
    found = bank.find("transfer", id)
    if found["reversed"] or found["amount"] > balance(bank, found["destination"]):
        raise Problem(400, "invalid_request_error", "The transfer cannot be reversed.")
    found.update(reversed=True, amount_reversed=found["amount"])
    return {
        "id": bank.id("trr"),
        "object": "transfer_reversal",
        "amount": found["amount"],
        "balance_transaction": None,
        "created": int(time.time()),
        "currency": found["currency"],
        "destination_payment_refund": None,
        "metadata": {},
        "source_refund": None,
        "transfer": id,
    }


def transfers(bank: Bank, asked: Row) -> Row:
    mine = [
        one
        for one in bank.all("transfer")
        if one["destination"] == asked["destination"]
        and one["transfer_group"] == asked["transfer_group"]
    ]
    return {"object": "list", "data": mine, "has_more": False, "url": "/v1/transfers"}


def payout(bank: Bank, asked: Row) -> Row:
    """Send an account's money to its bank; never more than it has."""
    of = bank.find("account", asked["_account"])
    if not of["payouts_enabled"]:
        raise Problem(400, "invalid_request_error", "Payouts are not enabled for this account.")
    amount = int(asked["amount"])
    if amount > balance(bank, of["id"]):
        code = "balance_insufficient"
        raise Problem(400, "invalid_request_error", "Insufficient funds.", code=code)
    made = {
        "id": bank.id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "arrival_date": int(time.time()) + 2 * 86_400,
        "automatic": False,
        "balance_transaction": None,
        "created": int(time.time()),
        "currency": asked["currency"],
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
    }
    bank.keep("payout", made | {"_account": of["id"]})
    bank.happened("payout.created", made, account=of["id"])
    return made


def arrive(bank: Bank, id: str, *, bounced: str = "") -> None:
    """Have a payout arrive, or bounce with a code such as "account_closed"."""
    found = bank.find("payout", id)
    found["status"] = "failed" if bounced else "paid"
    if bounced:
        found.update(failure_code=bounced, failure_message="The bank account has been closed.")
    told = {name: value for name, value in found.items() if not name.startswith("_")}
    bank.happened(f"payout.{found['status']}", told, account=found["_account"])


def payouts(bank: Bank, asked: Row) -> Row:
    mine = [one for one in bank.all("payout") if one["_account"] == asked["_account"]]
    rows = [{k: v for k, v in one.items() if not k.startswith("_")} for one in reversed(mine)]
    return {"object": "list", "data": rows, "has_more": False, "url": "/v1/payouts"}


def find_payout(bank: Bank, id: str, asked: Row) -> Row:
    return bank.find("payout", id)


def balance(bank: Bank, id: str) -> int:
    """Return what an account has."""
    to = [one for one in bank.all("transfer") if one["destination"] == id]
    got = sum(one["amount"] - one["amount_reversed"] for one in to)
    sent = [one for one in bank.all("payout") if one["_account"] == id]
    return int(got - sum(one["amount"] for one in sent if one["status"] != "failed"))


ROUTES: dict[str, Any] = {
    "POST /v1/accounts": account,
    "GET /v1/accounts/*": retrieve,
    "POST /v1/account_links": link,
    "POST /v1/transfers": transfer,
    "POST /v1/transfers/*/reversals": reverse,
    "GET /v1/transfers": transfers,
    "POST /v1/payouts": payout,
    "GET /v1/payouts": payouts,
    "GET /v1/payouts/*": find_payout,
}
