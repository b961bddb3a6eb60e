"""The chart of accounts: every code is made here, so that nobody invents a spelling."""

PLATFORM_FEES = "platform:fees"


def provider(name: str) -> str:
    """Money that a payment provider holds for us."""
    return f"provider:{name}"


def merchant_pending(public_id: str) -> str:
    """A merchant's money inside the return window."""
    return f"merchant:{public_id}:pending"


def tax(authority: str) -> str:
    """Tax collected for an authority, e.g. "US-NY"."""
    return f"tax:{authority}"
