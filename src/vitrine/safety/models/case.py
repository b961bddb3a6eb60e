"""What is to be judged: a case about one thing, and the reports that came in on it."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads.models import Ad, Advertiser
from vitrine.ads.models.insiders import ActsFor, IsInsider
from vitrine.catalog.models import Membership, Merchant, Product, Question
from vitrine.kernel import ids
from vitrine.orders.models import Message, Review
from vitrine.safety import policy
from vitrine.safety.things import Thing
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip, Comment

LEASE = timedelta(minutes=10)
KINDS = [
    (policy.Kind.CLIP.value, gettext_lazy("Clip")),
    (policy.Kind.COMMENT.value, gettext_lazy("Comment")),
    (policy.Kind.PERSON.value, gettext_lazy("Person")),
    (policy.Kind.PRODUCT.value, gettext_lazy("Product")),
    (policy.Kind.MERCHANT.value, gettext_lazy("Shop")),
    (policy.Kind.REVIEW.value, gettext_lazy("Review")),
    (policy.Kind.QUESTION.value, gettext_lazy("Question or answer")),
    (policy.Kind.MESSAGE.value, gettext_lazy("Message")),
    (policy.Kind.ADVERTISER.value, gettext_lazy("Advertiser")),
    (policy.Kind.AD.value, gettext_lazy("Ad")),
]


def about_one_thing() -> Q:
    """Return the condition that a case names no other thing than its kind says.

    A thing may be gone from its case, and no second one ever stands in it.
    """
    fit = Q()
    for kind in policy.Kind:
        fit |= Q(kind=kind.value, **{each.value: None for each in policy.Kind if each != kind})
    return fit


class Origin(models.TextChoices):
    """What brought a case to the desk."""

    REPORTED = "reported", gettext_lazy("Reported")
    HELD = "held", gettext_lazy("Held by a filter")
    MATCHED = "matched", gettext_lazy("Recognised")
    APPEALED = "appealed", gettext_lazy("Appealed")
    OPENED = "opened", gettext_lazy("Opened by a moderator")


class CaseQuerySet(models.QuerySet["Case"]):
    """Which cases."""

    def open(self) -> Self:
        """Not decided, and what they are about is still there."""
        there = Q(clip__deleted_at=None, clip__isnull=False)
        for kind in policy.Kind:
            if kind is not policy.Kind.CLIP:
                there |= Q(**{f"{kind.value}__isnull": False})
        return self.filter(there, closed_at=None)

    def with_things(self) -> Self:
        """Cases with what they are about, whatever that is. Queries: 0 more."""
        return self.select_related(
            "clip__creator", "comment__author", "person", "product", "merchant", "review__product",
            "question__product", "message__order__group", "advertiser",
            "ad__clip", "ad__product", "ad__group__campaign__advertiser",
        )  # fmt: skip

    def judgeable_by(self, moderator: Person) -> Self:
        """Cases that a moderator may decide: neither theirs, nor reported or decided by them.

        Theirs are those of a shop where they work, of whom they advertise for, and of ads by
        which they gain, too.
        """
        shops = Membership.objects.filter(person=moderator).values("merchant")
        others = self.exclude(author=moderator).exclude(appeal__decision__by=moderator)
        others = others.exclude(merchant__in=shops)
        others = others.filter(
            ~Q(ActsFor("advertiser", moderator)) & ~Q(IsInsider("ad", moderator))
        )
        return others.exclude(pk__in=Report.objects.filter(by=moderator).values("case"))

    def waiting_for(self, moderator: Person, *, at: datetime) -> Self:
        """The moderator's queue: most harm first, then the oldest; none that another looks at."""
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_by=moderator)
        return self.open().judgeable_by(moderator).filter(free).order_by("-harm", "opened_at", "pk")


