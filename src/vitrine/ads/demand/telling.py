"""Tell partners what became of their bids: written down at once, told by a job, at least once.

Nothing waits for it, and nobody else hears of it: an address that a notice goes to is the
partner's own (``answers``).
"""

import base64
import re
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from vitrine.ads.demand import counting, partners
from vitrine.ads.demand.answers import MICROS, Bid, Refused
from vitrine.ads.demand.counting import Counted
from vitrine.ads.demand.stock import Offer
from vitrine.ads.models import BidNotice, Charge, NoticeKind
from vitrine.kernel import prepared
from vitrine.sovereignty import gate
from vitrine.sovereignty.bounds import Bounds
from vitrine.sovereignty.cell import this_cell
from vitrine.sovereignty.datamap import DataClass
from vitrine.sovereignty.destinations import NotRegistered

KEPT = timedelta(days=7)
WAITS = (
    *(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=8)),
)
"""How long after each failed try the next one comes; after the last it is given up."""
AT_ONCE = 500
LASTS_S = 45.0
"""A run tells no more after that: the next one begins each minute."""
BOUNDS = Bounds(within_s=2.0, most_bytes=4096)
CLASSES = frozenset({DataClass.BUSINESS, DataClass.MONEY})
MOST_URL = 4000

_MACRO = re.compile(r"\$\{AUCTION_([A-Z_]+)(:B64)?\}")
_OK = range(200, 300)


NOT_IN_TIME, INVALID, UNDER_FLOOR, CREATIVE, NOT_APPROVED = 2, 3, 100, 200, 202
"""Why a bid was not used, by the numbers of OpenRTB."""
LOSSES = {
    Refused.FLOOR: UNDER_FLOOR,
    Refused.NOT_REVIEWED: NOT_APPROVED,
    **dict.fromkeys((Refused.CATEGORY, Refused.NO_AD, Refused.NOT_THEIRS), CREATIVE),
    **dict.fromkeys((Refused.NOT_STANDING, Refused.BY_CLICK, Refused.PICKING), CREATIVE),
}


def won(offer: Offer, showing: UUID, price_micros: int, *, at: datetime) -> list[BidNotice]:
    """Return what is to be told of a bid that is on a page. price_micros: of its view."""
    asked = ((NoticeKind.WIN, offer.bid.nurl), (NoticeKind.BILLING, offer.bid.burl))
    said = _said(offer.bid, price_micros, loss=None)
    return [
        _notice(offer.partner, kind, filled(url, said), showing, at) for kind, url in asked if url
    ]


def lost(partner: int, bids: Iterable[tuple[Bid, int]], *, at: datetime) -> list[BidNotice]:
    """Return what is to be told of bids that were not used, each with the number of its reason."""
    return [
        _notice(partner, NoticeKind.LOSS, filled(bid.lurl, _said(bid, 0, loss=why)), None, at)
        for bid, why in bids
        if bid.lurl
    ]


def write(notices: list[BidNotice]) -> None:
    """Write down what is to be told. Queries: 1, or none."""
    prepared.insert([one for one in notices if len(one.url) <= MOST_URL])


def filled(url: str, said: dict[str, str]) -> str:
    """Return an address with what it asks to read in it; what is not known is empty."""

    def word(found: "re.Match[str]") -> str:
        value = said.get(found[1], "")
        if found[2]:
            value = base64.b64encode(value.encode()).decode()
        return quote(value, safe="")

    return _MACRO.sub(word, url)


def price(micros: int) -> str:
    """Return the price of a view as a bid says it: for a thousand, in whole units."""
    return f"{Decimal(micros) / MICROS:f}"


def _said(bid: Bid, price_micros: int, *, loss: int | None) -> dict[str, str]:
    paid = {"PRICE": price(price_micros)} if loss is None else {"LOSS": str(loss)}
    return paid | {
        "ID": bid.auction,
        "BID_ID": bid.answer,
        "IMP_ID": bid.place,
        "SEAT_ID": bid.seat,
        "AD_ID": bid.adid,
        "CURRENCY": this_cell().currency,
    }


def _notice(
    partner: int, kind: NoticeKind, url: str, showing: UUID | None, at: datetime
) -> BidNotice:
    said: dict[str, Any] = {"kind": kind.value, "url": url, "made_at": at, "due_at": at}
    made = BidNotice(advertiser_id=partner, **said)
    made.showing = showing
    return made


def due(*, at: datetime) -> Iterator[BidNotice]:
    """Return what is to be told now: a billing once it is charged, the others at once."""
    known = [one.advertiser for one in partners.named(at=at)]
    charged = Exists(Charge.objects.filter(showing=OuterRef("showing")))
    found = BidNotice.objects.filter(
        ~Q(kind=NoticeKind.BILLING) | Q(charged),
        advertiser__in=known,
        told_at=None,
        due_at__lte=at,
        tries__lte=len(WAITS),
    )
    return found.order_by("due_at", "pk")[:AT_ONCE].iterator()


def tell_all(*, at: datetime) -> None:
    """Tell what is due, oldest first. A partner that does not hear is told no more this time."""
    begun_s, deaf = time.monotonic(), set()
    for notice in list(due(at=at)):
        if time.monotonic() - begun_s > LASTS_S:
            break
        if notice.advertiser_id not in deaf and not _tell(notice, at=at):
            deaf.add(notice.advertiser_id)
    counting.batch.flush(at=at)  # a worker has no thread that does


def _tell(notice: BidNotice, *, at: datetime) -> bool:
    """Tell one thing; who dies before noting it tells it again."""
    own = BidNotice.objects.filter(pk=notice.pk)
    try:
        answer = gate.ask_demand(
            "GET",
            notice.url,
            body=b"",
            headers={"User-Agent": "Vitrine"},
            purpose="notice of a bid",
            classes=CLASSES,
            bounds=BOUNDS,
        )
        is_heard = answer.status in _OK
    except (OSError, NotRegistered):  # the operator may have named another address since
        is_heard = False
    if is_heard:
        own.update(told_at=at, tries=F("tries") + 1)
    else:
        wait = WAITS[min(notice.tries, len(WAITS) - 1)]
        own.update(due_at=at + wait, tries=F("tries") + 1)
    counting.note(notice.advertiser_id, Counted.TOLD if is_heard else Counted.UNTOLD)
    return is_heard


def forget(*, at: datetime) -> None:
    """Delete what was to be told long ago, told or not. Queries: 1."""
    BidNotice.objects.filter(made_at__lt=at - KEPT).delete()
