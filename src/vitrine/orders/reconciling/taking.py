"""Take a provider's report: all of it or nothing, once, and each line beside what was posted."""

import hashlib
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO

from django.db import connection, transaction
from django.db.models import F, Max, Min, Q, Sum
from django.utils.translation import gettext

from vitrine.accounts.models import Person
from vitrine.kernel.errors import Refusal
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders.models import LineState, ProviderReport, ReportLine
from vitrine.orders.reconciling import reading
from vitrine.orders.reconciling.forms import FORMS
from vitrine.orders.reconciling.reading import Fault, Line
from vitrine.sovereignty.cell import this_cell

AT_A_TIME = 1_000
FAULTS = 20
"""Named at most; the rest of a file is as bad."""

MATCH = """
    UPDATE orders_reportline line SET transfer_id = found.transfer,
        state = CASE WHEN found.posted = CASE line.kind WHEN 'dispute' THEN line.net_minor
            ELSE line.amount_minor END THEN 'matched' ELSE 'differs' END
    FROM (
        SELECT l.id, t.id AS transfer, row_number() OVER (PARTITION BY t.id ORDER BY l.id) AS turn,
            (SELECT -sum(p.amount_minor) FROM ledger_posting p
                JOIN ledger_account a ON a.id = p.account_id
                WHERE p.transfer_id = t.id AND a.code = 'provider:' || l.provider) AS posted
        FROM orders_reportline l CROSS JOIN LATERAL (
            SELECT t.id FROM ledger_transfer t
            WHERE l.kind IN ('payment', 'refund') AND l.ours <> '' AND t.key = l.ours
            UNION ALL SELECT t.id FROM ledger_transfer t
            WHERE l.kind = 'payment' AND t.reason_kind = 'order' AND t.reason_id = l.ours
            UNION ALL SELECT t.id FROM ledger_transfer t
            WHERE l.kind = 'payment' AND l.ours <> '' AND t.key = 'capture:' || l.ours
            UNION ALL SELECT t.id FROM orders_dispute d
            JOIN ledger_transfer t ON t.key = 'dispute:' || d.public_id
            WHERE l.kind = 'dispute' AND d.provider = l.provider AND d.reference = l.source
            UNION ALL SELECT t.id FROM orders_carddispute d
            JOIN ledger_transfer t ON t.key = 'dispute:' || d.public_id
            WHERE l.kind = 'dispute' AND d.provider = l.provider AND d.reference = l.source
            UNION ALL SELECT t.id FROM orders_depositdispute d
            JOIN ledger_transfer t ON t.key = 'dispute:' || d.public_id
            WHERE l.kind = 'dispute' AND d.provider = l.provider AND d.reference = l.source
            UNION ALL SELECT t.id FROM orders_payout o
            JOIN ledger_transfer t ON t.key
                = CASE WHEN l.amount_minor < 0 THEN 'paid:' ELSE 'bounced:' END || o.public_id
            WHERE l.kind = 'payout' AND l.ours <> '' AND o.key = l.ours
            LIMIT 1
        ) AS t
        WHERE l.provider = %s AND l.state = 'open'
            AND NOT EXISTS (SELECT 1 FROM orders_reportline x WHERE x.transfer_id = t.id)
    ) AS found
    WHERE line.id = found.id AND found.turn = 1 AND found.posted IS NOT NULL
"""
MISSING = """
    SELECT t.id, t.at, t.reason_kind, t.reason_id, -sum(p.amount_minor)
    FROM ledger_account a JOIN ledger_posting p ON p.account_id = a.id
    JOIN ledger_transfer t ON t.id = p.transfer_id
    WHERE a.code = %s AND a.currency = %s AND t.at >= %s AND t.at <= %s
        AND t.reason_kind <> 'costs'
        AND NOT EXISTS (SELECT 1 FROM orders_reportline l WHERE l.transfer_id = t.id)
    GROUP BY t.id ORDER BY t.id LIMIT %s
"""


class KnownReport(Refusal):
    """The same file was taken before."""

    code = "report_known"
    message = "This file was taken before. Nothing was changed."


class BadReport(Refusal):
    """The file is not taken. faults: the first rows that are wrong, and why."""

    code = "bad_report"
    message = "The file was not taken: look at the rows below."
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = faults


