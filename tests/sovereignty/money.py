"""Money of the matrix's cell: a payout in a bank's file, and a provider's report."""

import io
from datetime import date

from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests import make
from tests.orders import deposits
from tests.orders.cards import press, selling
from tests.orders.payouts.work import DAY, NUMBER, ROUTING, agreed, banked, sold
from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders import handing_over, moving, stranding
from vitrine.orders.deposits import paying_in
from vitrine.orders.giftcards import buying
from vitrine.orders.models import (
    CardSale,
    Deposit,
    Dispute,
    DisputeState,
    Order,
    PayoutFile,
    ProviderReport,
    Purse,
    PurseKind,
    StrandedRefund,
    Wallet,
)
from vitrine.orders.payment import sandbox
from vitrine.orders.payouts import files, planning, releasing
from vitrine.orders.payouts.formats.batch import Payer
from vitrine.orders.reconciling import taking


def paid_by_file(shop: Merchant) -> PayoutFile:
    """Make a bank file with a payout of a shop in it."""
    agreed(shop, return_days=0, next_on=date(2099, 1, 1))
    banked(shop, at=make.NOON - 2 * DAY)
    sold(shop, 10_000)
    # In a cell that is up, its worker may have taken the money first, by its own clock.
    releasing.release_due(at=max(make.NOON, timezone.now()))
    payer = Payer("Vitrine", "1234567890", "Bank", ROUTING, NUMBER)
    # At once: in a cell that is up, its own timers plan and pay as soon as it is somebody's turn.
    with transaction.atomic(), override_settings(VITRINE_BANK=payer):
        agreed(shop, next_on=date(2026, 11, 20))
        planning.plan_due(at=make.NOON)
        return files.make(by=make.person(), at=make.NOON)


def reported() -> ProviderReport:
    """Take a report of a provider, with a line that nothing was posted for."""
    heading = "reference,kind,amount,fee,net,currency,created,key"
    text = f"{heading}\nbt_0,capture,1.00,0.00,1.00,USD,2026-11-20 12:00,nothing\n"
    file = io.BytesIO(text.encode())
    return taking.take(
        file, provider=sandbox.NAME, name="test-bank.csv", by=make.person(), at=make.NOON
    )


def stranded() -> StrandedRefund:
    """Make a refund that came back."""
    order = make.handed_over(make.variant(stock=1))
    key = handing_over.refund(order, by=make.person(), at=make.NOON, reason="Broken")
    return stranding.book_back(moving.make(key, at=make.NOON), "closed", at=make.NOON)


def card(of: Merchant | None) -> Purse:
    """Make an empty gift card of a shop, or of the platform."""
    digest = ids.new().encode()
    return Purse.objects.create(
        kind=PurseKind.CARD, merchant=of, code_digest=digest, currency="USD", issued_at=make.NOON
    )


def card_sold(of: Merchant, buyer: Person) -> CardSale:
    """Let a shop sell gift cards, and somebody buy one."""
    key = f"card of {buyer.pk}"
    return buying.buy(press(selling(of), key=key, buyer=buyer), at=make.NOON)


def deposited(into: Wallet, payer: Person) -> Deposit:
    """Let somebody pay into a wallet."""
    return paying_in.pay_in(deposits.press(into, key=f"of {into.pk}", by=payer), at=make.NOON)


def disputed(order: Order, reference: str) -> Dispute:
    """Make a dispute of an order that its shop may still answer."""
    return Dispute.objects.create(
        payment=order.group.payment,
        order=order,
        provider=sandbox.NAME,
        reference=reference,
        currency=order.group.currency,
        amount_minor=100,
        reason="fraudulent",
        state=DisputeState.NEEDS_RESPONSE,
        opened_at=make.NOON,
    )
