"""Review ads before anybody sees them: why one is refused, and what that tells its people."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.ads import recording
from vitrine.ads.models import Ad, AdMember, AdRole, AdVerdict, Campaign
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
    """Nobody reviews what they advertise themselves."""

    code = "own_ad"
    message = "You act for this advertiser. Somebody else reviews its ads."


def judge(
    ad: Ad, *, by: Person, at: datetime, ground: Ground | None = None, words: str = ""
) -> AdVerdict:
    """Approve an ad, or refuse it on a ground, and tell its people. Raises: OwnAd, Full.

    An approved one may be refused later: the latest verdict counts. What is approved is kept
    before, so nobody is shown what the public repository cannot tell.
    """
    campaign = Campaign.objects.get(groups__ads=ad)
    members = AdMember.objects.filter(advertiser=campaign.advertiser_id)
    if members.filter(person=by).exists():
        raise OwnAd
    if ground is None:
        recording.keep(ad, at=at)
    made = AdVerdict.objects.create(
        ad=ad, is_approved=ground is None, reason=ground.code if ground else "", words=words,
        by=by, at=at,
    )  # fmt: skip
    for member in members.filter(role__in=[AdRole.OWNER, AdRole.CAMPAIGNS]):
        telling.tell(
            telling.Kind.AD,
            whom=member.person_id,
            by=None,
            path=f"/promote/{campaign.advertiser.public_id}/campaigns/{campaign.public_id}/",
            item=f"{ad.public_id}:{made.pk}",
            at=at,
        )
    return made
