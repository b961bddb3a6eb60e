"""A creator lets an advertiser show a clip of theirs as an ad, and takes that back."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from vitrine.accounts import telling
from vitrine.accounts.models import Person
from vitrine.ads.models import AdMember, Advertiser, Authorisation
from vitrine.ads.models.advertiser import RUNNING
from vitrine.commission.rates import WHOLE_BP
from vitrine.kernel.errors import Refusal
from vitrine.videos.models import Clip, Visibility

MOST_OPEN = 20


class NotForEverybody(Refusal):
    """A draft, or a clip that not everybody may see."""

    code = "clip_not_for_everybody"
    message = "Only a clip that everybody may see can be shown as an ad."


class TooManyOpen(Refusal):
    """Links lie about that nobody takes up."""

    code = "too_many_authorisations"


class AuthorisationOver(Refusal):
    """Taken up by another, taken back, or too old."""

    code = "authorisation_over"
    message = "This link is over. Ask the creator for a new one."
    status = 410


class AuthorisedAlready(Refusal):
    """The advertiser has the clip already."""

    code = "authorised_already"
    message = "You can advertise with this clip already."


def give(clip: Clip, *, at: datetime) -> Authorisation:
    """Make a link with which one advertiser can take the clip up, with what is shared by then.

    Raises: NotForEverybody, TooManyOpen.
    """
    is_out = Clip.objects.published().filter(pk=clip.pk, visibility=Visibility.PUBLIC)
    if not is_out.filter(is_mature=False, mature_at=None).exists():
        raise NotForEverybody
    if Authorisation.objects.open(at=at).filter(clip=clip).count() >= MOST_OPEN:
        said = gettext("There are {most} links that nobody took up. Take some back first.")
        raise TooManyOpen(said.format(most=MOST_OPEN))
    return Authorisation.objects.create(clip=clip, share_bp=share_bp(), given_at=at)


def share_bp() -> int:
    """Return what creators get, for now, of what others' ads with their clips cost."""
    return int(settings.VITRINE_AD_SHARE_PERCENT) * WHOLE_BP // 100


@transaction.atomic
def take_up(given: Authorisation, advertiser: Advertiser, *, by: Person, at: datetime) -> None:
    """Advertise with the clip from now on. The guard is in the write: it is taken up once.

    Who advertises with a clip of their own shares with nobody (trigger).
    Raises: AuthorisationOver, AuthorisedAlready.
    """
    open_still = Authorisation.objects.open(at=at).filter(pk=given.pk)
    try:
        with transaction.atomic():
            taken = open_still.update(advertiser=advertiser, taken_at=at)
    except IntegrityError:
        raise AuthorisedAlready from None
    if not taken:
        raise AuthorisationOver
    telling.tell(
        telling.Kind.AD,
        whom=given.clip.creator_id,
        by=by.pk,
        path=f"/studio/clips/{given.clip.public_id}/advertising/",
        item=f"{given.public_id}:taken",
        at=at,
    )


@transaction.atomic
def revoke(given: Authorisation, *, at: datetime) -> None:
    """Take it back: its ads are shown no more. Doing so twice is no error. Queries: 2."""
    if not Authorisation.objects.filter(pk=given.pk, revoked_at=None).update(revoked_at=at):
        return
    members = AdMember.objects.filter(advertiser=given.advertiser_id)
    for member in members.filter(role__in=RUNNING):
        telling.tell(
            telling.Kind.AD,
            whom=member.person_id,
            by=given.clip.creator_id,
            path="/promote/",
            item=f"{given.public_id}:revoked",
            at=at,
        )
