"""Samples: what a creator asks a shop for, to show it."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Merchant, Product, Variant
from vitrine.commission.models.deal import Deal, Link
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


class AskedAlready(Refusal):
    """One sample of a product for a creator, unless it was declined."""

    code = "sample_asked_already"
    message = "You have asked for a sample of this already."


class NotYours(Refusal):
    """Only who sells a product for a commission is sent it to show."""

    code = "sample_without_link"
    message = "Take the commission on this product first, then ask for a sample."


class Answered(Refusal):
    """The sample is not where this would be possible."""

    code = "sample_answered"
    message = "This was answered already. Reload the page to see where it stands."


class SampleState(models.TextChoices):
    """Where a sample is."""

    ASKED = "asked", gettext_lazy("Asked for")
    AGREED = "agreed", gettext_lazy("Agreed, not sent yet")
    DECLINED = "declined", gettext_lazy("Declined")
    SENT = "sent", gettext_lazy("Sent")


OPEN = [SampleState.ASKED, SampleState.AGREED]


class SampleQuerySet(models.QuerySet["Sample"]):
    """Which samples."""

    def waiting(self) -> Self:
        """Those that their shop has something to do with."""
        return self.filter(state__in=OPEN)

    def over(self) -> Self:
        """Those that were sent or declined."""
        return self.exclude(state__in=OPEN)


@datamap.declare(
    purpose="Send a creator what they show",
    retention="as the law demands of accounts; the address until 30 days after the last word, "
    "which 60 days of silence are",
    subject="creator",
    PERSONAL="creator address note answer asked_at answered_at",
    BUSINESS="public_id state carrier tracking sent_at by",
    SYSTEM="id home_cell deal product variant",
)
class Sample(models.Model):
    """A product that a shop gives a creator to show. Never an order: nobody pays, nothing is sold.

    address: as on a parcel, in lines; the shop reads it once it agreed. note: why, in the
    creator's words; answer: the shop's. variant: which one was sent.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="samples")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=SampleState.choices, default=SampleState.ASKED)
    note = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    address = models.TextField(max_length=500, blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "product"],
                name="sample_once",
                condition=~Q(state="declined"),
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None, sent_at=None)
                | Q(state__in=["agreed", "declined"], answered_at__isnull=False, sent_at=None)
                | Q(
                    state="sent",
                    answered_at__isnull=False,
                    sent_at__isnull=False,
                    variant__isnull=False,
                ),
                name="sample_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["deal"], name="sample_waiting", condition=Q(state__in=["asked", "agreed"])
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @classmethod
    def ask(
        cls, link: Link, product: Product, *, address: str, note: str, at: datetime
    ) -> "Sample":
        """Ask a shop for a sample of what a creator sells. Raises: NotYours, AskedAlready."""
        deal = link.deal
        covers = deal.product_id in (None, product.pk) and product.merchant_id == deal.merchant_id
        if link.left_at is not None or deal.withdrawn_at is not None or not covers:
            raise NotYours
        try:
            with transaction.atomic():
                return cls.objects.create(
                    deal=deal,
                    creator=link.creator,
                    product=product,
                    address=address,
                    note=note,
                    asked_at=at,
                )
        except IntegrityError:
            raise AskedAlready from None

    def agree(self, *, by: Person, answer: str = "", at: datetime) -> None:
        """Promise to send it; now its address can be read. Raises: Answered."""
        self._step(
            [SampleState.ASKED], state=SampleState.AGREED, by=by, answer=answer, answered_at=at
        )

    def decline(self, *, by: Person | None, answer: str = "", at: datetime) -> None:
        """Say that none is sent. by: None where nobody answered. Raises: Answered."""
        told = {"state": SampleState.DECLINED, "by": by, "answer": answer, "answered_at": at}
        self._step(OPEN, **told)

    def note_sent(
        self, variant: Variant, *, carrier: str, tracking: str, by: Person, at: datetime
    ) -> None:
        """Note which one left, and how. See ``sampling.send``. Raises: Answered."""
        parcel = {"carrier": carrier, "tracking": tracking, "sent_at": at}
        self._step([SampleState.AGREED], state=SampleState.SENT, variant=variant, by=by, **parcel)

    @property
    def merchant(self) -> Merchant:
        """Return who gives it."""
        return self.deal.merchant

    def _step(self, before: list[SampleState], **now: Any) -> None:
        if not Sample.objects.filter(pk=self.pk, state__in=before).update(**now):
            raise Answered
        self.refresh_from_db()
