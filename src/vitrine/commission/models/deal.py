"""What shops offer creators, at which rate since when, and who took it."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Prefetch, Q

from vitrine.accounts.models import Person
from vitrine.catalog.models import Membership, Merchant, Product
from vitrine.commission import rates
from vitrine.commission.rates import Rate
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.kernel.rows import HasRow
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

MOST_BP = 8_000
"""Four fifths: the platform's fee and its tax come out of the rest."""


class OfferedAlready(Refusal):
    """The same thing is offered to the same creators once, at one rate."""

    code = "deal_offered_already"
    message = "You offer a commission on this to them already. Change its rate instead."


class NotOfferedAnyMore(Refusal):
    """The offer was withdrawn, or is for another creator."""

    code = "deal_not_offered"
    message = "This commission is not offered to you any more."


class OwnShop(Refusal):
    """Who works in a shop is no creator who sells for it."""

    code = "own_shop"
    message = "People of the shop earn no commission on what it sells."


class DealQuerySet(models.QuerySet["Deal"]):
    """Which offers."""

    def standing(self) -> Self:
        """Offers that can be taken."""
        return self.filter(withdrawn_at=None)

    def open_to(self, creator: Person) -> Self:
        """Offers that a creator may take: open or their own, and not of a shop they work in."""
        whose = Q(creator=None) | Q(creator=creator)
        works_there = HasRow(Membership, merchant="merchant", person=creator)
        return self.standing().filter(whose, ~works_there)

    def on(self, product: Product) -> Self:
        """Offers that cover a product."""
        return self.filter(Q(product=product) | Q(product=None), merchant=product.merchant_id)

    def with_rates(self) -> Self:
        """Read what was offered, with them. Queries: 1 more."""
        return self.prefetch_related(Prefetch("rates", DealRate.objects.order_by("at", "pk")))


