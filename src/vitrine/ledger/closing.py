"""Close the books of a day: what each account holds, and a trial balance that sums to zero."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from vitrine.ledger import accounts, chain
from vitrine.ledger.models import ClosedBalance, Closing, TrialLine
from vitrine.sovereignty.cell import home, local_day

MOVED = """
    SELECT p.account_id,
        coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0),
        coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)
    FROM ledger_posting p WHERE p.transfer_id > %s AND p.transfer_id <= %s GROUP BY p.account_id
"""
HELD = """
    SELECT a.id, a.code, a.currency, coalesce((
        SELECT held.balance_minor FROM ledger_closedbalance held
        WHERE held.account_id = a.id ORDER BY held.closing_id DESC LIMIT 1), 0)
    FROM ledger_account a
"""


def close_yesterday(*, at: datetime) -> Closing | None:
    """Close the last day that is over, if it is not closed yet. Safe to call again.

    A day on which no worker ran is closed with the next one: its postings are in that one's.
    """
    return close(local_day(at) - timedelta(days=1), at=at)


@transaction.atomic
def close(day: date, *, at: datetime) -> Closing | None:
    """Write what every account that moved holds at the last seal, and the trial balance.

    Returns None where the day or a later one is closed already, or nothing was ever sealed.
    """
    seal, before = chain.last(), Closing.objects.order_by("-day").first()
    if seal is None or (before is not None and before.day >= day):
        return None
    made = Closing(day=day, seal=seal, until_transfer=seal.until_transfer, at=at)
    Closing.objects.bulk_create([made], ignore_conflicts=True)
    closing = Closing.objects.get(day=day)
    if closing.balances.exists() or closing.trial.exists():
        return None  # a rival was faster
    _write(closing, after=before.until_transfer if before else 0)
    return closing


def _write(closing: Closing, *, after: int) -> None:
    """Write the balances and the trial balance of a closing. Queries: 4."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [after, closing.until_transfer])
        moved = {pk: (int(added), int(taken)) for pk, added, taken in cursor.fetchall()}
        cursor.execute(HELD)
        held = cursor.fetchall()
    lines: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    balances = []
    for pk, code, currency, was in held:
        added, taken = moved.get(pk, (0, 0))
        balance = int(was) + added - taken
        line = lines[currency, accounts.kind(code)]
        line[0] += added
        line[1] += taken
        line[2] += balance
        if pk in moved:
            balances.append(ClosedBalance(closing=closing, account_id=pk, balance_minor=balance))
    ClosedBalance.objects.bulk_create(balances, batch_size=1_000)
    TrialLine.objects.bulk_create(
        TrialLine(
            closing=closing,
            home_cell=home(),
            currency=currency,
            kind=kind,
            in_minor=added,
            out_minor=taken,
            balance_minor=balance,
        )
        for (currency, kind), (added, taken, balance) in sorted(lines.items())
    )
