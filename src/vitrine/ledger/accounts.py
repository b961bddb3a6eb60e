"""The chart of accounts: every code is made here, so that nobody invents a spelling."""

BUYER_CLEARING = "buyer-clearing"
PLATFORM_FEES = "platform:fees"
REFUNDS = "refunds"


def provider(name: str) -> str:
    """Money that a payment provider holds for us."""
    return f"provider:{name}"


def merchant_pending(public_id: str) -> str:
    """A merchant's money inside the return window."""
    return f"merchant:{public_id}:pending"


def merchant_available(public_id: str) -> str:
    """A merchant's money that may be paid out."""
    return f"merchant:{public_id}:available"


def tax(authority: str) -> str:
    """Tax collected for an authority, e.g. "US-NY"."""
    return f"tax:{authority}"
