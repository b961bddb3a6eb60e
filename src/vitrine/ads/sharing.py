"""Give creators their share of what ads with their clips cost, once that is sure.

Source: docs/adr/0120-creators-share-of-ads.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, Sum

from vitrine.accounts.models import Person
from vitrine.ads.models import Ad, AdEarning, Authorisation, Reversal
from vitrine.commission.rates import WHOLE_BP
from vitrine.kernel import sweeping
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.ledger import accounts, posting
from vitrine.ledger.posting import Reason
from vitrine.orders.payouts import terms
from vitrine.sovereignty.cell import local_day, this_cell

STILL_LOOKED_AT = timedelta(days=90)
"""So long after an authorisation ended, or after a charge with its clip was taken back, which has
no end, it is looked at."""

UNDER = """
    FROM ads_authorisation given
    JOIN videos_clip clip ON clip.id = given.clip_id
    JOIN ads_ad ad ON ad.clip_id = clip.id AND ad.by_id <> clip.creator_id
    JOIN ads_adgroup of ON of.id = ad.group_id
    JOIN ads_campaign campaign ON campaign.id = of.campaign_id
        AND campaign.advertiser_id = given.advertiser_id
    JOIN ads_charge charge ON charge.ad_id = ad.id AND charge.at >= given.taken_at
        AND charge.at < coalesce(given.shared_until, 'infinity')
    LEFT JOIN ads_reversal back ON back.charge_id = charge.id
    WHERE NOT EXISTS (
        SELECT FROM ads_authorisation later
        WHERE (later.clip_id, later.advertiser_id) = (given.clip_id, given.advertiser_id)
            AND later.taken_at > given.taken_at AND later.taken_at <= charge.at)
"""
"""Which charge is under which authorisation: that which was taken up last before it. Who sees an ad
as it is taken back may be billed for it later."""
BILLED = f"""
    SELECT given.id, coalesce(sum(charge.price_micros) FILTER (WHERE charge.day <= %(until)s), 0),
        coalesce(sum(charge.price_micros), 0)
    {UNDER} AND given.id = ANY(%(given)s) AND back.id IS NULL
    GROUP BY 1
"""
"""What ads under authorisations were billed: up to a day, and in all."""
SHARE = f"div({{}} * g.share_bp, {WHOLE_BP} * {MICROS_PER_MINOR})"
"""``share_minor`` in SQL, of a sum, for an authorisation g."""


@dataclass(frozen=True)
class Shared:
    """How a creator's share of an authorisation stands.

    billed_micros: what ads with the clip cost so far. posted_minor: what the creator has of that.
    waits_minor: what comes, once it is sure.
    """

    given: Authorisation
    billed_micros: int
    posted_minor: int
    waits_minor: int

    @property
    def billed_minor(self) -> int:
        """Return what was billed in whole minor units."""
        return self.billed_micros // MICROS_PER_MINOR


def pay_all(*, at: datetime) -> None:
    """Post each creator's share of what is sure by now. Safe to run twice."""
    since = at - STILL_LOOKED_AT
    back = Ad.objects.filter(pk__in=Reversal.objects.filter(at__gt=since).values("charge__ad"))
    recent = Q(revoked_at=None) | Q(revoked_at__gt=since) | Q(clip__in=back.values("clip"))
    given = Authorisation.objects.filter(recent, taken_at__isnull=False, share_bp__gt=0)
    sweeping.each(given.order_by("pk"), lambda one: pay(one, at=at))


@transaction.atomic
def pay(given: Authorisation, *, at: datetime) -> AdEarning | None:
    """Post a creator's share since the last earning; None where it is no minor unit.

    Locks: the authorisation. Queries: 3, and 8 where there is something to post.
    """
    held = Authorisation.objects.select_related("clip__creator").select_for_update(of=("self",))
    one = held.get(pk=given.pk)
    sure_micros, _ = _billed([one], until=sure_until(at)).get(one.pk, (0, 0))
    more_minor = share_minor(sure_micros, one.share_bp) - _posted([one]).get(one.pk, 0)
    if not more_minor:
        return None
    payee = accounts.creator(one.clip.creator.public_id)
    terms.of(payee, at=at)  # from now on they have turns
    earned = AdEarning.objects.create(
        authorisation=one,
        number=one.earnings.count() + 1,
        total_micros=sure_micros,
        posted_minor=more_minor,
        at=at,
    )
    posting.post(
        key=earned.key,
        legs={accounts.ADS: -more_minor, payee.available: more_minor},
        currency=this_cell().currency,
        reason=Reason("adshare", earned.public_id),
        at=at,
    )
    return earned


def share_minor(billed_micros: int, share_bp: int) -> int:
    """Return the whole minor units of a share."""
    return billed_micros * share_bp // (WHOLE_BP * MICROS_PER_MINOR)


def of(creator: Person, *, at: datetime) -> Iterator[Shared]:
    """Yield what advertisers share with a creator, the newest first. Queries: 1, or 3."""
    mine = Authorisation.objects.filter(clip__creator=creator, taken_at__isnull=False)
    mine = mine.filter(share_bp__gt=0).select_related("clip", "advertiser")
    listed = list(mine.order_by("-pk"))
    if not listed:
        return
    billed, posted = _billed(listed, until=sure_until(at)), _posted(listed)
    for one in listed:
        _, micros = billed.get(one.pk, (0, 0))
        has = posted.get(one.pk, 0)
        yield Shared(one, micros, has, share_minor(micros, one.share_bp) - has)


def sure_until(at: datetime) -> date:
    """Return the last day of which what was billed is looked at no more."""
    return local_day(at) - timedelta(days=settings.VITRINE_COMMISSION_DAYS)


def _posted(given: list[Authorisation]) -> dict[int, int]:
    """Return what was posted of each."""
    mine = AdEarning.objects.filter(authorisation__in=given).values_list("authorisation")
    return dict(mine.annotate(minor=Sum("posted_minor")))


def _billed(given: list[Authorisation], *, until: date) -> dict[int, tuple[int, int]]:
    """Return what ads under each were billed, in micros: up to a day, and in all."""
    with connection.cursor() as cursor:
        cursor.execute(BILLED, {"given": [one.pk for one in given], "until": until})
        return {pk: (int(sure), int(micros)) for pk, sure, micros in cursor.fetchall()}
