"""Tell creators and shops what happens to commissions: in the transaction of what happened."""

from datetime import datetime

from vitrine.accounts import telling
from vitrine.accounts.telling import Kind
from vitrine.catalog.models import Membership, Merchant, Role
from vitrine.commission.models import Deal, DealRate, Link, Sample, SampleState

LINKS, SALES = "/studio/commissions/", "/studio/earnings/"
KEEPING_DEALS = [Role.OWNER]


def tell_of_offer(deal: Deal, *, at: datetime) -> None:
    """Tell a creator that a shop offers something to them. Queries: 0 or 1."""
    if deal.creator_id is not None:
        _tell(deal.creator_id, LINKS, f"{deal.public_id}:offered", at=at)


def tell_of_change(rate: DealRate, *, is_cut: bool, at: datetime) -> None:
    """Tell everybody who took an offer that its rate rose, or that it will be cut.

    Queries: 1, and 1 for each.
    """
    step = f"rate:{rate.pk}:{'cut' if is_cut else 'raised'}"
    took = Link.objects.standing().filter(deal=rate.deal_id)
    for creator in took.values_list("creator", flat=True):
        _tell(creator, LINKS, step, at=at)


def tell_of_first_sale(creator: int, path: str, *, at: datetime) -> None:
    """Tell a creator, once ever, that somebody bought by their clip. Queries: 1."""
    _tell(creator, path, "first:sold", at=at)


def tell_of_payout(creator: int, payout: str, *, at: datetime) -> None:
    """Tell a creator that their money left for their bank. Queries: 1."""
    _tell(creator, SALES, f"{payout}:paid", at=at)


def tell_of_sample(sample: Sample, *, at: datetime) -> None:
    """Tell a creator what became of a sample they asked for. Queries: 1."""
    _tell(sample.creator_id, LINKS, f"{sample.public_id}:{SampleState(sample.state)}", at=at)


def tell_shop_of_sample(sample: Sample, *, at: datetime) -> None:
    """Tell a shop's owners that a creator asks for a sample. Queries: 2, and 1 for each."""
    shop = Merchant.objects.get(pk=sample.deal.merchant_id)
    owners = Membership.objects.filter(merchant=shop, role__in=KEEPING_DEALS)
    for person in owners.order_by("person").values_list("person", flat=True).distinct():
        _tell(person, f"/market/{shop.slug}/commissions/", f"{sample.public_id}:asked", at=at)


def _tell(whom: int, path: str, item: str, *, at: datetime) -> None:
    telling.tell(Kind.COMMISSION, whom=whom, by=None, path=path, item=item, at=at)
