"""The reads of a creator's commissions: what they sell for, what else is offered, samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product, Tag
from vitrine.commission import rates
from vitrine.commission.models import Deal, Link, Sample
from vitrine.commission.models.deal import best
from vitrine.commission.rates import Rate
from vitrine.orders import keeping
from vitrine.orders.models import Address

MOST_LINKS, MOST_OFFERS, MOST_SAMPLES = 100, 40, 30
MOST_PRODUCTS = 100
"""Of a shop's, to choose a sample from."""


@dataclass(frozen=True)
class Held:
    """A commission that a creator took. coming: the next change that is announced."""

    link: Link
    rate: Rate | None
    coming: Rate | None
    sample: Sample | None

    @property
    def deal(self) -> Deal:
        """Return the offer."""
        return self.link.deal


@dataclass(frozen=True)
class Earning:
    """What a product on a clip earns. rate_bp: 0 for nothing. deal: a better one to take."""

    rate_bp: int
    deal: Deal | None

    @property
    def deal_bp(self) -> int:
        """Return what the better one gives."""
        return self.deal.rate_bp if self.deal else 0


def held(creator: Person, *, at: datetime) -> list[Held]:
    """Return what a creator took and did not leave, newest first. Queries: 3."""
    mine = Link.objects.standing().filter(creator=creator).with_rates().order_by("-pk")
    asked = {
        one.deal_id: one
        for one in Sample.objects.filter(creator=creator).exclude(state="declined").order_by("pk")
    }
    found = [
        Held(link, link.rate_at(at), rates.announced(link.course, at), asked.get(link.deal_id))
        for link in mine[:MOST_LINKS]
    ]
    return [one for one in found if one.rate or one.coming]


def offered(creator: Person, words: str) -> QuerySet[Deal]:
    """Return what a creator could take: their own offers first, then what they show already.

    Queries: 2.
    """
    shown = Tag.objects.filter(
        Q(product=OuterRef("product")) | Q(product__merchant=OuterRef("merchant")),
        clip__creator=creator,
        clip__deleted_at=None,
    )
    taken = Link.objects.standing().filter(creator=creator, deal=OuterRef("pk"))
    found = Deal.objects.open_to(creator).filter(
        ~Exists(taken), merchant__approved_at__isnull=False, merchant__suspended_at=None
    )
    for word in words.split()[:6]:
        found = found.filter(Q(product__title__icontains=word) | Q(merchant__name__icontains=word))
    return (
        found.select_related("merchant", "product")
        .with_rates()
        .annotate(is_shown=Exists(shown))
        .order_by(F("creator").asc(nulls_last=True), "-is_shown", "-pk")[:MOST_OFFERS]
    )


def samples(creator: Person) -> QuerySet[Sample]:
    """Return what a creator asked for, newest first. Queries: 1."""
    mine = Sample.objects.filter(creator=creator).select_related("product", "deal__merchant")
    return mine.order_by("-pk")[:MOST_SAMPLES]


def choices(deal: Deal) -> list[tuple[str, str]]:
    """Return what a sample can be of, for a form. Queries: 1."""
    on_sale = Product.objects.on_sale().filter(merchant=deal.merchant_id)
    if deal.product_id:
        on_sale = on_sale.filter(pk=deal.product_id)
    found = on_sale.order_by("title", "pk").values_list("public_id", "title")
    return [(str(public_id), str(title)) for public_id, title in found[:MOST_PRODUCTS]]


def places(creator: Person) -> dict[str, Address]:
    """Return where a sample could go: the creator's address book. Queries: 1."""
    return {one.mark: one for one in keeping.addresses(creator)}


def in_lines(place: Address) -> str:
    """Write an address as it stands on a parcel."""
    city = f"{place.city} {place.region} {place.postcode}".replace("  ", " ")
    lines = [place.name, place.line1, place.line2, city, place.phone]
    return "\n".join(line for line in lines if line)


def in_one_line(place: Address) -> str:
    """Write an address for a list to choose from."""
    return f"{place.name}, {place.line1}, {place.city}"


def on_products(
    creator: Person, products: Sequence[Product], *, at: datetime
) -> dict[int, Earning]:
    """Return what each product earns a creator, and what better offer they could take. Queries: 4.

    People of a shop earn nothing on what it sells.
    """
    shops = {product.merchant_id for product in products}
    if not shops:
        return {}
    mine = Link.objects.standing().filter(creator=creator, deal__merchant__in=shops).with_rates()
    links = list(mine)
    open_now = list(Deal.objects.open_to(creator).filter(merchant__in=shops).with_rates())
    return {
        product.pk: _earning(
            product,
            [link for link in links if link.deal.merchant_id == product.merchant_id],
            [deal for deal in open_now if deal.merchant_id == product.merchant_id],
            at=at,
        )
        for product in products
    }


def _earning(
    product: Product, links: Sequence[Link], deals: Sequence[Deal], *, at: datetime
) -> Earning:
    found = best(links, product.pk, at=at)
    has_bp = found[1].bp if found else 0
    taken = {link.deal_id for link in links}
    better = [
        deal
        for deal in deals
        if deal.pk not in taken and deal.product_id in (None, product.pk) and deal.rate_bp > has_bp
    ]
    return Earning(has_bp, max(better, key=lambda deal: deal.rate_bp, default=None))
