"""What is shown as an ad, who allowed that, and what reviewers said of it."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads.models import blocked
from vitrine.ads.models.advertiser import Advertiser
from vitrine.ads.models.campaign import AdGroup
from vitrine.ads.models.insiders import IsInsider
from vitrine.catalog.models import Product
from vitrine.commission.rates import WHOLE_BP
from vitrine.kernel import ids
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class Call(models.TextChoices):
    """What the button of an ad says."""

    SHOP = "shop", gettext_lazy("Shop now")
    MORE = "more", gettext_lazy("Learn more")
    VISIT = "visit", gettext_lazy("Visit profile")


LASTS = timedelta(days=14)
"""How long a creator's link can be taken up."""


class AuthorisationQuerySet(models.QuerySet["Authorisation"]):
    """Which authorisations."""

    def standing(self) -> Self:
        """Those that an advertiser took up, and that were not taken back."""
        return self.filter(taken_at__isnull=False, revoked_at=None)

    def open(self, *, at: datetime) -> Self:
        """Those that can still be taken up."""
        return self.filter(taken_at=None, revoked_at=None, given_at__gt=at - LASTS)

    def held_by(self, key: str) -> Self:
        """The one that a link names; none, if nobody here has written the link."""
        try:
            return self.filter(public_id=_signer().unsign(key))
        except signing.BadSignature:
            return self.none()


@datamap.declare(
    purpose="Let an advertiser show a creator's clip as an ad",
    retention="as the law demands of accounts",
    subject="clip__creator",
    PERSONAL="public_id given_at taken_at revoked_at shared_until",
    MONEY="share_bp",
    SYSTEM="id home_cell clip advertiser",
)
class Authorisation(models.Model):
    """A creator lets an advertiser show a clip of theirs as an ad.

    Given as a link, which one advertiser takes up. revoked_at: taken back; its ads stop at once.
    share_bp: what the creator gets of what ads with the clip cost; frozen once it is taken up.
    shared_until: since when they act for the advertiser, and nothing more is shared (triggers).
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    clip = models.ForeignKey(Clip, models.PROTECT, related_name="+")
    advertiser = models.ForeignKey(
        Advertiser, models.PROTECT, null=True, related_name="authorisations"
    )
    share_bp = models.PositiveSmallIntegerField(default=0)
    given_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    shared_until = models.DateTimeField(null=True)

    objects = AuthorisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clip", "advertiser"],
                name="authorised_once",
                condition=Q(revoked_at=None),
            ),
            models.CheckConstraint(
                condition=Q(advertiser=None, taken_at=None)
                | Q(advertiser__isnull=False, taken_at__isnull=False),
                name="authorised_somebody",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("given_at")),
                name="authorised_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(share_bp__lte=WHOLE_BP), name="authorised_shares_a_part"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def path(self) -> str:
        """Return the address at which it is taken up. Its key is sealed, and kept nowhere."""
        return f"/promote/authorisations/{_signer().sign(self.public_id)}/"

    @property
    def ends_at(self) -> datetime:
        """Return until when it can be taken up."""
        return self.given_at + LASTS


class AdQuerySet(models.QuerySet["Ad"]):
    """Which ads."""

    def with_standing(self) -> Self:
        """Say of each what reviewers said last of what it is now: is_approved, None: nothing.

        is_blocked: what it offers may not be advertised here, by the operator's lists.
        """
        last = AdVerdict.objects.filter(ad=OuterRef("pk"), digest=OuterRef("digest"))
        last = last.order_by("-pk")
        return self.annotate(
            **blocked.marks(),
            is_approved=Subquery(last.values("is_approved")[:1]),
            why_refused=Subquery(last.values("reason")[:1]),
        )

    def met(self) -> Self:
        """Those that viewers may have met: approved, as they are now or were before."""
        approved = AdVerdict.objects.filter(ad=OuterRef("pk"), is_approved=True)
        standing: Any = self.with_standing().filter(Exists(approved))
        return cast("Self", standing.exclude(is_approved=False))

    def to_report(self) -> Self:
        """Those that viewers may have met, and that moderators do not hide."""
        return self.met().filter(withheld_at=None)

    def waiting(self) -> Self:
        """Those that nobody has looked at as they are now, the oldest first."""
        judged = AdVerdict.objects.filter(ad=OuterRef("pk"), digest=OuterRef("digest"))
        return self.filter(~Exists(judged), group__campaign__ended_at=None).order_by("pk")

    def not_of(self, person: Person) -> Self:
        """Those by which a person does not gain, of advertisers that they do not act for."""
        return self.filter(~Q(IsInsider("pk", person)))


@datamap.declare(
    purpose="Show an ad",
    retention="as the law demands of accounts",
    subject="by",
    LOCAL_PUBLIC="public_id call made_at",
    BUSINESS="paused_at withheld_at",
    PERSONAL="by",
    SYSTEM="id home_cell group clip product digest",
)
class Ad(models.Model):
    """A clip that is shown as an ad. What it shows and where it leads is frozen: another is another
    ad, which is reviewed anew.

    product: what its button leads to; None: to the profile of whoever made the clip.
    withheld_at: moderators hide it, though reviewers had approved it.
    digest: of who pays, the words, captions and cover of its clip, the words and pictures of its
    product, and how often its group was widened. Triggers keep it; with another it waits again.
    """

    public_id = ids.PublicIdField()
    home_cell = HomeCellField()
    group = models.ForeignKey(AdGroup, models.PROTECT, related_name="ads")
    clip = models.ForeignKey(Clip, models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+")
    call = models.CharField(max_length=6, choices=Call.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    withheld_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, db_default="")

    objects = AdQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(product=None, call="visit") | Q(product__isnull=False),
                name="ad_leads_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    def get_absolute_url(self) -> str:
        """Return where viewers read who paid for it."""
        return f"/promoted/{self.public_id}"

    @property
    def advertiser(self) -> Advertiser:
        """Return who pays for it. Queries: 0 where its campaign comes with it."""
        return self.group.campaign.advertiser

    def withhold(self, *, at: datetime) -> None:
        """Show it to nobody until it is let out; twice is no error. Queries: 1."""
        Ad.objects.filter(pk=self.pk, withheld_at=None).update(withheld_at=at)

    def let_out(self) -> None:
        """Show it again. Queries: 1."""
        Ad.objects.filter(pk=self.pk).update(withheld_at=None)


@datamap.declare(
    purpose="Review ads before anybody sees them",
    retention="with the ad",
    subject="by",
    BUSINESS="is_approved reason words at",
    PERSONAL="by",
    SYSTEM="id home_cell ad digest instead_of",
)
class AdVerdict(models.Model):
    """What a reviewer said of an ad: a fact, added and never changed.

    digest: of what they saw; of the ad as it is now the latest counts. instead_of: what was said
    of that before, which whoever judges anew has seen.
    """

    home_cell = HomeCellField()
    ad = models.ForeignKey(Ad, models.PROTECT, related_name="verdicts")
    is_approved = models.BooleanField()
    reason = models.CharField(max_length=20, blank=True)
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, db_default="")
    instead_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ad", "digest"], condition=Q(instead_of=None), name="ad_verdict_once"
            ),
            models.CheckConstraint(
                condition=Q(is_approved=True, reason="") | (Q(is_approved=False) & ~Q(reason="")),
                name="ad_verdict_has_reason",
            ),
        ]


def _signer() -> signing.Signer:
    return signing.Signer(salt="ads.authorisation")
