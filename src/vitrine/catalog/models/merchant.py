"""Merchants, who may act for them, and how they deliver."""

from datetime import datetime
from typing import ClassVar, Self

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import F, JSONField, Q, Value
from django.utils.translation import gettext, gettext_lazy, gettext_noop, ngettext

from vitrine.accounts.models import Person
from vitrine.catalog import tariffs
from vitrine.catalog.tariffs import Bracket, Kind, Tariff, Zone
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

FEW = 3
"""How few are called few until the merchant says something else."""
USUAL_RETURNS = gettext_noop("Return within 30 days for a full refund.")


class Payer(models.TextChoices):
    """Who pays the way back of what is returned."""

    BUYER = "buyer", gettext_lazy("The buyer")
    SELLER = "seller", gettext_lazy("The shop")


class Condition(models.TextChoices):
    """In what state something is taken back."""

    ANY = "any", gettext_lazy("In any state")
    UNUSED = "unused", gettext_lazy("Unused")
    UNOPENED = "unopened", gettext_lazy("Unopened, in its packing")


class MerchantQuerySet(models.QuerySet["Merchant"]):
    """Which merchants."""

    def with_member(self, person: Person, *roles: str) -> Self:
        """Merchants where a person is a member, in one of the roles if any are named.

        An owner may do everything.
        """
        members = Membership.objects.filter(person=person)
        if roles:
            members = members.filter(role__in=[*roles, Role.OWNER])
        return self.filter(pk__in=members.values("merchant"))

    def trading(self) -> Self:
        """Merchants that may sell: approved, and not suspended."""
        return self.filter(approved_at__isnull=False, suspended_at=None)


@datamap.declare(
    purpose="Sell",
    retention="while trading, then as the law demands of accounts",
    LOCAL_PUBLIC="public_id slug name about currency returns_policy returns_days "
    "returns_paid_by returns_state delivery_policy is_tax_registered region "
    "packs_until packing_days opened_at",
    BUSINESS="low_at routing approved_at suspended_at",
    SYSTEM="id home_cell",
)
class Merchant(models.Model):
    """A seller of any kind: from warehouses, from stores, or from a kitchen table.

    is_tax_registered: for GST or its like; who is not may not charge it. region: state or province
    code of where it packs. packs_until: later orders are packed the next working day; None: no such
    time. packing_days: working days that packing takes.
    low_at: so few available at a place are few, where the shelf says nothing else.
    routing: what counts first when a place is chosen for a parcel, see ``orders/routing.py``.

    returns_days: None: returns_policy alone says how things are returned; 0: none are.

    Not approved yet or suspended, it is *shut*: triggers keep all that it puts on sale off sale,
    and let it out again. suspended_at: moderators decided so; its payouts are held meanwhile.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    about = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3)
    returns_policy = models.CharField(max_length=200, blank=True, default=USUAL_RETURNS)
    is_tax_registered = models.BooleanField(default=True, db_default=True)
    region = models.CharField(max_length=3, blank=True, default="", db_default="")
    packs_until = models.TimeField(null=True, blank=True)
    packing_days = models.PositiveSmallIntegerField(default=0, db_default=0)
    returns_days = models.PositiveSmallIntegerField(null=True, blank=True)
    returns_paid_by = models.CharField(
        max_length=6, choices=Payer.choices, default=Payer.BUYER, db_default=Payer.BUYER
    )
    returns_state = models.CharField(
        max_length=8, choices=Condition.choices, default=Condition.ANY, db_default=Condition.ANY
    )
    delivery_policy = models.CharField(max_length=500, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    low_at = models.PositiveIntegerField(default=FEW, db_default=FEW)
    routing = models.CharField(
        max_length=40, default="parcels nearest priority", db_default="parcels nearest priority"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    objects = MerchantQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    @property
    def returns_line(self) -> str:
        """Say how things are returned: the terms that were chosen, then the shop's own words."""
        if self.returns_days is None:
            return self.returns_policy
        if self.returns_days == 0:
            said = gettext("No returns, except as the law demands.")
            return f"{said} {self.returns_policy}".strip()
        said = ngettext(
            "Return within {days} day.", "Return within {days} days.", self.returns_days
        ).format(days=self.returns_days)
        pays = {
            Payer.BUYER: gettext("You pay the way back."),
            Payer.SELLER: gettext("The shop pays the way back."),
        }[Payer(self.returns_paid_by)]
        state = {
            Condition.ANY: "",
            Condition.UNUSED: gettext("It must be unused."),
            Condition.UNOPENED: gettext("It must be unopened."),
        }[Condition(self.returns_state)]
        return " ".join(filter(None, (said, pays, state, self.returns_policy)))

    def get_absolute_url(self) -> str:
        """Return the URL of its window."""
        return f"/shop/{self.slug}"

    @property
    def is_suspended(self) -> bool:
        """Tell whether moderators keep it from selling, and its payouts are held."""
        return self.suspended_at is not None

    @property
    def shut_at(self) -> datetime | None:
        """Return since when it may not sell, or None. The trigger of its products says the same."""
        if self.approved_at is not None and self.suspended_at is None:
            return None
        return self.suspended_at or self.opened_at

    def approve(self, *, at: datetime) -> None:
        """Let it sell; what it had put on sale is on sale from now on. Queries: 1."""
        Merchant.objects.filter(pk=self.pk, approved_at=None).update(approved_at=at)
        self.approved_at = self.approved_at or at

    def suspend(self, *, at: datetime) -> None:
        """Take all that it sells off sale. Open orders go on. Queries: 1."""
        Merchant.objects.filter(pk=self.pk, suspended_at=None).update(suspended_at=at)
        self.suspended_at = self.suspended_at or at

    def reinstate(self) -> None:
        """End its suspension: what was on sale before is on sale again. Queries: 1."""
        Merchant.objects.filter(pk=self.pk).update(suspended_at=None)
        self.suspended_at = None


