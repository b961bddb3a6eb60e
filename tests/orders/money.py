"""What the ledger says, for exact assertions."""

from django.db.models import Sum

from vitrine.ledger.models import Posting
from vitrine.orders.models import BankMove


def balances() -> dict[str, int]:
    """Return every account's balance, by code."""
    rows = Posting.objects.values_list("account__code").annotate(sum=Sum("amount_minor"))
    return {code: total for code, total in rows if total}


def at_bank() -> dict[str, int]:
    """Return what the test bank has moved, by kind."""
    return dict(BankMove.objects.values_list("kind").annotate(sum=Sum("amount_minor")))
