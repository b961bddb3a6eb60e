"""The books, written for other tools."""

import sys
from datetime import date, timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from vitrine.kernel.money import CURRENCIES
from vitrine.ledger import export as exporting
from vitrine.ops.trouble import Trouble
from vitrine.sovereignty.cell import local_day


def export(*, until: date | None, currency: str, out: Path | None) -> None:
    """Write the books of one moment. until: exclusive; None for all. Raises: Trouble."""
    if currency and currency.upper() not in CURRENCIES:
        raise Trouble(f"There is no currency {currency!r} here: {', '.join(CURRENCIES)}.")
    lines = exporting.beancount(
        until=until or local_day(timezone.now()) + timedelta(days=1),
        currencies=[currency.upper()] if currency else CURRENCIES,
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if out is None:
            sys.stdout.writelines(f"{line}\n" for line in lines)
            return
        with out.open("w") as file:
            file.writelines(f"{line}\n" for line in lines)
