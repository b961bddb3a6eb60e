"""Promotions, the codes that bring them, and who used which."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy

from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.promoting import Gift, Rule
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

GIFTS = [
    (Gift.PERCENT.value, gettext_lazy("A percentage off")),
    (Gift.FIXED.value, gettext_lazy("An amount off")),
    (Gift.BUY_X.value, gettext_lazy("Buy some, get some free")),
    (Gift.FREE_DELIVERY.value, gettext_lazy("Free delivery")),
]


class PromotionQuerySet(models.QuerySet["Promotion"]):
    """Which promotions."""

    def running(self, *, at: datetime) -> Self:
        """Promotions that count at an instant."""
        until = Q(until_at=None) | Q(until_at__gt=at)
        return self.filter(until, from_at__lte=at, ended_at=None)

    def on_goods_of(self, merchant_ids: list[int]) -> Self:
        """Promotions of some merchants, and the platform's."""
        return self.filter(Q(merchant_id__in=merchant_ids) | Q(merchant=None))


@datamap.declare(
    purpose="Sell for less",
    retention="as the law demands of accounts",
    MONEY="public_id name gift percent amount_minor buy get least_minor by_code from_at until_at "
    "ended_at",
    SYSTEM="id home_cell merchant",
)
class Promotion(models.Model):
    """What comes off a purchase, while it runs. merchant None: the platform's, which bears it.

    by_code: only for who types one of its vouchers' codes. ended_at: stopped by hand. The rest as
    in promoting.Rule, with percent in whole percent.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    gift = models.CharField(max_length=8, choices=GIFTS)
    percent = models.PositiveSmallIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)
    buy = models.PositiveSmallIntegerField(default=0)
    get = models.PositiveSmallIntegerField(default=0)
    least_minor = models.BigIntegerField(default=0)
    by_code = models.BooleanField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(least_minor__gte=0)
                & (
                    Q(gift="percent", percent__gte=1, percent__lte=100)
                    | Q(gift="fixed", amount_minor__gt=0)
                    | Q(gift="buy_x", buy__gte=1, get__gte=1)
                    | Q(gift="delivery")
                ),
                name="promotion_gives_something",
            ),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gt=F("from_at")),
                name="promotion_has_its_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merchant"],
                name="promotion_not_ended",
                condition=Q(ended_at=None),
                include=["from_at", "until_at"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rate_bp(self) -> int:
        """Return the percentage in hundredths of a percent, as pages write rates."""
        return self.percent * 100

    def is_over(self, at: datetime) -> bool:
        """Tell whether it counts no more."""
        return self.ended_at is not None or (self.until_at is not None and self.until_at <= at)

    def rule(self, code: str = "") -> Rule:
        """Return it as arithmetic."""
        return Rule(
            key=self.pk,
            gift=Gift(self.gift),
            merchant=self.merchant_id,
            percent=Decimal(self.percent) / 100,
            amount_minor=self.amount_minor,
            buy=self.buy,
            get=self.get,
            least_minor=self.least_minor,
            code=code,
        )

    def end(self, *, at: datetime) -> None:
        """Let it count no more; purchases that had it keep it. Queries: 1."""
        Promotion.objects.filter(pk=self.pk, ended_at=None).update(ended_at=at)
        self.ended_at = self.ended_at or at


@datamap.declare(
    purpose="Sell for less to who knows a code",
    retention="as the law demands of accounts",
    MONEY="code most most_each",
    SYSTEM="id home_cell promotion merchant",
)
class Voucher(models.Model):
    """A code that brings a promotion. merchant: the promotion's.

    most: how often it counts in all, most_each: for one buyer; None: without end.
    """

    home_cell = HomeCellField()
    promotion = models.ForeignKey(Promotion, models.PROTECT, related_name="vouchers")
    merchant = models.ForeignKey(Merchant, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=30)
    most = models.PositiveIntegerField(null=True)
    most_each = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "merchant"], name="voucher_code_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="voucher_code_upper"),
        ]

    def __str__(self) -> str:
        return self.code


@datamap.declare(
    purpose="Let a voucher count no more often than it says",
    retention="as the law demands of accounts",
    subject="person",
    MONEY="key at expires_at",
    PERSONAL="person email",
    SYSTEM="id home_cell voucher",
)
class Redemption(models.Model):
    """One use of a voucher, by the purchase of a key; held before that is written.

    It counts until expires_at, and from then on if the purchase was made and did not fail.
    """

    home_cell = HomeCellField()
    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    email = models.EmailField(max_length=254)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["voucher", "key"], name="redemption_once"),
        ]
