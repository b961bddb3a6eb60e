"""Addresses of merchants' programs, and what is told to them."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.programs import signing
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

MOST_ENDPOINTS = 10
OLD_SECRET_FOR = timedelta(hours=24)
"""How long messages are signed with the old secret, too, after a new one was made."""
KEPT_FOR = timedelta(days=30)


class TooManyEndpoints(Refusal):
    """A shop tells more addresses than it can look after."""

    code = "too_many_endpoints"
    message = "A shop has at most 10 endpoints. Remove one that nobody uses."


class Event(models.TextChoices):
    """What programs can be told."""

    ORDER_PLACED = "order.placed", gettext_lazy("An order is placed")
    ORDER_READY = "order.ready", gettext_lazy("An order waits to be collected")
    ORDER_SHIPPED = "order.shipped", gettext_lazy("An order is shipped")
    ORDER_COLLECTED = "order.collected", gettext_lazy("An order is collected")
    ORDER_CANCELLED = "order.cancelled", gettext_lazy("An order is cancelled")
    ORDER_REFUNDED = "order.refunded", gettext_lazy("An order is refunded")
    ORDER_PART_REFUNDED = "order.part_refunded", gettext_lazy("A part of an order is given back")
    ORDER_REFUSED = "order.refused", gettext_lazy("A bank refuses to move an order’s money")
    ORDER_DISPUTED = "order.disputed", gettext_lazy("A bank disputes an order’s payment")
    DISPUTE_WON = "order.dispute_won", gettext_lazy("A dispute is won")
    DISPUTE_LOST = "order.dispute_lost", gettext_lazy("A dispute is lost")
    PARCEL_PACKED = "parcel.packed", gettext_lazy("A parcel is packed")
    PARCEL_SENT = "parcel.sent", gettext_lazy("A parcel has left")
    PARCEL_SCANNED = "parcel.scanned", gettext_lazy("A carrier tells of a parcel")
    RETURN_ASKED = "return.asked", gettext_lazy("A buyer asks to send something back")
    RETURN_APPROVED = "return.approved", gettext_lazy("A return is approved")
    RETURN_REFUSED = "return.refused", gettext_lazy("A return is refused")
    RETURN_RECEIVED = "return.received", gettext_lazy("A return has arrived")
    RETURN_SETTLED = "return.settled", gettext_lazy("A return is settled")
    BILL_ISSUED = "bill.issued", gettext_lazy("An invoice or a credit note is issued")
    PRODUCT_CHANGED = "product.changed", gettext_lazy("A product is changed")
    STOCK_LOW = "stock.low", gettext_lazy("A choice runs low somewhere")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Which endpoints."""

    def told(self) -> Self:
        """Those that are told."""
        return self.filter(removed_at=None, disabled_at=None)


@datamap.declare(
    purpose="Tell a merchant's own programs what happens",
    retention="until removed, then with its deliveries",
    subject="made_by",
    BUSINESS="public_id url events made_at failing_since disabled_at removed_at rotated_at",
    PERSONAL="made_by",
    SECRET="secret old_secret",  # noqa: S106
    SYSTEM="id home_cell merchant",
)
class Endpoint(models.Model):
    """An address that is told of some events. Signed with its secret, in Standard Webhooks form.

    failing_since: of the first failure after which none went well. disabled_at: told no more.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="+")
    url = models.CharField(max_length=300)
    events = ArrayField(models.CharField(max_length=20))
    secret = models.CharField(max_length=60)
    old_secret = models.CharField(max_length=60, blank=True)
    rotated_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(events__len__gt=0, events__contained_by=Event.values),
                name="endpoint_events_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["merchant"],
                name="endpoint_told",
                condition=Q(removed_at=None, disabled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @classmethod
    def make(
        cls, merchant: Merchant, *, url: str, events: list[str], by: Person, at: datetime
    ) -> "Endpoint":
        """Tell an address of some events from now on. Raises: TooManyEndpoints. Queries: 2."""
        if cls.objects.filter(merchant=merchant, removed_at=None).count() >= MOST_ENDPOINTS:
            raise TooManyEndpoints
        return Endpoint.objects.create(
            merchant=merchant, url=url, events=sorted(events), secret=signing.new_secret(),
            made_by=by, made_at=at,
        )  # fmt: skip

    def secrets(self, *, at: datetime) -> list[str]:
        """Return the secrets that messages are signed with: for a day the old one, too."""
        is_old_good = self.rotated_at is not None and at - self.rotated_at < OLD_SECRET_FOR
        return [self.secret, *([self.old_secret] if is_old_good and self.old_secret else [])]

    def rotate(self, *, at: datetime) -> None:
        """Make a new secret; the old one is good for a day longer. Queries: 1."""
        self.old_secret, self.secret, self.rotated_at = self.secret, signing.new_secret(), at
        self.save(update_fields=["old_secret", "secret", "rotated_at"])

    def enable(self) -> None:
        """Tell it again after it was given up. Queries: 1."""
        Endpoint.objects.filter(pk=self.pk).update(disabled_at=None, failing_since=None)

    def remove(self, *, at: datetime) -> None:
        """Tell it no more; what was told stays listed for a while. Queries: 2."""
        Endpoint.objects.filter(pk=self.pk, removed_at=None).update(removed_at=at)
        Delivery.objects.filter(endpoint=self.pk, due_at__isnull=False).update(due_at=None)


@datamap.declare(
    purpose="Tell a program one thing until it has heard it",
    retention="30 days",
    BUSINESS="public_id event thing body at tries due_at done_at status trouble",
    SYSTEM="id home_cell endpoint",
)
class Delivery(models.Model):
    """One message to one endpoint. Triggers write it in the transaction of what happened.

    thing: the public id that it is about. due_at: of the next try; None: heard, or given up.
    status: of the last answer. trouble: why it was not heard, in English, for programmers.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=20, choices=Event.choices)
    thing = models.CharField(max_length=40)
    body = models.TextField(blank=True)
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="hook_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["endpoint", "-at", "-public_id"], name="hook_newest"),
            models.Index(fields=["at"], name="hook_by_age"),
        ]
        constraints: ClassVar = [
            # What changes ten times before it could be told is told once.
            models.UniqueConstraint(
                fields=["endpoint", "event", "thing"],
                condition=Q(due_at__isnull=False, tries=0),
                name="hook_told_once",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(due_at=None), name="hook_done_is_not_due"
            ),
        ]

    @property
    def state(self) -> str:
        """Return where it is: heard, waiting or given up."""
        if self.done_at is not None:
            return "heard"
        return "given up" if self.due_at is None else "waiting"

    def replay(self, *, at: datetime) -> None:
        """Tell it again, now; while it waits for that, again is no error. Queries: 1."""
        same = Delivery.objects.filter(
            endpoint=self.endpoint_id, event=self.event, thing=self.thing, tries=0
        )
        if not same.filter(due_at__isnull=False).exclude(pk=self.pk).exists():
            Delivery.objects.filter(pk=self.pk).update(
                tries=0, due_at=at, done_at=None, status=None, trouble=""
            )

    @classmethod
    def forget(cls, *, at: datetime) -> None:
        """Forget what was told a month ago. Queries: 1."""
        cls.objects.filter(at__lt=at - KEPT_FOR).delete()
