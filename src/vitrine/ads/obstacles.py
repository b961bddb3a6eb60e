"""Why a clip cannot be advertised with, and why an ad that was approved is not shown, in words."""

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.ads import conditions
from vitrine.ads.models import Ad
from vitrine.ads.models.ad import AdQuerySet
from vitrine.videos.models import Clip, EncodingState
from vitrine.videos.models.visibility import Visibility

FAILED = gettext_lazy("The film of this clip could not be encoded. Send it anew in the studio.")
DRAFT = gettext_lazy("This clip is not published yet.")
GONE = gettext_lazy("This clip was deleted.")
TAKEN_DOWN = gettext_lazy("This clip is taken down.")
FOR_ADULTS = gettext_lazy("This clip is for adults. Ads are for everybody.")
SEEN_BY_FEW = {
    Visibility.FOLLOWERS: gettext_lazy("Followers alone may see this clip. Ads are for everybody."),
    Visibility.UNLISTED: gettext_lazy("This clip is not listed. Ads are for everybody."),
    Visibility.PRIVATE: gettext_lazy("This clip is private. Ads are for everybody."),
}

HIDDEN = gettext_lazy("Not everybody can see this clip now.")
TAKEN_BACK = gettext_lazy("Its creator does not let you advertise with this clip any more.")
OFF_SALE = gettext_lazy("What its button leads to is not on sale now.")
SOLD_OUT = gettext_lazy("What its button leads to is sold out.")
BLOCKED = gettext_lazy("What it offers may not be advertised here.")


def told(ads: AdQuerySet) -> AdQuerySet:
    """Return ads with what ``of_ad`` reads of each: ``standing.standing_ads`` asks for the same."""
    return ads.select_related("clip__takedown", "clip__encoding").annotate(
        is_for_all=conditions.clip_is_for_all(),
        is_theirs=_flag(conditions.clip_is_theirs()),
        is_on_sale=_flag(conditions.is_on_sale()),
        is_in_stock=_flag(conditions.is_in_stock()),
    )


def of_ad(ad: Ad) -> Promise | None:
    """Say what keeps an ad from being shown, beyond its own standing; None of nothing.

    ad: of ``with_standing`` and ``told``. Queries: 0.
    """
    said: Any = ad
    if said.is_blocked:
        return BLOCKED
    if not said.is_for_all:
        return of_clip(ad.clip) or HIDDEN
    if not said.is_theirs:
        return TAKEN_BACK
    if not said.is_on_sale:
        return OFF_SALE
    return None if said.is_in_stock else SOLD_OUT


def _flag(condition: Q) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def of_clip(clip: Clip) -> Promise | None:
    """Say what keeps a clip from being advertised with; None where nothing in it does.

    Queries: 0 where its takedown and its encoding come with it.
    """
    if clip.deleted_at is not None:
        return GONE
    if getattr(clip, "takedown", None) is not None:
        return TAKEN_DOWN
    if clip.published_at is None:
        encoding = getattr(clip, "encoding", None)
        has_failed = encoding is not None and encoding.state == EncodingState.FAILED
        return FAILED if has_failed else DRAFT
    if clip.is_mature or clip.mature_at is not None:
        return FOR_ADULTS
    return SEEN_BY_FEW.get(Visibility(clip.visibility))
