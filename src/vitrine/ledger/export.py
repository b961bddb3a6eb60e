"""The books as plain text, in the language of beancount, so that another tool adds them up again.

There, what somebody owes us is positive and what we owe is negative: the other way round than here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice

from vitrine.kernel.money import plain_decimal
from vitrine.ledger import chain
from vitrine.ledger.models import Account, Posting, Transfer
from vitrine.sovereignty.cell import local_day, this_cell

ROOTS = {
    "provider": "Assets",
    "bank": "Assets",
    "merchant": "Liabilities",
    "creator": "Liabilities",
    "tax": "Liabilities",
    "card": "Liabilities",
    "credit": "Liabilities",
    "advertiser": "Liabilities",
}
COSTS = "platform:costs"
AT_A_TIME = 500


def beancount(*, until: date, currencies: Iterable[str]) -> Iterator[str]:
    """Yield the lines of the books before a day of the cell, in some currencies.

    They end with what every account comes to, which the tool that reads them asserts.
    """
    wanted = sorted(currencies)
    seal = chain.last()
    yield f"; The ledger of the cell {this_cell().code}, before {until}, in {', '.join(wanted)}."
    if seal is not None:
        yield f"; Sealed up to {seal.number}: {bytes(seal.hash).hex()}"
    yield 'option "title" "Vitrine"'
    yield from (f'option "operating_currency" "{currency}"' for currency in wanted)
    accounts = {
        account.pk: account
        for account in Account.objects.filter(currency__in=wanted).order_by("code", "currency")
    }
    names = _names(account.code for account in accounts.values())
    yield from _openings(accounts.values(), names, until)
    totals: defaultdict[int, int] = defaultdict(int)
    for transfer, legs in _transfers(until, accounts):
        yield from _transaction(transfer, legs, accounts, names)
        for leg in legs:
            totals[leg.account_id] += leg.amount_minor
    for pk, total in sorted(totals.items()):
        account = accounts[pk]
        amount = plain_decimal(-total, account.currency)
        yield f"{until} balance {names[account.code]}  {amount} {account.currency}"


def name(code: str) -> str:
    """Return an account's name there: "tax:US-NY" is "Liabilities:Tax:US-NY"."""
    root = "Expenses" if code.startswith(COSTS) else ROOTS.get(code.partition(":")[0], "Income")
    parts = [re.sub(r"[^A-Za-z0-9-]", "-", part) for part in code.split(":")]
    return ":".join([root, *(part[:1].upper() + part[1:] for part in parts)])


def _names(codes: Iterable[str]) -> dict[str, str]:
    """Return code -> name. Raises: ValueError where two accounts would become one."""
    names = {code: name(code) for code in codes}
    if len(set(names.values())) < len(names):
        raise ValueError("two accounts have the same name in the export")
    return names


def _openings(accounts: Iterable[Account], names: dict[str, str], until: date) -> Iterator[str]:
    opened: dict[str, tuple[date, list[str]]] = {}
    for account in accounts:
        day = local_day(account.opened_at)
        first, currencies = opened.get(names[account.code], (day, []))
        opened[names[account.code]] = (min(first, day), [*currencies, account.currency])
    for account_name, (day, currencies) in sorted(opened.items()):
        if day < until:
            yield f"{day} open {account_name}  {','.join(currencies)}"


def _transfers(
    until: date, accounts: dict[int, Account]
) -> Iterator[tuple[Transfer, list[Posting]]]:
    """Yield the transfers before a day, with their legs in those accounts."""
    # A day of margin for the time zone; what is left of it is looked at one by one.
    found = Transfer.objects.filter(at__date__lte=until + timedelta(days=1)).order_by("pk")
    rows = found.iterator(AT_A_TIME)
    while some := list(islice(rows, AT_A_TIME)):
        legs: defaultdict[int, list[Posting]] = defaultdict(list)
        for leg in Posting.objects.filter(transfer__in=some, account__in=accounts).order_by("pk"):
            legs[leg.transfer_id].append(leg)
        for transfer in some:
            if legs[transfer.pk] and local_day(transfer.at) < until:
                yield transfer, legs[transfer.pk]


def _transaction(
    transfer: Transfer, legs: list[Posting], accounts: dict[int, Account], names: dict[str, str]
) -> Iterator[str]:
    yield f'{local_day(transfer.at)} * "{_quoted(transfer.reason_kind)}" "{_quoted(transfer.key)}"'
    yield f'  transfer: "{transfer.public_id}"'
    yield f'  reason: "{_quoted(transfer.reason_id)}"'
    for leg in legs:
        amount = plain_decimal(-leg.amount_minor, leg.currency)
        yield f"  {names[accounts[leg.account_id].code]}  {amount} {leg.currency}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
