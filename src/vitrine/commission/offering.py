"""Offer creators a commission, change it and take it back, and tell those whom it concerns."""

from datetime import datetime

from django.db import transaction

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Product
from vitrine.commission import notices
from vitrine.commission.models import Deal


@transaction.atomic
def offer(
    merchant: Merchant,
    *,
    product: Product | None,
    creator: Person | None,
    rate_bp: int,
    by: Person,
    at: datetime,
) -> Deal:
    """Offer a commission from now on. Raises: OfferedAlready, OwnShop."""
    made = Deal.offer(merchant, product=product, creator=creator, rate_bp=rate_bp, by=by, at=at)
    notices.tell_of_offer(made, at=at)
    return made


@transaction.atomic
def change(deal: Deal, rate_bp: int, *, by: Person, at: datetime) -> None:
    """Give another rate; who took it has a rise at once and a cut in 30 days.

    Raises: NotOfferedAnyMore.
    """
    before, said = deal.rate_bp, deal.change(rate_bp, by=by, at=at)
    if said is not None:
        notices.tell_of_change(said, is_cut=rate_bp < before, at=at)


@transaction.atomic
def withdraw(deal: Deal, *, by: Person, at: datetime) -> None:
    """Offer it no more; who took it earns by it for 30 days. Raises: NotOfferedAnyMore."""
    said = deal.withdraw(by=by, at=at)
    if said is not None:
        notices.tell_of_change(said, is_cut=True, at=at)
