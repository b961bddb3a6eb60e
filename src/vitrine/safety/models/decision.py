"""What was decided, what its author says to that, and what it counts."""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads.models import Ad, Advertiser
from vitrine.catalog.models import Membership, Role
from vitrine.kernel import ids
from vitrine.kernel.errors import Refusal
from vitrine.safety import policy
from vitrine.safety.models.case import Case
from vitrine.safety.policy import HIDE_ADS, HIDE_CLIPS, Measure, Reason
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

MEASURES = [(measure.value, gettext_lazy(measure.act.title_in_english)) for measure in Measure]


class TooLateToAppeal(Refusal):
    """The time for an appeal is over."""

    code = "too_late_to_appeal"
    message = "The time for an appeal is over."


class AlreadyAppealed(Refusal):
    """An appeal is heard once."""

    code = "already_appealed"
    message = "You have appealed already. Another moderator looks at it, or has done so."


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Which decisions."""

    def shown_to(self, author: Person) -> Self:
        """Decisions about what a person made, shops that they own, and whom they advertise for."""
        owned = Membership.objects.filter(person=author, role=Role.OWNER).values("merchant")
        payers = Advertiser.objects.run_by(author)
        return self.filter(
            Q(case__author=author)
            | Q(case__merchant__in=owned)
            | Q(case__advertiser__in=payers)
            | Q(case__ad__group__campaign__advertiser__in=payers)
        )

    def that_suspend(self, advertiser: Advertiser) -> Self:
        """Decisions by which an advertiser was suspended, the latest first."""
        of = Q(case__advertiser=advertiser) | Q(case__ad__group__campaign__advertiser=advertiser)
        return self.filter(of, measure=Measure.BAR).order_by("-pk")

    def that_hide(self, ad: Ad) -> Self:
        """Decisions by which an ad was hidden, the latest first."""
        return self.filter(case__ad=ad, measure__in=HIDE_ADS).order_by("-pk")

    def that_hide_any(self, *, ads: Collection[int], clips: Collection[int]) -> Self:
        """Decisions by which some ads or clips, by their keys, were hidden from anybody."""
        of_ads = Q(case__ad__in=ads, measure__in=HIDE_ADS)
        return self.filter(of_ads | Q(case__clip__in=clips, measure__in=HIDE_CLIPS))

    def about(self, author: Person) -> Self:
        """Decisions shown to a person, without those that changed nothing unasked."""
        unasked = Q(measure=Measure.NONE, case__appeal=None)
        return self.shown_to(author).exclude(unasked)


@datamap.declare(
    purpose="Say what was decided, why, and by whom",
    retention="for good, as the law wants decisions to be shown",
    subject="case__author",
    PERSONAL="public_id case by measure reason words thing excerpt at",
    SYSTEM="id home_cell",
)
class Decision(models.Model):
    """One decision on one case. by None: automatic. Never changed (trigger).

    words: of the moderator, to the author. thing, excerpt: what it was about, as it stood then.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    case = models.OneToOneField(Case, models.PROTECT, related_name="decision")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    measure = models.CharField(max_length=8, choices=MEASURES)
    reason = models.CharField(max_length=12, choices=policy.CODES)
    words = models.CharField(max_length=1000, blank=True)
    thing = models.CharField(max_length=200)
    excerpt = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"])]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(measure__in=list(Measure)), name="decision_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=list(policy.REASONS)), name="decision_reason_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        """Return the statement of reasons, for its author."""
        return f"/statements/{self.public_id}"

    @property
    def rule(self) -> Reason:
        """Return the part of the policy that it applies."""
        return policy.REASONS[self.reason]

    @property
    def done(self) -> str:
        """Say what it does, to its author."""
        return Measure(self.measure).act.done

    @property
    def appeal_until(self) -> datetime:
        """Return until when its author may appeal."""
        return self.at + policy.APPEAL_FOR


@datamap.declare(
    purpose="Look again at a decision that its author disputes",
    retention="with its decision",
    subject="by",
    PERSONAL="public_id decision by text at",
    SYSTEM="id home_cell",
)
class Appeal(models.Model):
    """What an author says against a decision. Heard once, by another moderator (trigger)."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField(max_length=2000)
    at = models.DateTimeField()


class StrikeQuerySet(models.QuerySet["Strike"]):
    """Which strikes."""

    def in_force(self, *, at: datetime) -> Self:
        """Neither over nor revoked."""
        return self.filter(revoked_at=None, expires_at__gt=at)


@datamap.declare(
    purpose="Count breaches, so that repeated ones weigh more",
    retention="with its decision, though it counts for a time only",
    subject="person",
    PERSONAL="person decision weight at expires_at revoked_at",
    SYSTEM="id home_cell",
)
class Strike(models.Model):
    """A breach that counts against a person for a time."""

    home_cell = HomeCellField()
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="strike")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    weight = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = StrikeQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "expires_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="strike_expires"),
        ]

    @classmethod
    def weighing_on(cls, person: Person, *, at: datetime) -> int:
        """Return how much counts against a person now. Queries: 1."""
        found = Strike.objects.in_force(at=at).filter(person=person)
        return found.aggregate(sum=Sum("weight"))["sum"] or 0
