"""What creators earned by each line that was sold, and each step of its money."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from vitrine.accounts.models import Person
from vitrine.commission.models.deal import Link
from vitrine.commission.shares import Back, kept
from vitrine.kernel import ids
from vitrine.ledger import accounts
from vitrine.ledger.accounts import Payee
from vitrine.orders.models import MoveState, Order, OrderLine, Refund, RefundLine
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


@datamap.declare(
    purpose="Reckon with creators once for what happens to an order",
    retention="as the law demands of accounts",
    MONEY="taken_minor given_back_minor at",
    SYSTEM="id home_cell order",
)
class Reckoning(models.Model):
    """How far an order that was met on clips has been reckoned with: what ``reckoning`` knew of it.

    taken_minor: what had been taken of its total. given_back_minor: what of it had gone back to the
    buyer. Where the order's money says otherwise by now, it is reckoned with again.
    """

    home_cell = HomeCellField()
    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    taken_minor = models.BigIntegerField(default=0)
    given_back_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()


def _sum(rows: models.QuerySet[Any], name: str) -> Coalesce:
    """Return a column's sum over rows, as a subquery; 0 where there are none."""
    one = rows.order_by().annotate(all=Value(1)).values("all").annotate(sum=Sum(name))
    return Coalesce(Subquery(one.values("sum")), 0, output_field=models.BigIntegerField())


class CommissionQuerySet(models.QuerySet["Commission"]):
    """Which commissions."""

    def earned_by(self, creator: Person) -> Self:
        """A creator's."""
        return self.filter(creator=creator)

    def due(self, *, at: datetime) -> Self:
        """Those that wait no longer."""
        return self.filter(released_at=None, due_at__lte=at)

    def refunded(self) -> Self:
        """What went back for units of their lines, and for units and delivery of their orders."""
        done = RefundLine.objects.filter(refund__move__state=MoveState.DONE)
        brought = Refund.objects.done().filter(move__order=OuterRef("line__order"))
        return self.annotate(
            line_back_minor=_sum(done.filter(line=OuterRef("line")), "amount_minor"),
            named_back_minor=_sum(done.filter(line__order=OuterRef("line__order")), "amount_minor")
            + _sum(brought, "delivery_minor"),
        )

    def standing(self) -> Self:
        """What is left of each, as ``stands_minor``."""
        steps = Sum(F("steps__pending_minor") + F("steps__available_minor"), default=0)
        return self.annotate(stands_minor=steps)


@datamap.declare(
    purpose="Pay a creator their share of a sale, and explain it",
    retention="as the law demands of accounts",
    subject="creator",
    MONEY="public_id currency paid_minor rate_bp rate_from_at amount_minor placed_at due_at "
    "released_at creator",
    SYSTEM="id home_cell line link clip",
)
class Commission(models.Model):
    """A creator's share of one line, frozen as it was sold.

    paid_minor: for its goods, after discounts and without tax. rate_from_at: since when that rate
    held. amount_minor: if nothing goes back. due_at: from when it can be paid out; None: not
    delivered yet. released_at: since when it can.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="commission")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    clip = models.ForeignKey(Clip, models.PROTECT, related_name="+")
    link = models.ForeignKey(Link, models.PROTECT, related_name="commissions")
    currency = models.CharField(max_length=3)
    paid_minor = models.BigIntegerField()
    rate_bp = models.PositiveSmallIntegerField()
    rate_from_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    objects = CommissionQuerySet.as_manager()

    stands_minor: int
    """What is left of it, as ``standing`` reads it."""
    line_back_minor: int
    named_back_minor: int
    """What went back for its line and for named things of its order, as ``refunded`` reads it."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    paid_minor__gt=0,
                    rate_bp__gt=0,
                    amount_minor__gte=0,
                    amount_minor__lte=F("paid_minor"),
                    rate_from_at__lte=F("placed_at"),
                ),
                name="commission_sane",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(due_at__isnull=False),
                name="commission_released_once_due",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["creator", "-placed_at"], name="commission_newest_of"),
            models.Index(
                fields=["due_at"], name="commission_waiting", condition=Q(released_at=None)
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return the page that explains it."""
        return f"/studio/earnings/{self.public_id}/"

    @property
    def payee(self) -> Payee:
        """Return whose money it is. The creator is loaded."""
        return accounts.creator(self.creator.public_id)

    def kept_minor(self, known: Reckoning) -> int:
        """Return what of ``paid_minor`` the shop has. It is ``refunded``; line and order loaded."""
        line, order = self.line, self.line.order
        missing = order.total_minor - max(0, known.taken_minor - known.given_back_minor)
        came_to = line.paid_minor + (0 if order.tax_included else line.tax_minor)
        return kept(
            self.paid_minor,
            line=Back(self.line_back_minor, came_to),
            rest=Back(
                max(0, missing - self.named_back_minor), order.total_minor - self.named_back_minor
            ),
        )


class StepKind(models.TextChoices):
    """What moved the money of a commission."""

    SOLD = "sold"  # the shop was paid
    GIVEN_BACK = "given_back"  # the buyer was
    RELEASED = "released"  # it waited long enough


@datamap.declare(
    purpose="Explain every cent of a commission",
    retention="as the law demands of accounts",
    subject="commission__creator",
    MONEY="key kind pending_minor available_minor at",
    SYSTEM="id home_cell commission",
)
class CommissionStep(models.Model):
    """One movement of a commission's money: a fact. Its transfer in the ledger has its key.

    pending, available: what it did to the creator's two accounts; the shop has the opposite.
    """

    home_cell = HomeCellField()
    commission = models.ForeignKey(Commission, models.PROTECT, related_name="steps")
    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    pending_minor = models.BigIntegerField()
    available_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="sold", pending_minor__gt=0, available_minor=0)
                | (
                    Q(kind="given_back", pending_minor__lte=0, available_minor__lte=0)
                    & ~Q(pending_minor=0, available_minor=0)
                )
                | Q(
                    kind="released",
                    pending_minor__lt=0,
                    available_minor=-F("pending_minor"),
                ),
                name="commission_step_moves",
            ),
        ]
