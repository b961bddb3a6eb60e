"""A bank claims a deposit back: who keeps the money reads it, and so does the staff."""

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.ads import making
from vitrine.ads import tasks
from vitrine.ads.models import AdMember, AdRole, Advertiser
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.orders import wallets
from vitrine.orders.deposits import disputing
from vitrine.orders.models import Deposit, DepositDispute, DisputeState

pytestmark = pytest.mark.django_db


def claimed(payer: Advertiser) -> DepositDispute:
    """Have a bank claim back all that was paid in."""
    deposit = Deposit.objects.get(wallet=payer.wallet)
    dispute = DepositDispute.objects.create(
        deposit=deposit, provider=deposit.provider, reference="claim", due_at=make.NOON,
        amount_minor=deposit.amount_minor, state=DisputeState.NEEDS_RESPONSE, opened_at=make.NOON,
    )  # fmt: skip
    disputing.set_aside(dispute, deposit, at=make.NOON)
    return dispute


def told() -> list[tuple[str, str]]:
    """Write the letters that wait; return whom they go to, and what they say."""
    mail.outbox.clear()
    waiting = ProcrastinateJob.objects.filter(task_name="ads.tell_of_claim")
    last = waiting.order_by("-pk")[0]
    tasks.tell_of_claim(**last.args)
    return sorted((letter.to[0], str(letter.body)) for letter in mail.outbox)


def test_who_keeps_the_money_and_the_staff_read_of_it_and_of_what_was_decided() -> None:
    payer = making.advertiser(name="Lamps and Sons", put_minor=1_000_00)
    owner, keeper, runs = making.owner_of(payer), make.person(), make.person()
    for person, role in ((keeper, AdRole.MONEY), (runs, AdRole.CAMPAIGNS)):
        AdMember.objects.create(
            advertiser=payer, person=person, role=role, since_at=make.NOON, by=owner
        )
    staff = make.person(is_staff=True)
    assert wallets.hold(payer.wallet_id, 100_00 * MICROS_PER_MINOR)

    dispute = claimed(payer)
    letters = dict(told())

    assert set(letters) == {owner.email, keeper.email, staff.email}
    link = dispute.deposit.get_absolute_url()
    assert [link in letters[one.email] for one in (owner, keeper, staff)] == [True, True, False]
    for letter in letters.values():
        assert "claims back $1,000.00 of what was paid in for Lamps and Sons" in letter
        assert "$900.00 is set aside. That is less than is claimed, so nothing is spent" in letter
    assert "It can be answered at the payment provider until" in letters[staff.email]

    dispute.refresh_from_db()
    dispute.state, dispute.closed_at = DisputeState.WON, make.NOON
    disputing.put_back(dispute, dispute.deposit)
    dispute.save()

    assert all("the money stays" in letter for _, letter in told())
