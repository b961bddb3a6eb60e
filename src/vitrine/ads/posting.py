"""Post in the ledger what ads cost: whole minor units of all that was charged, never more or less.

Source: docs/adr/0115-ad-tokens-and-billing.md.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from vitrine.ads.models import AdBill, Advertiser, Lease, Reversal
from vitrine.kernel import sweeping
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason


def post_all(*, at: datetime) -> None:
    """Post what each advertiser's ads cost since the last time. Safe to run twice."""
    billed = Lease.objects.filter(spent_micros__gt=0).values("campaign__advertiser")
    sweeping.each(Advertiser.objects.filter(pk__in=billed), lambda one: post(one, at=at))


@transaction.atomic
def post(advertiser: Advertiser, *, at: datetime) -> AdBill | None:
    """Post what an advertiser's ads cost since the last bill; None where it is no minor unit yet.

    Locks: the advertiser. Queries: 4, and 7 where there is something to post.
    """
    held = Advertiser.objects.select_related("wallet").select_for_update(of=("self",))
    payer = held.get(pk=advertiser.pk)
    total_micros = charged_micros(payer)
    posted = payer.bills.aggregate(minor=Sum("posted_minor"))["minor"] or 0
    more_minor = total_micros // MICROS_PER_MINOR - posted
    if not more_minor:
        return None
    bill = AdBill.objects.create(
        advertiser=payer,
        number=payer.bills.count() + 1,
        total_micros=total_micros,
        posted_minor=more_minor,
        at=at,
    )
    posting.post(
        key=bill.key,
        legs={payer.wallet.account: -more_minor, accounts.ADS: more_minor},
        currency=payer.wallet.currency,
        reason=Reason("adbill", bill.public_id),
        at=at,
    )
    return bill


def charged_micros(advertiser: Advertiser) -> int:
    """Return all that was charged and not taken back. Queries: 2.

    What leases were billed is the sum of their charges (``ads_charge_spends``), of which there are
    a thousand times as many.
    """
    spent = Lease.objects.filter(campaign__advertiser=advertiser).aggregate(n=Sum("spent_micros"))
    back = Reversal.objects.filter(charge__campaign__advertiser=advertiser)
    return (spent["n"] or 0) - (back.aggregate(n=Sum("charge__price_micros"))["n"] or 0)
