"""A merchant's application: who it is, its papers, who read them, and what was decided."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog import business_numbers, verdicts
from vitrine.catalog.business_numbers import Check
from vitrine.catalog.models.merchant import Membership, Merchant
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField, this_cell

LEASE = timedelta(minutes=15)


class Business(models.TextChoices):
    """What kind of business a merchant is."""

    SOLE = "sole", gettext_lazy("Sole trader: I sell in my own name")
    COMPANY = "company", gettext_lazy("Company")
    PARTNERSHIP = "partnership", gettext_lazy("Partnership")
    NONPROFIT = "nonprofit", gettext_lazy("Charity, association or public body")


class DocumentKind(models.TextChoices):
    """What a paper shows."""

    REGISTRATION = "registration", gettext_lazy("Extract of the register, or letter of the office")
    IDENTITY = "identity", gettext_lazy("Identity of the person who applies")
    ADDRESS = "address", gettext_lazy("Address: a bill or a letter of a bank")
    OTHER = "other", gettext_lazy("Something else")


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Which applications."""

    def submitted(self) -> Self:
        """Those that wait for a verdict."""
        return self.filter(submitted_at__isnull=False, closed_at=None)

    def judgeable_by(self, reviewer: Person) -> Self:
        """Neither the reviewer's own, nor of a shop where they work."""
        theirs = Membership.objects.filter(person=reviewer).values("merchant")
        return self.exclude(by=reviewer).exclude(merchant__in=theirs)

    def waiting_for(self, reviewer: Person, *, at: datetime) -> Self:
        """The reviewer's queue, the oldest first; none that another looks at."""
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_by=reviewer)
        return self.submitted().judgeable_by(reviewer).filter(free).order_by("submitted_at", "pk")


@datamap.declare(
    purpose="Know who sells here, as the law demands",
    retention="while trading, then as the law demands of accounts",
    subject="by",
    LOCAL_PUBLIC="business legal_name street city region postcode",
    BUSINESS="numbers",
    PERSONAL="public_id by contact_name contact_email contact_phone submitted_at closed_at "
    "lease_by lease_until",
    SYSTEM="id home_cell merchant",
)
class Application(models.Model):
    """Who a merchant says it is. With the applicant until it is submitted, and once returned.

    numbers: code -> as typed, bare once it is submitted. closed_at: approved or refused.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="application")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    business = models.CharField(max_length=12, choices=Business.choices, blank=True)
    legal_name = models.CharField(max_length=160, blank=True)
    numbers = models.JSONField(default=dict)
    street = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=3, blank=True)
    postcode = models.CharField(max_length=12, blank=True)
    contact_name = models.CharField(max_length=80, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    lease_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lease_until = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(submitted_at__isnull=False),
                name="application_closed_was_submitted",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at"],
                name="application_queue",
                condition=Q(submitted_at__isnull=False, closed_at=None),
            ),
        ]

    @classmethod
    def of(cls, merchant: Merchant, *, by: Person) -> "Application":
        """Return a shop's application, begun if need be. Queries: 1, or 2."""
        found, _ = cls.objects.get_or_create(
            merchant=merchant, defaults={"by": by, "contact_email": by.email}
        )
        return found

    @property
    def is_open(self) -> bool:
        """Tell whether the applicant may still write in it."""
        return self.submitted_at is None

    @property
    def checks(self) -> list[Check]:
        """Judge its numbers by their digits."""
        country = this_cell().country
        return business_numbers.checks(self.numbers, country=country, business=self.business)

    @property
    def public_numbers(self) -> list[Check]:
        """Return the numbers that the registers show to everybody."""
        return [each for each in self.checks if each.typed and each.number.is_public]

    def keep(self, typed: Mapping[str, str], numbers: Mapping[str, str]) -> bool:
        """Keep what was typed, right or wrong, while it is with the applicant. Queries: 1."""
        open_ones = Application.objects.filter(pk=self.pk, submitted_at=None)
        changed = open_ones.update(**typed, numbers=dict(numbers))
        for name, value in typed.items():
            setattr(self, name, value)
        self.numbers = dict(numbers)
        return bool(changed)

    def lease(self, reviewer: Person, *, at: datetime) -> bool:
        """Keep others from looking at it meanwhile; False while another does. Queries: 1."""
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_by=reviewer)
        held = Application.objects.submitted().filter(free, pk=self.pk)
        return bool(held.update(lease_by=reviewer, lease_until=at + LEASE))


@datamap.declare(
    purpose="Show that a merchant is who it says",
    retention="with the application; the file itself goes earlier",
    subject="application__by",
    SENSITIVE="public_id kind name media_type size sha256 key sent_at removed_at",
    SYSTEM="id home_cell application",
)
class Document(models.Model):
    """A paper that was sent along. name: as the applicant called the file, for people alone.

    removed_at: the file is gone; the row says that there was one.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.BinaryField(max_length=32)
    key = models.CharField(max_length=80)
    sent_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "sha256"],
                condition=Q(removed_at=None),
                name="document_sent_once",
            ),
        ]

    @property
    def is_picture(self) -> bool:
        """Tell whether a browser shows it beside the form."""
        return self.media_type.startswith("image/")


@datamap.declare(
    purpose="Witness who read a merchant's papers",
    retention="for good; its owners may read it",
    subject="by",
    PERSONAL="document by at",
    SYSTEM="id home_cell",
)
class Inspection(models.Model):
    """One reading of one paper by a reviewer. Written before the bytes go; never changed."""

    home_cell = HomeCellField()
    document = models.ForeignKey(Document, models.PROTECT, related_name="inspections")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()


@datamap.declare(
    purpose="Say what was decided on an application, why, and by whom",
    retention="for good, as the law wants decisions to be shown",
    subject="application__by",
    PERSONAL="public_id by outcome reason words seen at",
    SYSTEM="id home_cell application",
)
class Verdict(models.Model):
    """What a reviewer decided. Never changed (trigger). seen: the application as it stood."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    application = models.ForeignKey(Application, models.PROTECT, related_name="verdicts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=verdicts.OUTCOMES)
    reason = models.CharField(max_length=12, choices=verdicts.CODES)
    words = models.CharField(max_length=1000, blank=True)
    seen = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=list(Outcome)), name="verdict_outcome_known"
            ),
        ]

    @property
    def why(self) -> str:
        """Say the reason to the applicant."""
        return verdicts.REASONS[self.reason].told

    @property
    def done(self) -> str:
        """Say to the applicant what it means."""
        return Outcome(self.outcome).done
