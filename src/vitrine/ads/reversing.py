"""Take charges back: their money is free in the wallet and the campaign's budget, and posted back.

The one place where a charge stops counting. Whatever else hangs on a charge (what an order owes to
a click, what a creator gets of it) has to go in ``take_back``, in its transaction.
Source: docs/adr/0118-invalid-traffic.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.ads import counting, posting
from vitrine.ads.models import Ad, Advertiser, Budget, Charge, Ground, Lease, Recall
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.orders import wallets
from vitrine.sovereignty.cell import home


class NothingToTakeBack(Refusal):
    """All of it was taken back before, or is of leases that are open, so that it is not spent."""

    code = "ad_nothing_to_take_back"
    message = (
        "Nothing of this ad was billed in that time that can be taken back. "
        "What was billed within the last hour can be taken back a little later."
    )


class Doubt(NamedTuple):
    """Why a charge is not honest. score: None where a person judged."""

    charge: int
    ground: Ground
    score: float | None


@transaction.atomic
def take_back(
    payer: Advertiser, doubts: Sequence[Doubt], *, at: datetime, recall: Recall | None = None
) -> int:
    """Take charges of an advertiser back; return how many that were not before. Safe to run twice.

    What is not spent yet, since its lease is open, stays. The budget of a campaign's life has the
    money again (a trigger), its days have not: they are over, or were spent on people who saw it.
    Locks: the advertiser, the budgets in key order, then the wallet. Queries: 1, or 10.
    """
    Advertiser.objects.select_for_update().get(pk=payer.pk)
    charges = [one.charge for one in doubts]
    leases = Charge.objects.filter(pk__in=charges).values("lease")
    lives = Lease.objects.filter(pk__in=leases).values("life")
    list(Budget.objects.filter(pk__in=lives).order_by("pk").select_for_update())
    grounds, scores = [one.ground.value for one in doubts], [one.score for one in doubts]
    of = recall.pk if recall else None
    back = prepared.rows(_REVERSE, [charges, grounds, scores, payer.pk, home(), of, at])
    if back:
        wallets.unspend(payer.wallet_id, sum(micros for _, micros in back))
        counting.uncount([charge for charge, _ in back], at=at)
        posting.post(payer, at=at)
    return len(back)


_REVERSE = """
WITH due AS MATERIALIZED (
    SELECT DISTINCT ON (c.id) c.id, c.price_micros, one.ground, one.score
    FROM unnest(%s::bigint[], %s::text[], %s::float8[]) AS one (charge, ground, score)
    JOIN ads_charge c ON c.id = one.charge
    JOIN ads_campaign k ON k.id = c.campaign_id AND k.advertiser_id = %s
    JOIN ads_lease l ON l.id = c.lease_id AND l.closed_at IS NOT NULL
    ORDER BY c.id
), back AS (
    INSERT INTO ads_reversal (home_cell, charge_id, reason, score, recall_id, at)
    SELECT %s, id, ground, score, %s::bigint, %s::timestamptz FROM due ORDER BY id
    ON CONFLICT (charge_id) DO NOTHING RETURNING charge_id
)
SELECT due.id, due.price_micros FROM due JOIN back ON back.charge_id = due.id
"""


@transaction.atomic
def recall(
    ad: Ad, *, since: datetime, until: datetime, words: str, by: Person, at: datetime
) -> Recall:
    """Take back all that an ad was billed for in a time, for a reason in words.

    Raises: NothingToTakeBack. Locks: as ``take_back``.
    """
    payer = ad.group.campaign.advertiser
    made = Recall.objects.create(
        ad=ad, billed_from=since, billed_until=until, words=words, by=by, at=at
    )
    billed = Charge.objects.filter(ad=ad, at__gte=since, at__lt=until, reversal=None)
    doubts = [Doubt(pk, Ground.HAND, None) for pk in billed.values_list("pk", flat=True)]
    if not take_back(payer, doubts, at=at, recall=made):
        raise NothingToTakeBack
    return made
