"""Whether a bid is for an ad that its partner may have shown: theirs, approved and running.

Nothing of the outside is shown: a bid names an ad that was made and reviewed here.
"""

from collections.abc import Collection, Sequence

from vitrine.ads.demand.answers import Bid, Refused
from vitrine.ads.models import Ad, Billed
from vitrine.ads.standing import in_feed
from vitrine.kernel import prepared


def judged(advertiser: int, bids: Sequence[Bid]) -> list[int | Refused]:
    """Return of each bid the primary key of its ad, or why it does not count. Queries: 2, or 0."""
    if not bids:
        return []
    ads = Ad.objects.with_standing().select_related("group__campaign")
    known = {ad.public_id: ad for ad in ads.filter(public_id__in={bid.ad for bid in bids})}
    keys = [ad.pk for ad in known.values()]
    running = {ad for (ad,) in prepared.of_keys(in_feed, keys)}
    return [_one(known.get(bid.ad), advertiser, running) for bid in bids]


def _one(ad: Ad | None, advertiser: int, running: Collection[int]) -> int | Refused:
    if ad is None:
        return Refused.NO_AD
    if ad.group.campaign.advertiser_id != advertiser:
        return Refused.NOT_THEIRS
    if not ad.is_approved:  # type: ignore[attr-defined]
        return Refused.NOT_REVIEWED
    if ad.group.campaign.pays_for != Billed.VIEW:
        return Refused.BY_CLICK
    if ad.group.is_profiled:
        return Refused.PICKING  # when it is billed would say who saw it
    return ad.pk if ad.pk in running else Refused.NOT_STANDING
