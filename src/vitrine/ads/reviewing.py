"""Review ads before anybody sees them: why one is refused, and what that tells its people."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.ads import recording
from vitrine.ads.models import Ad, AdMember, AdVerdict, Campaign
from vitrine.ads.models.advertiser import RUNNING
from vitrine.kernel.errors import Refusal


@dataclass(frozen=True)
class Ground:
    """Why an ad is refused. code: as it is kept; key: at the desk; words: to its people."""

    code: str
    key: str
    words: Promise


GROUNDS = {
    ground.code: ground
    for ground in (
        Ground(
            "misleading", "1", gettext_lazy("It promises what is not so, or hides what matters.")
        ),
        Ground("forbidden", "2", gettext_lazy("What it offers may not be advertised here.")),
        Ground(
            "age", "3", gettext_lazy("What it offers is for adults, and the ad is for everybody.")
        ),
        Ground(
            "health", "4", gettext_lazy("It claims to heal, or makes people ashamed of their body.")
        ),
        Ground(
            "rights",
            "5",
            gettext_lazy("It shows somebody’s name, mark, music or face without leave."),
        ),
        Ground("quality", "6", gettext_lazy("It cannot be seen, heard or read well enough.")),
        Ground("landing", "7", gettext_lazy("Where its button leads is not what the ad shows.")),
    )
}
"""Every ground a reviewer can give, and each tells its people what to change."""
FITS = "fits"
"""What a reviewer chooses where nothing is wrong."""


class OwnAd(Refusal):
    """Nobody reviews what they advertise themselves, or gain by."""

    code = "own_ad"
    message = "You act for this advertiser, or gain by this ad. Somebody else reviews it."


class JudgedMeanwhile(Refusal):
    """Another reviewer was faster."""

    code = "ad_judged_meanwhile"
    message = "Another moderator has decided on this ad meanwhile. See what they said."


class ChangedMeanwhile(Refusal):
    """It is not what the reviewer saw."""

    code = "ad_changed_meanwhile"
    message = "This ad was changed while you looked at it. Look at it again."


@transaction.atomic
def judge(
    ad: Ad,
    *,
    by: Person,
    at: datetime,
    ground: Ground | None = None,
    words: str = "",
    instead_of: int | None = None,
) -> AdVerdict:
    """Approve an ad as it was read, or refuse it on a ground, and tell its people.

    An approved one may be refused later. What is approved is kept before, so nobody is shown what
    the public repository cannot tell. instead_of: the verdict that the reviewer saw on it.
    Raises: OwnAd, ChangedMeanwhile, JudgedMeanwhile, Full. Locks: the ad.
    """
    held = Ad.objects.select_for_update(no_key=True).get(pk=ad.pk)
    campaign = Campaign.objects.get(groups__ads=ad)
    members = AdMember.objects.filter(advertiser=campaign.advertiser_id)
    if not Ad.objects.not_of(by).filter(pk=ad.pk).exists():
        raise OwnAd
    if held.digest != ad.digest:
        raise ChangedMeanwhile
    latest = AdVerdict.objects.filter(ad=ad, digest=ad.digest).order_by("-pk").first()
    if instead_of != (latest and latest.pk):
        raise JudgedMeanwhile
    if ground is None:
        recording.keep(ad, at=at)
    made = AdVerdict.objects.create(
        ad=ad, is_approved=ground is None, reason=ground.code if ground else "", words=words,
        by=by, at=at, digest=ad.digest, instead_of=latest,
    )  # fmt: skip
    for member in members.filter(role__in=RUNNING):
        telling.tell(
            telling.Kind.AD,
            whom=member.person_id,
            by=None,
            path=f"/promote/{campaign.advertiser.public_id}/campaigns/{campaign.public_id}/",
            item=f"{ad.public_id}:{made.pk}",
            at=at,
        )
    return made
