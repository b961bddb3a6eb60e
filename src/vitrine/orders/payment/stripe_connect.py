"""Payees' own accounts at Stripe: made, onboarded on its page, given money, and paid out.

Each verb that moves money has a key that was stored before; asked again, also after Stripe has
forgotten the key, it finds what it did.
"""

from stripe import Charge, Payout, Transfer
from stripe.params import TransferCreateParams

from vitrine.orders.payment.payer import Account, Outcome, Sent
from vitrine.orders.payment.stripe_line import client, told_apart


class Connect:
    """The payer. See ``payer.Payer`` for what each verb promises."""

    def create_account(self, *, key: str, country: str, email: str) -> str:
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

    def onboarding_link(self, account: str, *, back_url: str) -> str:
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

    def find_account(self, account: str) -> Account:
        """Ask how far an account is. Raises: OutcomeUnknown, ProviderRefused."""
        with told_apart():
            found = client().v1.accounts.retrieve(account)
        due = found.requirements.currently_due if found.requirements else None
        return Account(found.id, bool(found.payouts_enabled), tuple(due or ()))

    def find_payout(self, reference: str, *, account: str) -> Sent:
        """Ask what became of a payout. Raises: OutcomeUnknown, ProviderRefused."""
        with told_apart():
            found = client().v1.payouts.retrieve(reference, {}, {"stripe_account": account})
        return _sent(found)

    def remit(self, *, key: str, account: str, amount_minor: int, currency: str) -> Sent:
        """Give a payee money, and send it on to their bank.

        Asked again after it bounced and was taken back, it says so, and gives nothing again.
        Raises: OutcomeUnknown, ProviderRefused.
        """
        transfer(key=key, account=account, amount_minor=amount_minor, currency=currency)
        return payout(key=key, account=account, amount_minor=amount_minor, currency=currency)

    def take_back(self, *, key: str, account: str) -> None:
        """Take back what was given with a key. Raises: OutcomeUnknown, ProviderRefused."""
        with told_apart():
            given = _transfers(key, account)
            if given and not given[0].reversed:
                client().v1.transfers.reversals.create(
                    given[0].id, {}, {"idempotency_key": f"{key}:back"}
                )


PAYER = Connect()


def transfer(*, key: str, account: str, amount_minor: int, currency: str, charge: str = "") -> str:
    """Give a merchant their part, once per key. Returns its name.

    charge: the authorisation that it comes from: it is then paid from that money alone.
    Raises: OutcomeUnknown, ProviderRefused.
    """
    with told_apart():
        before = _transfers(key, account)
        if before:
            return before[0].id
        asked: TransferCreateParams = {
            "amount": amount_minor,
            "currency": currency.lower(),
            "destination": account,
            "transfer_group": key,
        }
        if charge:
            asked["source_transaction"] = _charge(charge)
        made = client().v1.transfers.create(asked, {"idempotency_key": f"{key}:transfer"})
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


def _sent(found: Payout) -> Sent:
    match found.status:
        case "paid":
            return Sent(found.id, Outcome.PAID)
        case "failed" | "canceled":
            return Sent(found.id, Outcome.BOUNCED, found.failure_message or found.status)
        case _:
            return Sent(found.id, Outcome.SENT)


def _transfers(key: str, account: str) -> list[Transfer]:
    found = client().v1.transfers.list({"destination": account, "transfer_group": key, "limit": 1})
    return list(found.data)


def _charge(reference: str) -> str:
    charge = client().v1.payment_intents.retrieve(reference).latest_charge
    return charge.id if isinstance(charge, Charge) else str(charge or "")
