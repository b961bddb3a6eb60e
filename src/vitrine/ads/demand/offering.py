"""Bids from outside in the auction of a page: from stock, and by the same rules as all others.

Where the operator named no partner, a page does nothing here but see that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from vitrine.ads.bidding import Bids
from vitrine.ads.demand import contexts, counting, partners, stock, telling
from vitrine.ads.demand.counting import Counted
from vitrine.ads.demand.stock import Offer
from vitrine.ads.models import BidNotice, Placement
from vitrine.ads.showing import Made
from vitrine.ads.standing import Standing


@dataclass
class Offered:
    """What partners bid for a page. bids: of all ads; of a partner's, what it bids, or 0."""

    bids: Bids
    of_ad: dict[int, Offer] = field(default_factory=dict)
    taken: dict[int, Offer] = field(default_factory=dict)

    def lost(self, made: Sequence[Made], *, at: datetime) -> list[int]:
        """Take the bids that won out of the stock, all or none; return the ads that lost theirs."""
        won = [self.of_ad[one.line.ad] for one in made if one.line.ad in self.of_ad]
        taken, gone = stock.take(won, at=at) if won else ([], [])
        self.taken = {offer.ad: offer for offer in taken}
        return [offer.ad for offer in gone]

    def note(self, made: Sequence[Made], *, at: datetime) -> None:
        """Write down what partners are to be told of the bids on the page. Queries: 1, or none."""
        if not self.taken:
            return
        notices: list[BidNotice] = []
        for one in made:
            offer = self.taken.get(one.line.ad)
            if offer is not None:
                notices += telling.won(offer, one.showing, one.price_micros, at=at)
                counting.note(offer.partner, Counted.SHOWN)
        telling.write(notices)

    def give_back(self) -> None:
        """Put what was taken back into stock: its page is not shown."""
        stock.put(self.taken.values())
        self.taken = {}


def offered(of: Standing, bids: Bids, clips: Sequence[int], *, at: datetime) -> Offered:
    """Return what all ads bid, those of partners what these bid beside a page's clips.

    An ad of a partner has no other bid than that, and so none in search: they bid for the feed
    alone. Queries: 0 where the operator named nobody or no ad is a partner's; else 1, and those of
    ``partners.named`` and ``contexts.of``.
    """
    if not settings.VITRINE_RTB:
        return Offered(bids)
    known = {one.advertiser: one.is_asked for one in partners.named(at=at)}
    theirs = [n for n, line in enumerate(of.lines) if line.advertiser in known]
    if not theirs:
        return Offered(bids)
    of_ad: dict[int, Offer] = {}
    if of.placement is Placement.FEED:
        context = contexts.of(clips, at=at)
        stock.want(context, at=at)
        asked = [advertiser for advertiser, is_asked in known.items() if is_asked]
        of_ad = stock.best(asked, context, at=at)
    made = bids.micros.copy()
    for n in theirs:
        offer = of_ad.get(of.lines[n].ad)
        made[n] = offer.bid.price_micros if offer else 0
    return Offered(Bids.made(of, bids.each, made), of_ad)