@datamap.declare(
    purpose="Offer creators a share of what they sell",
    retention="as the law demands of accounts",
    subject="creator",
    LOCAL_PUBLIC="public_id product creator offered_at withdrawn_at",
    SYSTEM="id home_cell merchant",
)
class Deal(models.Model):
    """A commission that a shop offers: on one product or on all, to everybody or to one creator.

    product None: on all that it sells. creator None: open to any. What it gives is in its rates.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    offered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["merchant", "product", "creator"],
                name="deal_once",
                condition=Q(withdrawn_at=None),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @classmethod
    def offer(
        cls,
        merchant: Merchant,
        *,
        product: Product | None,
        creator: Person | None,
        rate_bp: int,
        by: Person,
        at: datetime,
    ) -> "Deal":
        """Offer a commission from now on. Raises: OfferedAlready, OwnShop. Queries: 2 or 3."""
        if creator is not None and merchant.memberships.filter(person=creator).exists():
            raise OwnShop
        try:
            with transaction.atomic():
                made = cls.objects.create(
                    merchant=merchant, product=product, creator=creator, offered_at=at
                )
                DealRate.objects.create(deal=made, rate_bp=rate_bp, by=by, at=at)
        except IntegrityError:
            raise OfferedAlready from None
        return made

    @property
    def offered(self) -> list[Rate]:
        """Return what was said of its rate, oldest first. Queries: 0 or 1."""
        return [Rate(one.rate_bp, one.at) for one in self.rates.all()]

    @property
    def rate_bp(self) -> int:
        """Return what it gives to who takes it now."""
        return self.offered[-1].bp

    @transaction.atomic
    def change(self, rate_bp: int, *, by: Person, at: datetime) -> "DealRate | None":
        """Give another rate from now on; None for the present one. Locks: the offer.

        For those who took it a rise counts at once, a cut after 30 days (``rates.py``).
        Raises: NotOfferedAnyMore.
        """
        self._hold()
        last = DealRate.objects.filter(deal=self).order_by("-at", "-pk")[0]
        if last.rate_bp == rate_bp:
            return None
        return DealRate.objects.create(deal=self, rate_bp=rate_bp, by=by, at=max(at, last.at))

    @transaction.atomic
    def withdraw(self, *, by: Person, at: datetime) -> "DealRate | None":
        """Offer it no more. Who took it has 30 days: it is a cut to nothing. Locks: the offer.

        Raises: NotOfferedAnyMore.
        """
        cut = self.change(0, by=by, at=at)
        Deal.objects.filter(pk=self.pk).update(withdrawn_at=at)
        return cut

    @transaction.atomic
    def take(self, *, by: Person, at: datetime) -> "Link":
        """Sell for its rate from now on; taking it twice is no error. Locks: the offer.

        Raises: NotOfferedAnyMore, OwnShop.
        """
        held = self._hold()
        if held.creator_id not in (None, by.pk):
            raise NotOfferedAnyMore
        if Membership.objects.filter(merchant=held.merchant_id, person=by).exists():
            raise OwnShop
        link, _ = Link.objects.get_or_create(
            deal=held, creator=by, left_at=None, defaults={"taken_at": at}
        )
        return link

    def _hold(self) -> "Deal":
        held = Deal.objects.select_for_update(no_key=True).get(pk=self.pk)
        if held.withdrawn_at is not None:
            raise NotOfferedAnyMore
        return held


@datamap.declare(
    purpose="Know what was offered when",
    retention="as the law demands of accounts",
    subject="by",
    LOCAL_PUBLIC="rate_bp at",
    PERSONAL="by",
    SYSTEM="id home_cell deal",
)
class DealRate(models.Model):
    """What an offer gives from a moment on: a fact, added and never changed.

    rate_bp: hundredths of a percent of what is paid; 0: it was withdrawn.
    """

    home_cell = HomeCellField()
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="rates")
    rate_bp = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate_bp__lte=MOST_BP), name="deal_rate_sane"),
        ]


class LinkQuerySet(models.QuerySet["Link"]):
    """Which creators sell what."""

    def standing(self) -> Self:
        """Those that were not left."""
        return self.filter(left_at=None)

    def at(self, moment: datetime) -> Self:
        """Those that stood at a moment."""
        not_left = Q(left_at=None) | Q(left_at__gt=moment)
        return self.filter(not_left, taken_at__lte=moment)

    def with_rates(self) -> Self:
        """Read them with what was offered. Queries: 1 more."""
        offered = Prefetch("deal__rates", DealRate.objects.order_by("at", "pk"))
        return self.select_related("deal__merchant", "deal__product").prefetch_related(offered)


@datamap.declare(
    purpose="Know who sells for a commission, since when",
    retention="as the law demands of accounts",
    subject="creator",
    PERSONAL="creator taken_at left_at",
    LOCAL_PUBLIC="public_id",
    SYSTEM="id home_cell deal",
)
class Link(models.Model):
    """A creator took an offer: what they sell of it by clips earns them its rate."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="links")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal", "creator"], name="link_once", condition=Q(left_at=None)
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("taken_at")), name="link_has_its_time"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def course(self) -> list[Rate]:
        """Return what held, holds and is announced to hold. Queries: 0 or 1."""
        return rates.course(self.deal.offered, taken_at=self.taken_at)

    def rate_at(self, moment: datetime) -> Rate | None:
        """Return what holds at a moment, and since when; None for nothing."""
        if self.left_at is not None and self.left_at <= moment:
            return None
        held = rates.at_moment(self.course, moment)
        return held if held and held.bp else None

    def leave(self, *, at: datetime) -> None:
        """Sell no more for it; what was sold before is still paid. Queries: 1."""
        Link.objects.filter(pk=self.pk, left_at=None).update(left_at=at)


def best(links: Iterable[Link], product: int, *, at: datetime) -> tuple[Link, Rate] | None:
    """Return which of a creator's links pays most for a product at a moment, and its rate.

    Of equal ones the one on the product itself, then the one that was taken first.
    """
    found = [
        (link, rate)
        for link in links
        if link.deal.product_id in (None, product) and (rate := link.rate_at(at))
    ]
    order = sorted(
        found, key=lambda one: (-one[1].bp, one[0].deal.product_id is None, one[0].taken_at)
    )
    return order[0] if order else None
