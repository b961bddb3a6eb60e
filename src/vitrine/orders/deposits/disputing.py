"""A payer's bank claims a deposit: what is free of it is set aside at once, until it has decided.

What ads have spent by then is the cell's loss: who saw them has seen them. A tax that was paid on
it stays posted: whether it can be had back is between the operator and the authority.
"""

from datetime import datetime

from django.db.models import Sum
from procrastinate.contrib.django import app

from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders import wallets
from vitrine.orders.deposits import giving_back
from vitrine.orders.models import Deposit, DepositDispute, DisputeState, Wallet


def set_aside(dispute: DepositDispute, deposit: Deposit, *, at: datetime) -> None:
    """Take what is free out of the wallet; where that is too little, it pays no more meanwhile.

    The deposit is held.
    """
    others = deposit.disputes.exclude(state=DisputeState.WON).exclude(pk=dispute.pk)
    already = others.aggregate(all=Sum("from_wallet_minor"))["all"] or 0
    claimed = min(dispute.amount_minor, giving_back.left(deposit).amount_minor - already)
    dispute.from_wallet_minor = wallets.take_out_up_to(deposit.wallet_id, claimed)
    dispute.save(update_fields=["from_wallet_minor"])
    if dispute.from_wallet_minor < claimed:
        Wallet.objects.filter(pk=deposit.wallet_id, stopped_at=None).update(stopped_at=at)
    _tell(dispute)


def put_back(dispute: DepositDispute, deposit: Deposit) -> None:
    """Put back what was set aside for a dispute that was won. The deposit is held."""
    wallets.put_in(deposit.wallet_id, dispute.from_wallet_minor)
    _let_pay_again(dispute, deposit)


def lose(dispute: DepositDispute, deposit: Deposit, *, at: datetime) -> None:
    """Post what the bank took: from the wallet what was set aside, and the rest as a loss."""
    taken = dispute.amount_minor + dispute.fee_minor
    posting.post(
        key=f"dispute:{dispute.public_id}",
        legs={
            accounts.provider(deposit.provider): taken,
            deposit.wallet.account: -dispute.from_wallet_minor,
            accounts.LOSSES: dispute.from_wallet_minor - taken,
        },
        currency=deposit.currency,
        reason=Reason("deposit", dispute.public_id),
        at=at,
    )
    _let_pay_again(dispute, deposit)


def _let_pay_again(dispute: DepositDispute, deposit: Deposit) -> None:
    """Let a wallet pay again that was stopped for this dispute alone."""
    Wallet.objects.filter(pk=deposit.wallet_id, stopped_at=dispute.opened_at).update(
        stopped_at=None
    )
    _tell(dispute)


def _tell(dispute: DepositDispute) -> None:
    """Have a letter written where it is known whose wallet it is (``ads.claims``)."""
    app.configure_task("ads.tell_of_claim", queue="mail").defer(dispute_id=dispute.pk)
