"""What ads sold: orders as they are followed, whose sale each line is, and what went back."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from vitrine.ads.models.ad import Ad
from vitrine.ads.models.campaign import Billed, Campaign
from vitrine.orders.models import Order, OrderLine
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Tell shops what they sold, with ads and without",
    retention="as the law demands of accounts",
    MONEY="paid_minor sales_minor given_back_minor is_over at",
    SYSTEM="id home_cell order",
)
class Sale(models.Model):
    """An order of somebody who advertises, as far as it was followed.

    paid_minor: for its goods, after discounts. sales_minor: what of that did not go back.
    given_back_minor, is_over: what was known of its money; where that is otherwise by now, it is
    followed again.
    """

    home_cell = HomeCellField()
    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    paid_minor = models.BigIntegerField()
    sales_minor = models.BigIntegerField()
    given_back_minor = models.BigIntegerField(default=0)
    is_over = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sales_minor__gte=0, sales_minor__lte=F("paid_minor"))
                & (Q(is_over=False) | Q(sales_minor=0)),
                name="ad_sale_sane",
            ),
        ]


@datamap.declare(
    purpose="Tell advertisers which ad sold something",
    retention="as the law demands of accounts",
    subject="line__order__group__buyer",
    MONEY="amount_minor bought_at at",
    PERSONAL="showing what touched_at",
    SYSTEM="id home_cell line ad campaign",
)
class Credit(models.Model):
    """An ad gets the credit for a line: a fact, once for a line and never changed.

    showing, what, touched_at: which touch it is for. amount_minor: what was paid for the line's
    goods after discounts, as ``OrderLine.paid_minor``.
    """

    home_cell = HomeCellField()
    line = models.OneToOneField(OrderLine, models.PROTECT, related_name="ad_credit")
    ad = models.ForeignKey(Ad, models.PROTECT, db_index=False, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+")
    showing = models.UUIDField(db_index=True)
    what = models.CharField(max_length=5, choices=Billed.choices)
    touched_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    bought_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, touched_at__lte=F("bought_at")),
                name="ad_credit_sane",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ad", "touched_at"], name="ad_credit_by_day")]


class Why(models.TextChoices):
    """Why a credit is less than it was."""

    GIVEN_BACK = "given back"  # the order was cancelled, or money of it went back
    FALSE = "false"  # the touch was none of a person who wanted to see it


@datamap.declare(
    purpose="Take back credit for what was cancelled, given back or false",
    retention="as the law demands of accounts",
    MONEY="amount_minor why at",
    SYSTEM="id home_cell credit",
)
class CreditReversal(models.Model):
    """A part of a credit that is taken back: a fact. The credit stays."""

    home_cell = HomeCellField()
    credit = models.ForeignKey(Credit, models.PROTECT, related_name="reversals")
    amount_minor = models.BigIntegerField()
    why = models.CharField(max_length=10, choices=Why.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="ad_credit_reversal_of_something"
            ),
            models.UniqueConstraint(
                fields=["credit"], name="ad_credit_false_once", condition=Q(why="false")
            ),
        ]
