"""The chart of accounts: every code is made here, so that nobody invents a spelling.

Positive is what the cell owes, negative what is owed to it.
"""

from dataclasses import dataclass

BANK = "bank:operating"
"""The operator's own bank account, from which payouts are made."""
PAYEES = ("merchant", "creator")
PLATFORM_FEES = "platform:fees"
PLATFORM_PROMOTIONS = "platform:promotions"
"""What the platform took off its buyers' purchases and makes good to the merchants."""
ADS = "platform:ads"
"""What advertisers paid for views and clicks."""
PROVIDER_COSTS = "platform:costs:providers"
"""What payment providers keep for themselves: the cell's cost."""
REFUNDS_OWED = "platform:owed:refunds"
"""What buyers' banks sent back of refunds: theirs, to be given in another way."""
PLATFORM_GIFTS = "platform:costs:gifts"
"""What the platform gave away as gift cards and store credit: its own cost."""
LOSSES = "platform:costs:losses"
"""Disputes and debts that the cell bears itself."""


@dataclass(frozen=True)
class Payee:
    """Somebody who earns here and is paid out: a merchant or a creator, by public id."""

    kind: str
    public_id: str

    @property
    def pending(self) -> str:
        """Money inside the return window."""
        return f"{self.kind}:{self.public_id}:pending"

    @property
    def available(self) -> str:
        """Money that can be paid out. Negative: the payee owes it."""
        return f"{self.kind}:{self.public_id}:available"

    @property
    def reserve(self) -> str:
        """Money that is kept back for a time, against refunds and disputes."""
        return f"{self.kind}:{self.public_id}:reserve"

    @property
    def in_transit(self) -> str:
        """Money on its way to the payee's bank."""
        return f"{self.kind}:{self.public_id}:transit"

    @property
    def all(self) -> tuple[str, ...]:
        """Return every account of the payee."""
        return (self.pending, self.available, self.reserve, self.in_transit)


def merchant(public_id: str) -> Payee:
    """Return the accounts of a merchant."""
    return Payee("merchant", public_id)


def creator(public_id: str) -> Payee:
    """Return the accounts of a creator."""
    return Payee("creator", public_id)


def payee_of(code: str) -> Payee:
    """Return whose an account is. Raises: ValueError for one that is no payee's."""
    kind, public_id, _ = code.split(":")
    if kind not in PAYEES:
        raise ValueError(f"{code!r} is no payee's account")
    return Payee(kind, public_id)


def provider(name: str) -> str:
    """Money that a payment provider holds for us."""
    return f"provider:{name}"


def merchant_pending(public_id: str) -> str:
    """A merchant's money inside the return window."""
    return merchant(public_id).pending


def purse(kind: str, public_id: str) -> str:
    """What a gift card ("card") or somebody's store credit ("credit") can still pay."""
    return f"{kind}:{public_id}"


def wallet(public_id: str) -> str:
    """What an advertiser has paid ahead and not spent."""
    return f"advertiser:{public_id}:wallet"


def tax(authority: str) -> str:
    """Tax collected for an authority, e.g. "US-NY"."""
    return f"tax:{authority}"


def kind(code: str) -> str:
    """Return what a code is one of, without whose it is: "merchant:pending", "provider", "tax"."""
    head, _, rest = code.partition(":")
    if head in PAYEES:
        return f"{head}:{rest.rpartition(':')[2]}"
    return code if head == "platform" else head
