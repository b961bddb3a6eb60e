"""The forms of providers' reports that we read, and the sandbox's own, which we also write."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from vitrine.kernel.money import plain_decimal
from vitrine.orders.models import BankMove
from vitrine.orders.reconciling.reading import DISPUTE, FEE, PAYMENT, PAYOUT, REFUND, Form

STRIPE = Form(
    names={
        "reference": ("id", "balance_transaction_id"),
        "kind": ("type", "reporting_category"),
        "source": ("source", "source_id"),
        "amount": ("amount", "gross"),
        "fee": ("fee",),
        "net": ("net",),
        "currency": ("currency",),
        "created": ("created (utc)", "created_utc", "created"),
        "move": ("move (metadata)", "refund_metadata[move]"),
        "order": ("order (metadata)", "payment_metadata[order]"),
        "transfer": ("transfer group", "transfer_group"),
    },
    kinds={
        **dict.fromkeys(("charge", "payment"), PAYMENT),
        **dict.fromkeys(("refund", "payment_refund"), REFUND),
        **dict.fromkeys(("adjustment", "dispute", "dispute_reversal"), DISPUTE),
        **dict.fromkeys(("transfer", "transfer_reversal"), PAYOUT),
        **dict.fromkeys(("stripe_fee", "fee", "network_cost"), FEE),
    },
    ours=("move", "order", "transfer"),
)
"""Balance transactions as its dashboard exports them, or its itemised balance report. Transfers
are our payouts to merchants; what it calls payouts goes to the operator's own bank.
"""
SANDBOX = Form(
    names={
        name: (name,)
        for name in ("reference", "kind", "amount", "fee", "net", "currency", "created", "key")
    },
    kinds={"capture": PAYMENT, "refund": REFUND},
    ours=("key",),
)
FORMS = {"stripe": STRIPE, "sandbox": SANDBOX}
AT_A_TIME = 2_000


def sandbox_report(*, since: datetime, until: datetime) -> Iterator[str]:
    """Yield the test bank's report of a span: all that it took and gave back. Constant memory."""
    yield _row(*(names[0] for names in SANDBOX.names.values()))
    moved = BankMove.objects.exclude(kind="void").filter(at__gte=since, at__lt=until)
    for move in moved.select_related("charge").order_by("pk").iterator(AT_A_TIME):
        sign = -1 if move.kind == "refund" else 1
        amount = plain_decimal(sign * move.amount_minor, move.charge.currency)
        when = move.at.astimezone(UTC).isoformat(" ", "seconds")
        nothing = plain_decimal(0, move.charge.currency)
        said = (amount, nothing, amount, move.charge.currency, when, move.key)
        yield _row(f"bt_{move.pk}", move.kind, *said)


def _row(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
