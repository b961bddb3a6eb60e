"""What a wallet holds: put in, held for ads that are shown, spent, taken out. Each is one write.

Each write carries its own condition, so that no two at once spend the same money (A5).
Source: docs/adr/0113-paid-ahead.md.
"""

from datetime import datetime

from django.db import connection
from django.db.models import F

from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders.models import Wallet
from vitrine.sovereignty.cell import this_cell

FREE = F("put_minor") * MICROS_PER_MINOR - F("spent_micros") - F("held_micros")
TAKE_UP_TO = """
    WITH wallet AS MATERIALIZED (
        SELECT id, least(%s, (put_minor * %s - spent_micros - held_micros) / %s) AS taken
        FROM orders_wallet WHERE id = %s FOR NO KEY UPDATE
    )
    UPDATE orders_wallet w SET put_minor = w.put_minor - wallet.taken
    FROM wallet WHERE w.id = wallet.id RETURNING wallet.taken
"""


def open_wallet(*, at: datetime) -> Wallet:
    """Open an empty wallet in the cell's currency."""
    return Wallet.objects.create(currency=this_cell().currency, opened_at=at)


def hold(wallet_id: int, micros: int) -> bool:
    """Hold money for ads that are about to be shown; tell whether there was enough. Queries: 1."""
    if micros <= 0:
        raise ValueError("only something can be held")
    able = Wallet.objects.alias(free=FREE).filter(pk=wallet_id, stopped_at=None, free__gte=micros)
    return bool(able.update(held_micros=F("held_micros") + micros))


def settle(wallet_id: int, *, held_micros: int, spent_micros: int) -> None:
    """Let go of what was held; spent of it was billed for. Also of a wallet that was stopped.

    The money leaves the ledger's account when the ads post it, for a reason of their own.
    Queries: 1.
    """
    if not 0 <= spent_micros <= held_micros:
        raise ValueError("no more is spent than was held")
    held = Wallet.objects.filter(pk=wallet_id, held_micros__gte=held_micros)
    is_settled = held.update(
        held_micros=F("held_micros") - held_micros, spent_micros=F("spent_micros") + spent_micros
    )
    if not is_settled:
        raise ValueError(f"the wallet {wallet_id} does not hold {held_micros}")


def unspend(wallet_id: int, micros: int) -> None:
    """Have what ads were billed wrongly free again. Queries: 1."""
    Wallet.objects.filter(pk=wallet_id).update(spent_micros=F("spent_micros") - micros)


def free_micros(wallet: Wallet) -> int:
    """Return what can be held now. Queries: 0."""
    return wallet.put_minor * MICROS_PER_MINOR - wallet.spent_micros - wallet.held_micros


def free_minor(wallet: Wallet) -> int:
    """Return what can be given back now, in whole minor units. Queries: 0."""
    return free_micros(wallet) // MICROS_PER_MINOR


def put_in(wallet_id: int, amount_minor: int) -> None:
    """Put money in, for a row that says why: a deposit, or what is not taken out after all."""
    Wallet.objects.filter(pk=wallet_id).update(put_minor=F("put_minor") + amount_minor)


def take_out(wallet_id: int, amount_minor: int) -> bool:
    """Take out what is free, for a row that says why; tell whether there was enough."""
    wanted = amount_minor * MICROS_PER_MINOR
    able = Wallet.objects.alias(free=FREE).filter(pk=wallet_id, free__gte=wanted)
    return bool(able.update(put_minor=F("put_minor") - amount_minor))


def take_out_up_to(wallet_id: int, most_minor: int) -> int:
    """Take out what is free, so much at most; return how much that was. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP_TO, [most_minor, MICROS_PER_MINOR, MICROS_PER_MINOR, wallet_id])
        return int(cursor.fetchone()[0])
