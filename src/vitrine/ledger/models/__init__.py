"""The books: accounts and postings, the seals over them, and the days that are closed."""

from vitrine.ledger.models.closing import ClosedBalance, Closing, TrialLine
from vitrine.ledger.models.posting import Account, Posting, Transfer
from vitrine.ledger.models.seal import Seal

__all__ = ["Account", "ClosedBalance", "Closing", "Posting", "Seal", "Transfer", "TrialLine"]
