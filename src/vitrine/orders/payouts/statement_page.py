"""A month's statement as a payee reads it: the sums, every line, and the invoice over the fee."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop

from vitrine.catalog.models import Application
from vitrine.kernel.money import plain_decimal
from vitrine.orders.models import Statement
from vitrine.orders.payouts import entries
from vitrine.sovereignty.cell import local_day, operator

SHOWN = 500
KINDS = {
    "sales": gettext_noop("Sale"),
    "refunds": gettext_noop("Refund"),
    "disputes": gettext_noop("Dispute"),
    "payouts": gettext_noop("Payout"),
    "commissions": gettext_noop("Commission"),
    "cards": gettext_noop("Gift card or credit that you gave"),
    "ads": gettext_noop("Your share of ads with your clips"),
    "others": gettext_noop("Other"),
}
_SUMS = (
    ("sales_minor", gettext_noop("Sales, without the tax that we hand on")),
    ("refunds_minor", gettext_noop("Refunds")),
    ("fees_minor", gettext_noop("Our fee")),
    ("fee_taxes_minor", gettext_noop("Tax on our fee")),
    ("commissions_minor", gettext_noop("Creators’ commission")),
    ("disputes_minor", gettext_noop("Disputes that were lost")),
    ("payouts_minor", gettext_noop("Payouts")),
    ("others_minor", gettext_noop("Other")),
)
HEADINGS = ("day", "kind", "about", "gross", "fee", "tax_on_fee", "commission", "net", "currency")


def of(found: Statement) -> dict[str, Any]:
    """Return what the page shows. Queries: 3."""
    since, until = entries.span(found.month)
    read = list(islice(entries.of(found.payee, since=since, until=until), SHOWN + 1))
    sums = [(gettext(said), getattr(found, name)) for name, said in _SUMS]
    taxes = entries.fee_taxes(found.payee, since=since, until=until)
    return {
        "statement": found,
        "sums": [(said, amount) for said, amount in sums if amount],
        "lines": [(each, gettext(KINDS[each.kind])) for each in read[:SHOWN]],
        "has_more": len(read) > SHOWN,
        "operator": operator(),
        "operator_number": settings.VITRINE_OPERATOR_TAX_NUMBER,
        "seller": Application.objects.filter(merchant__public_id=found.payee_id).first(),
        "fee_minor": -found.fees_minor,
        "fee_taxes": taxes,
        "fee_total_minor": -found.fees_minor - found.fee_taxes_minor,
    }


def csv_of(found: Statement) -> Iterator[str]:
    """Yield every line of a statement as CSV, between its opening and its closing balance."""
    since, until = entries.span(found.month)
    yield _row(HEADINGS)
    yield _balance(found, "opening", found.opening_minor)
    for each in entries.of(found.payee, since=since, until=until):
        amounts = (each.gross_minor, each.fee_minor, each.fee_tax_minor, each.commission_minor)
        said = [plain_decimal(amount, found.currency) for amount in (*amounts, each.net_minor)]
        yield _row((str(local_day(each.at)), each.kind, each.about, *said, found.currency))
    yield _balance(found, "closing", found.closing_minor)


def _balance(found: Statement, word: str, amount_minor: int) -> str:
    amount = plain_decimal(amount_minor, found.currency)
    return _row(("", word, "", "", "", "", "", amount, found.currency))


def _row(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