class Role(models.TextChoices):
    """What a member of a merchant may do."""

    OWNER = "owner", gettext_lazy("Owner")
    CATALOGUE = "catalogue", gettext_lazy("Catalogue")
    ORDERS = "orders", gettext_lazy("Orders")
    COUNTER = "counter", gettext_lazy("Counter")
    FINANCE = "finance", gettext_lazy("Finance")


@datamap.declare(
    purpose="Say who may act for a merchant",
    retention="while a member",
    subject="person",
    PERSONAL="person role since_at",
    SYSTEM="id home_cell merchant",
)
class Membership(models.Model):
    """A person acts for a merchant, in one role."""

    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    since_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "person", "role"], name="role_once"),
        ]


@datamap.declare(
    purpose="Quote delivery",
    retention="while offered",
    LOCAL_PUBLIC="public_id name kind price_minor free_from_minor days_from days_until brackets "
    "zones withdrawn_at",
    SYSTEM="id home_cell merchant",
)
class DeliveryOption(models.Model):
    """One way that a merchant delivers. days: working days on the way, from–until.

    brackets, zones: of tariffs, as JSON; a quote reads them with the row. price_minor: the least
    that it may cost, where it hangs on weight or place.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="delivery_options")
    name = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=6, choices=tariffs.CHOICES, default=Kind.FLAT.value, db_default=Kind.FLAT.value
    )
    price_minor = models.BigIntegerField()
    free_from_minor = models.BigIntegerField(null=True, blank=True)
    days_from = models.PositiveSmallIntegerField(default=2)
    days_until = models.PositiveSmallIntegerField(default=5)
    brackets = models.JSONField(default=list, db_default=Value([], JSONField()), blank=True)
    zones = models.JSONField(default=list, db_default=Value([], JSONField()), blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merchant", "name"], name="delivery_option_once"),
            models.CheckConstraint(
                condition=Q(price_minor__gte=0, days_from__lte=F("days_until"))
                & Q(kind__in=[kind.value for kind in Kind])
                & (~Q(kind="weight") | ~Q(brackets=[]))
                & (~Q(kind="zone") | ~Q(zones=[])),
                name="delivery_option_sane",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tariff(self) -> Tariff:
        """Return what it costs, as arithmetic."""
        return Tariff(
            kind=self.kind,
            price_minor=self.price_minor,
            free_from_minor=self.free_from_minor,
            days_from=self.days_from,
            days_until=self.days_until,
            brackets=msgspec.convert(self.brackets, list[Bracket]),
            zones=msgspec.convert(self.zones, list[Zone]),
        )

    def withdraw(self, *, at: datetime) -> None:
        """Offer it no more; orders that chose it keep it. Queries: 1."""
        DeliveryOption.objects.filter(pk=self.pk, withdrawn_at=None).update(withdrawn_at=at)
        self.withdrawn_at = self.withdrawn_at or at
