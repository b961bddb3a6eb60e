"""The jobs of deposits into wallets. Those of cards settle their charges too (``card_jobs``)."""

from datetime import datetime

from django.utils import timezone

from tests.kills.jobs import Job, kills, posting
from tests.orders.deposits import HUNDRED, press, wallet
from vitrine.orders.charges import moving
from vitrine.orders.deposits import paying_in
from vitrine.orders.models import BankCharge, BankMove, Deposit, SaleState
from vitrine.orders.payment import sandbox


def silent(key: str, *, at: datetime) -> Deposit:
    """Make a deposit whose charge was made and whose answer was lost."""
    return paying_in.pay_in(press(wallet(), sandbox.TIMES_OUT, key=key), at=at)


def assert_filled_once(deposit: Deposit) -> None:
    """Assert that a deposit was charged, taken and put in once; take what a death left asked."""
    for key in deposit.moves.filter(state="asked").values_list("key", flat=True):
        moving.make(key, at=timezone.now())
    deposit.refresh_from_db()
    assert deposit.state == SaleState.PAID
    charges = BankCharge.objects.filter(key=deposit.charge_key)
    assert charges.count() == 1
    assert BankMove.objects.filter(charge__in=charges, kind="capture").count() == 1
    deposit.wallet.refresh_from_db()
    assert deposit.wallet.put_minor == HUNDRED


@kills("vitrine.orders.tasks.send_deposit_letter")
def send_deposit_letter() -> Job:
    now = timezone.now()
    deposit = paying_in.pay_in(press(wallet(), key=f"kill-{now.timestamp()}"), at=now)
    return posting({"key": deposit.moves.get().key}, deposit.get_absolute_url())
