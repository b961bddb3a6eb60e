"""Who pays for ads, and who may act for them."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.orders.models import Wallet
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class AdRole(models.TextChoices):
    """What somebody may do for an advertiser. An owner may do everything."""

    OWNER = "owner", gettext_lazy("Owner")
    CAMPAIGNS = "campaigns", gettext_lazy("Campaigns")
    MONEY = "money", gettext_lazy("Money")
    FIGURES = "figures", gettext_lazy("Figures")


ACTING = (AdRole.OWNER, AdRole.CAMPAIGNS, AdRole.MONEY)
"""Who may change something of an account, and so is told what moderators decide about it."""


RUNNING = (AdRole.OWNER, AdRole.CAMPAIGNS)
"""Who may make campaigns and ads of an account, and so is told what becomes of them."""


class AdvertiserQuerySet(models.QuerySet["Advertiser"]):
    """Which advertisers."""

    def with_member(self, person: Person) -> Self:
        """Those that a person acts for."""
        return self.filter(pk__in=AdMember.objects.filter(person=person).values("advertiser"))

    def run_by(self, person: Person) -> Self:
        """Those of which a person may change something."""
        mine = AdMember.objects.filter(person=person, role__in=ACTING)
        return self.filter(pk__in=mine.values("advertiser"))


@datamap.declare(
    purpose="Advertise, and say who paid",
    retention="as the law demands of accounts",
    subject="person",
    LOCAL_PUBLIC="public_id name",
    BUSINESS="daily_minor opened_at suspended_at emptied_at",
    SYSTEM="id home_cell merchant person wallet",
)
class Advertiser(models.Model):
    """Who pays for ads: a shop, a creator, or anybody else. name: as viewers read it on each ad.

    merchant, person: the shop, or the creator, that it is the account of; at most one of them.
    wallet: what it paid in. daily_minor: the most that all its campaigns together may spend on a
    day of the cell, as the latest ``DailyLimit`` says; None: no such limit.
    emptied_at: when its people were told that the wallet is used up; None while it is not.
    suspended_at: moderators keep it from advertising; then it has no open lease (trigger).
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    name = models.CharField(max_length=80)
    merchant = models.OneToOneField(Merchant, models.PROTECT, null=True, related_name="+")
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    wallet = models.OneToOneField(Wallet, models.PROTECT, related_name="+")
    daily_minor = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    emptied_at = models.DateTimeField(null=True)

    objects = AdvertiserQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(merchant=None) | Q(person=None), name="advertiser_of_one"
            ),
            models.CheckConstraint(
                condition=Q(daily_minor=None) | Q(daily_minor__gt=0), name="advertiser_daily"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return where its people work."""
        return f"/promote/{self.public_id}/"

    def people(self, roles: Collection[AdRole] = ACTING) -> "models.QuerySet[Person]":
        """Return who acts for it in some roles: unasked, who may change something of it."""
        theirs = AdMember.objects.filter(advertiser=self, role__in=roles)
        return Person.objects.filter(pk__in=theirs.values("person")).order_by("pk")


@datamap.declare(
    purpose="Say who may act for an advertiser",
    retention="while they may",
    subject="person",
    PERSONAL="person role since_at by",
    SYSTEM="id home_cell advertiser",
)
class AdMember(models.Model):
    """A person acts for an advertiser, in one role. by: who let them."""

    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=AdRole.choices)
    since_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advertiser", "person"], name="ad_member_once"),
        ]


@datamap.declare(
    purpose="Say who set what an advertiser may spend on a day",
    retention="as the law demands of accounts",
    subject="by",
    BUSINESS="daily_minor at",
    PERSONAL="by",
    SYSTEM="id home_cell advertiser",
)
class DailyLimit(models.Model):
    """What all of an advertiser's campaigns may spend on a day, set by one of its people: a fact,
    added and never changed. The latest holds: it is copied to the advertiser (trigger).
    """

    home_cell = HomeCellField()
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="limits")
    daily_minor = models.BigIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