@datamap.declare(
    purpose="Judge what was reported, held or recognised",
    retention="for good, as the law wants decisions to be shown",
    subject="author",
    PERSONAL="public_id kind clip comment person product merchant review question message "
    "advertiser ad author "
    "reason harm origin opened_at closed_at lease_by lease_until",
    SYSTEM="id home_cell appeal",
)
class Case(models.Model):
    """One thing to judge. At most one case about it is open, and one moderator looks at it.

    author: whose the thing is; it outlives the thing. reason, harm: of the worst report.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    kind = models.CharField(max_length=10, choices=KINDS)
    clip = models.ForeignKey(Clip, models.SET_NULL, null=True, related_name="+")
    comment = models.ForeignKey(Comment, models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="+")
    merchant = models.ForeignKey(Merchant, models.SET_NULL, null=True, related_name="+")
    review = models.ForeignKey(Review, models.SET_NULL, null=True, related_name="+")
    question = models.ForeignKey(Question, models.SET_NULL, null=True, related_name="+")
    message = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")
    advertiser = models.ForeignKey(Advertiser, models.SET_NULL, null=True, related_name="+")
    ad = models.ForeignKey(Ad, models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    appeal = models.OneToOneField(
        "safety.Appeal", models.PROTECT, null=True, related_name="second_look"
    )
    reason = models.CharField(max_length=12, choices=policy.CODES)
    harm = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.REPORTED)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    lease_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    lease_until = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["-harm", "opened_at"], name="case_queue", condition=Q(closed_at=None)
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(harm__gte=1, harm__lte=5), name="case_harm_from_1_to_5"
            ),
            models.CheckConstraint(condition=about_one_thing(), name="case_about_one_thing"),
            *(
                models.UniqueConstraint(
                    fields=[kind.value, "origin"] if kind is policy.Kind.PERSON else [kind.value],
                    condition=Q(closed_at=None, appeal=None),
                    name=f"case_open_once_{kind.value}",
                )
                for kind in policy.Kind
            ),
        ]

    @classmethod
    def open_on(
        cls, thing: Thing, *, reason: str, at: datetime, origin: Origin = Origin.REPORTED
    ) -> "Case":
        """Return the open case on a thing, made if need be, at least as urgent as the reason says.

        Queries: 3. Two at once make one case: the second meets the constraint and finds the first.
        """
        harm = policy.REASONS[reason].harm
        made = Case(
            kind=thing.kind, author=thing.author, reason=reason, harm=harm, origin=origin,
            opened_at=at, **thing.column,
        )  # fmt: skip
        rows = Case.objects.filter(closed_at=None, appeal=None, **thing.column)
        if thing.kind == policy.Kind.PERSON:
            rows = rows.filter(origin=origin)
        with transaction.atomic():
            found = None
            while found is None:  # it was decided between the two steps: then there is room
                Case.objects.bulk_create([made], ignore_conflicts=True)
                found = rows.select_for_update().first()
            if harm > found.harm:
                found.reason, found.harm = reason, harm
                found.save(update_fields=["reason", "harm"])
        return found

    @property
    def thing(self) -> Thing | None:
        """Return what it is about, or None once that is gone."""
        there = next(filter(None, (getattr(self, kind.value) for kind in policy.Kind)), None)
        return Thing.of(there) if there else None

    @property
    def payer(self) -> Advertiser | None:
        """Return the advertiser that it is about, or whose ad."""
        return self.ad.advertiser if self.ad else self.advertiser

    @property
    def seen(self) -> Clip | None:
        """Return the clip to look at: what it is about, or what its ad shows."""
        return self.ad.clip if self.ad else self.clip

    def lease(self, moderator: Person, *, at: datetime) -> bool:
        """Keep others from looking at it meanwhile; False while another does. Queries: 1."""
        free = Q(lease_until=None) | Q(lease_until__lt=at) | Q(lease_by=moderator)
        held = Case.objects.filter(free, pk=self.pk, closed_at=None)
        return bool(held.update(lease_by=moderator, lease_until=at + LEASE))


@datamap.declare(
    purpose="Hear what people think should not be here, and foretell what is reported, in all",
    retention="with its case",
    subject="by",
    PERSONAL="public_id case by visitor reason note at",
    SYSTEM="id home_cell",
)
class Report(models.Model):
    """What one viewer reported. by: a person; visitor: the key of somebody without an account."""

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    case = models.ForeignKey(Case, models.PROTECT, related_name="reports")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    visitor = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=12, choices=policy.CODES)
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "-at"]), models.Index(fields=["at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "by"], condition=Q(by__isnull=False), name="report_once_a_person"
            ),
            models.UniqueConstraint(
                fields=["case", "visitor"], condition=~Q(visitor=""), name="report_once_a_visitor"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=list(policy.REASONS)), name="report_reason_known"
            ),
        ]