def take(file: IO[bytes], *, provider: str, name: str, by: Person, at: datetime) -> ProviderReport:
    """Take a report, post what the provider kept, and match every line. Constant memory.

    Raises: KnownReport, BadReport, with nothing changed.
    """
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]
    known = ProviderReport.objects.filter(provider=provider, sha256=digest)
    if known.exists():
        raise KnownReport
    faults = list(islice((one for one in _read(file, provider) if isinstance(one, Fault)), FAULTS))
    if faults:
        raise BadReport(faults)
    with transaction.atomic():
        asked = ProviderReport(provider=provider, name=name[:120], sha256=digest, at=at, by=by)
        ProviderReport.objects.bulk_create([asked], ignore_conflicts=True)
        made = known.get()
        if made.public_id != asked.public_id:
            raise KnownReport
        said = _keep(made, (one for one in _read(file, provider) if isinstance(one, Line)))
        if not said:
            raise BadReport([Fault(2, gettext("The file has no rows."))])
        _count(made, said, at=at)
    match(provider)
    return made


def match(provider: str) -> int:
    """Find what was posted for the open lines of a provider; return for how many. Safe again."""
    with connection.cursor() as cursor:
        cursor.execute(MATCH, [provider])
        return int(cursor.rowcount)


def missing(report: ProviderReport, *, most: int) -> list[tuple[datetime, str, str, int]]:
    """Return what was posted in a report's span with its provider, and no report tells."""
    asked = [
        accounts.provider(report.provider),
        this_cell().currency,
        report.since,
        report.until,
        most,
    ]
    with connection.cursor() as cursor:
        cursor.execute(MISSING, asked)
        return [(at, kind, what, int(sum_)) for _, at, kind, what, sum_ in cursor.fetchall()]


def explain(line: ReportLine, words: str, *, by: Person, at: datetime) -> None:
    """Say why the books do not bear a line out; the last word counts."""
    ReportLine.objects.filter(pk=line.pk).exclude(state=LineState.MATCHED).update(
        explanation=words, explained_by=by, explained_at=at
    )


def _read(file: IO[bytes], provider: str) -> Iterator[Line | Fault]:
    file.seek(0)
    text = io.TextIOWrapper(_Kept(file), encoding="utf-8-sig", newline="")  # type: ignore[type-var]
    try:
        yield from reading.read(text, FORMS[provider], currency=this_cell().currency)
    except UnicodeDecodeError:
        yield Fault(1, gettext("The file is not plain text in UTF-8."))


class _Kept(io.RawIOBase):
    """A file that is still open when who wrapped it is gone."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        """Say so."""
        return True

    def readinto(self, into: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Read some bytes."""
        some = self.file.read(len(into))
        into[: len(some)] = some
        return len(some)


def _keep(report: ProviderReport, lines: Iterator[Line]) -> int:
    """Write a report's lines, those that no other has; return how many it tells."""
    said = 0
    while some := list(islice(lines, AT_A_TIME)):
        said += len(some)
        ReportLine.objects.bulk_create(
            [
                ReportLine(
                    report=report,
                    provider=report.provider,
                    row=one.row,
                    reference=one.reference,
                    kind=one.kind,
                    source=one.source,
                    ours=one.ours,
                    currency=one.currency,
                    amount_minor=one.amount_minor,
                    fee_minor=one.fee_minor,
                    net_minor=one.net_minor,
                    happened_at=one.happened_at,
                    state=LineState.MATCHED if one.kind == reading.FEE else LineState.OPEN,
                )
                for one in some
            ],
            ignore_conflicts=True,
        )
    return said


def _count(report: ProviderReport, said: int, *, at: datetime) -> None:
    """Note what a report comes to, and post what the provider kept for itself.

    The fee of a dispute is its merchant's, and was posted with it.
    """
    mine = ReportLine.objects.filter(report=report)
    found = mine.aggregate(
        since=Min("happened_at"),
        until=Max("happened_at"),
        fees=Sum("fee_minor", filter=~Q(kind__in=[reading.DISPUTE])),
        charged=Sum(-F("amount_minor"), filter=Q(kind=reading.FEE)),
    )
    report.lines = mine.count()
    report.known = said - report.lines
    report.since, report.until = found["since"], found["until"]
    report.costs_minor = (found["fees"] or 0) + (found["charged"] or 0)
    report.save(update_fields=["lines", "known", "since", "until", "costs_minor"])
    if report.costs_minor:
        kept = report.costs_minor
        posting.post(
            key=f"costs:{report.public_id}",
            legs={accounts.provider(report.provider): kept, accounts.PROVIDER_COSTS: -kept},
            currency=this_cell().currency,
            reason=Reason("costs", report.public_id),
            at=at,
        )
