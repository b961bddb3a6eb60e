"""The reads of a shop's page of commissions."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.commission import rates
from vitrine.commission.models import Commission, CommissionStep, Deal, Link, Sample, SampleState
from vitrine.commission.rates import Rate
from vitrine.surfaces.market.commission_form import AnswerForm, ParcelForm

MOST_DEALS, MOST_SAMPLES = 100, 60


@dataclass(frozen=True)
class Seller:
    """A creator who took an offer. sales: lines that were sold by them and not cancelled."""

    creator: Person
    rate: Rate | None
    coming: Rate | None
    has_left: bool
    sales: int
    sold_minor: int
    earned_minor: int


@dataclass(frozen=True)
class Shown:
    """An offer, and who sells by it."""

    deal: Deal
    rate_bp: int
    sellers: list[Seller]


@dataclass(frozen=True)
class Waiting:
    """A sample, with the form of what the shop does next."""

    sample: Sample
    form: AnswerForm | ParcelForm | None


def deals(merchant: Merchant, *, at: datetime) -> list[Shown]:
    """Return what a shop offers, and what creators sold of it. Queries: 5."""
    standing = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at - rates.PROTECTED)
    mine = Deal.objects.filter(standing, merchant=merchant).with_rates()
    found = list(mine.select_related("product", "creator").order_by("-pk")[:MOST_DEALS])
    links: defaultdict[int, list[Link]] = defaultdict(list)
    taken = Link.objects.filter(deal__in=found).with_rates().select_related("creator")
    for link in taken.order_by("-pk"):
        links[link.deal_id].append(link)
    sums = _sums([link.pk for each in links.values() for link in each])
    return [
        Shown(
            deal,
            # Of one that was withdrawn, what it gives to those who took it is in their rows.
            deal.offered[-1].bp,
            [_seller(link, sums, at=at) for link in links[deal.pk]],
        )
        for deal in found
    ]


def _seller(link: Link, sums: Mapping[int, tuple[int, int, int]], *, at: datetime) -> Seller:
    rate = link.rate_at(at)
    coming = rates.announced(link.course, at) if rate else None
    return Seller(
        link.creator, rate, coming, link.left_at is not None, *sums.get(link.pk, (0, 0, 0))
    )


def _sums(links: list[int]) -> dict[int, tuple[int, int, int]]:
    """Return (sales, what was paid for them, what is earned) by link. Queries: 2."""
    sold = Commission.objects.filter(link__in=links, due_at__isnull=False).values("link")
    counted = sold.annotate(number=Count("pk"), paid=Sum("paid_minor"))
    steps = CommissionStep.objects.filter(commission__link__in=links).values("commission__link")
    moved = F("pending_minor") + F("available_minor")
    earned = dict(steps.annotate(sum=Sum(moved)).values_list("commission__link", "sum"))
    return {
        one["link"]: (one["number"], one["paid"], earned.get(one["link"], 0)) for one in counted
    }


def samples(merchant: Merchant, typed: Mapping[str, AnswerForm | ParcelForm]) -> list[Waiting]:
    """Return the samples that a shop was asked for. Queries: 2, 1 for each form.

    What waits for the shop comes first, the oldest of it at the top; then what is over.

    typed: forms that were sent and are shown again, by the sample's public id.
    """
    asked = Sample.objects.filter(deal__merchant=merchant)
    asked = asked.select_related("product", "creator", "variant")
    waiting = asked.waiting().order_by("-state", "pk")[:MOST_SAMPLES]
    over = asked.over().order_by("-pk")[:MOST_SAMPLES]
    return [Waiting(one, _form(one, typed)) for one in [*waiting, *over]]


def _form(
    sample: Sample, typed: Mapping[str, AnswerForm | ParcelForm]
) -> AnswerForm | ParcelForm | None:
    match sample.state:
        case SampleState.ASKED:
            return typed.get(sample.public_id) or AnswerForm(sample=sample)
        case SampleState.AGREED:
            return typed.get(sample.public_id) or ParcelForm(sample=sample)
    return None
