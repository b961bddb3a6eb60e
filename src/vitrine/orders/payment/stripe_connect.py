"""Merchants' own accounts at Stripe: made, onboarded on Stripe's page, sent money, and paid out.

Each verb that moves money has a key that was stored before; asked again, also after Stripe has
forgotten the key, it finds what it did. Nothing calls these verbs yet: ``orders.payouts`` pays by
bank file.
"""

from dataclasses import dataclass
from enum import StrEnum

from stripe import Charge, Payout

from vitrine.orders.payment.stripe_line import client, told_apart


@dataclass(frozen=True)
class Account:
    """How far a merchant's account is. wants: what Stripe still asks of them, in its words."""

    id: str
    is_payable: bool
    wants: tuple[str, ...]


class PayoutState(StrEnum):
    """Where a payout is."""

    SENT = "sent"
    PAID = "paid"
    BOUNCED = "bounced"


@dataclass(frozen=True)
class Sent:
    """A payout as Stripe tells it. reason: why it bounced, in Stripe's words.

    What was paid may bounce days later.
    """

    reference: str
    state: PayoutState
    reason: str = ""


def create_account(*, key: str, country: str, email: str) -> str:
    """Open an account for a merchant, once per key. Returns its id.

    It is paid out when we say so, not by itself. Raises: OutcomeUnknown, ProviderRefused.
    """
    with told_apart():
        made = client().v1.accounts.create(
            {
                "type": "express",
                "country": country,
                "email": email,
                "capabilities": {"transfers": {"requested": True}},
                "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                "metadata": {"key": key},
            },
            {"idempotency_key": key},
        )
    return made.id


def onboarding_link(account: str, *, back_url: str) -> str:
    """Return the page on which a merchant says who they are; it works once, for minutes.

    Raises: OutcomeUnknown, ProviderRefused.
    """
    with told_apart():
        link = client().v1.account_links.create(
            {
                "account": account,
                "type": "account_onboarding",
                "return_url": back_url,
                "refresh_url": back_url,
            }
        )
    return link.url


def find_account(account: str) -> Account:
    """Ask how far an account is. Raises: OutcomeUnknown, ProviderRefused."""
    with told_apart():
        found = client().v1.accounts.retrieve(account)
    due = found.requirements.currently_due if found.requirements else None
    return Account(found.id, bool(found.payouts_enabled), tuple(due or ()))


def transfer(*, key: str, account: str, amount_minor: int, currency: str, charge: str = "") -> str:
    """Give a merchant their part, once per key. Returns its name.

    charge: the authorisation that it comes from: it is then paid from that money alone.
    Raises: OutcomeUnknown, ProviderRefused.
    """
    with told_apart():
        transfers = client().v1.transfers
        before = transfers.list({"destination": account, "transfer_group": key, "limit": 1})
        if before.data:
            return before.data[0].id
        source = {"source_transaction": _charge(charge)} if charge else {}
        made = transfers.create(
            {
                "amount": amount_minor,
                "currency": currency.lower(),
                "destination": account,
                "transfer_group": key,
                **source,  # type: ignore[typeddict-item]
            },
            {"idempotency_key": key},
        )
    return made.id


def payout(*, key: str, account: str, amount_minor: int, currency: str) -> Sent:
    """Send a merchant's money to their bank, once per key.

    Raises: OutcomeUnknown, ProviderRefused.
    """
    with told_apart():
        payouts = client().v1.payouts
        for one in payouts.list({"limit": 100}, {"stripe_account": account}).data:
            if (one.to_dict()["metadata"] or {}).get("key") == key:
                return _sent(one)
        made = payouts.create(
            {"amount": amount_minor, "currency": currency.lower(), "metadata": {"key": key}},
            {"idempotency_key": key, "stripe_account": account},
        )
    return _sent(made)


def find_payout(reference: str, *, account: str) -> Sent:
    """Ask what became of a payout. Raises: OutcomeUnknown, ProviderRefused."""
    with told_apart():
        found = client().v1.payouts.retrieve(reference, {}, {"stripe_account": account})
    return _sent(found)


def _sent(found: Payout) -> Sent:
    match found.status:
        case "paid":
            return Sent(found.id, PayoutState.PAID)
        case "failed" | "canceled":
            return Sent(found.id, PayoutState.BOUNCED, found.failure_message or found.status)
        case _:
            return Sent(found.id, PayoutState.SENT)


def _charge(reference: str) -> str:
    charge = client().v1.payment_intents.retrieve(reference).latest_charge
    return charge.id if isinstance(charge, Charge) else str(charge or "")
