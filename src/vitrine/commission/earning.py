"""On which clips their makers earn a commission."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from vitrine.catalog.models import Tag
from vitrine.commission.models import Link
from vitrine.commission.rates import PROTECTED


def tags() -> "QuerySet[Tag]":
    """Return the tags by which the maker of their clip earns a commission."""
    gives = Q(deal__withdrawn_at=None) | Q(deal__withdrawn_at__gt=Now() - PROTECTED)
    covers = Q(deal__product=OuterRef("product")) | Q(deal__product=None)
    links = Link.objects.standing().filter(
        gives,
        covers,
        creator=OuterRef("clip__creator"),
        deal__merchant=OuterRef("product__merchant"),
    )
    return Tag.objects.filter(Exists(links))
