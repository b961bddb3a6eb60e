"""An ad as viewers would see it, before there is one: what it would be, sealed in an address."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.core import signing

from vitrine.ads import campaigning
from vitrine.ads.serving import Shown
from vitrine.videos.models import Clip

LASTS = timedelta(hours=1)


def path(payer: str, shown: campaigning.Shown, *, at: datetime) -> str:
    """Return the address at which an ad is seen in the feed, made or not. Nothing is kept.

    payer: the name that viewers read.
    """
    product = shown.product
    link = product.get_absolute_url() if product else shown.clip.creator.get_absolute_url()
    said = [int(at.timestamp()), shown.clip.pk, payer, shown.call.value, link]
    return f"/promoted/preview/{_signer().sign_object(said, compress=True)}"


def held_by(key: str, *, at: datetime) -> Shown | None:
    """Return what an address shows: an ad without a name, which is neither told of nor billed.

    None for an hour-old address, one that was not made here, and a clip that is not for everybody
    any more. Queries: 1.
    """
    try:
        made_s, clip, advertiser, call, link = _signer().unsign_object(key)
    except signing.BadSignature:
        return None
    is_old = at.timestamp() - made_s > LASTS.total_seconds()
    if is_old or not Clip.objects.listed_for(AnonymousUser()).filter(pk=clip).exists():
        return None
    return Shown(0, "", clip, advertiser, call, link, "")


def _signer() -> signing.Signer:
    return signing.Signer(salt="ads.preview")
