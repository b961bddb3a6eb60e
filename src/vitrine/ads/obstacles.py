"""Why a clip cannot be shown as an ad, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

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
