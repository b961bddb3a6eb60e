"""Read what a demand partner answers, believing none of it: bids in order, and why others are not.

No database, no clock. Whatever bytes come, the answer is read: nothing is raised.
Source: OpenRTB 2.6, §4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec
from django.conf import settings

from vitrine.ads import blocklist, terms, tokens
from vitrine.ads.demand.asking import IAB, LASTS_S, PER_BID, Request
from vitrine.kernel import ids
from vitrine.kernel.money import MICROS_PER_MINOR
from vitrine.sovereignty.demand_partners import DemandPartner

MOST_BYTES = 64 * 1024
MOST_URL = 1_000
MOST_MACROS = 12
LEAST_S = int(tokens.LIVES.total_seconds()) + 1
MOST_PRICE = terms.MOST_BID_MINOR * MICROS_PER_MINOR // 1_000_000
"""For a thousand views, in whole units of the currency. More is a slip."""
MICROS = 1_000_000 // PER_BID
"""A price of 1 for a thousand views is so much for one."""


class Refused(StrEnum):
    """Why an answer, or a bid in it, does not count."""

    LATE = "late"
    UNREACHABLE = "unreachable"
    STATUS = "wrong status"
    TOO_BIG = "too big"
    MALFORMED = "malformed"
    ANOTHER = "to another question"
    CURRENCY = "another currency"
    TOGETHER = "sold together"
    UNREAD = "unreadable bid"
    PLACE = "no such place"
    TWICE = "twice"
    PRICE = "absurd price"
    FLOOR = "under the floor"
    DEAL = "deal nobody made"
    CATEGORY = "blocked category"
    TOO_SHORT = "good too shortly"
    ELSEWHERE = "notice elsewhere"
    NO_AD = "no such ad"
    NOT_THEIRS = "ad of another"
    NOT_REVIEWED = "ad not approved"
    NOT_STANDING = "ad not running"
    BY_CLICK = "ad paid by click"
    PICKING = "ad for some people"


FAILURES = frozenset(
    {
        *(Refused.LATE, Refused.UNREACHABLE, Refused.STATUS, Refused.TOO_BIG),
        *(Refused.MALFORMED, Refused.ANOTHER, Refused.CURRENCY),
    }
)
"""Where the whole answer is none. Whoever answers so is left alone for a while."""

_Id = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,64}\Z")]
_Url = Annotated[str, msgspec.Meta(max_length=MOST_URL, pattern=r"\A[!-~]*\Z")]


class _Said(msgspec.Struct):
    """A bid as it is said."""

    id: _Id
    impid: _Id
    price: Decimal
    crid: str = ""
    adid: _Id | None = None
    nurl: _Url | None = None
    burl: _Url | None = None
    lurl: _Url | None = None
    dealid: str | None = None
    cat: list[str] = []
    cattax: int = IAB
    exp: int | None = None


class _Seat(msgspec.Struct):
    bid: list[msgspec.Raw]
    seat: _Id | None = None
    group: int = 0


class _Answer(msgspec.Struct):
    id: str
    seatbid: list[_Seat] | None = None
    bidid: _Id | None = None
    cur: str = "USD"


_answer = msgspec.json.Decoder(_Answer)
_said = msgspec.json.Decoder(_Said)


@dataclass(frozen=True)
class Bid:
    """What somebody outside pays at most for a view, and what they want to be told of it.

    ad: a public id. lasts_s: from the question until its view has to be billed. auction, answer,
    place, seat, adid: as the macros of notices name them.
    """

    id: str
    ad: str
    price_micros: int
    lasts_s: int
    auction: str
    answer: str
    place: str
    seat: str
    adid: str
    nurl: str
    burl: str
    lurl: str


@dataclass
class Read:
    """An answer as it was read. refused: why, with the bid where it could be read."""

    bids: list[Bid] = field(default_factory=list)
    refused: list[tuple[Refused, Bid | None]] = field(default_factory=list)


def read(body: bytes, asked: Request, *, of: DemandPartner, currency: str) -> Read:
    """Read an answer. No bids and nothing refused: they do not want any of it."""
    if len(body) > MOST_BYTES:
        return _none(Refused.TOO_BIG)
    try:
        answer = _answer.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _none(Refused.MALFORMED)
    if answer.id != asked.id:
        return _none(Refused.ANOTHER)
    seats = answer.seatbid or []
    if not seats:
        return Read()
    if answer.cur != currency:
        return _none(Refused.CURRENCY)
    found = Read()
    met: set[tuple[str, str]] = set()
    for seat in seats:
        for raw in seat.bid:
            why, bid = _judged(raw, answer, seat, asked, of)
            named = {("bid", bid.id), ("place", bid.place)} if bid else set()
            if named & met:
                why = Refused.TWICE
            met |= named
            if why is None and bid is not None:
                found.bids.append(bid)
            else:
                found.refused.append((why or Refused.UNREAD, bid))
    return found


def _judged(
    raw: msgspec.Raw, answer: _Answer, seat: _Seat, asked: Request, of: DemandPartner
) -> tuple[Refused | None, Bid | None]:
    """Return a bid, and the first thing that is wrong with it by itself; no bid: unreadable."""
    try:
        said = _said.decode(raw)
    except (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
        return Refused.UNREAD, None
    bid = _bid(said, answer, seat, asked, of)
    return (Refused.TOGETHER if seat.group else _wrong(said, bid, asked, of)), bid


def _none(why: Refused) -> Read:
    return Read(refused=[(why, None)])


def _bid(said: _Said, answer: _Answer, seat: _Seat, asked: Request, of: DemandPartner) -> Bid:
    is_sane = said.price.is_finite() and 0 < said.price <= MOST_PRICE
    lasts_s = LASTS_S if said.exp is None else min(said.exp, LASTS_S)
    return Bid(
        id=said.id,
        ad=said.crid,
        price_micros=int(said.price * MICROS) if is_sane else 0,
        lasts_s=lasts_s,
        auction=asked.id,
        answer=answer.bidid or "",
        place=said.impid,
        seat=seat.seat or "",
        adid=said.adid or "",
        nurl=said.nurl or "",
        burl=said.burl or "",
        lurl=said.lurl if said.lurl and _may_be_told(said.lurl, of) else "",
    )


def _wrong(said: _Said, bid: Bid, asked: Request, of: DemandPartner) -> Refused | None:
    """Return the first thing that is wrong with a bid by itself; None: nothing is."""
    urls = [url for url in (said.nurl, said.burl, said.lurl) if url]
    checks: Sequence[tuple[bool, Refused]] = (
        (said.impid not in asked.places, Refused.PLACE),
        (not bid.price_micros, Refused.PRICE),
        (bid.price_micros < terms.RESERVE_MICROS, Refused.FLOOR),
        (bool(said.dealid), Refused.DEAL),
        (_is_blocked(said), Refused.CATEGORY),
        (bid.lasts_s < LEAST_S, Refused.TOO_SHORT),
        (not all(_may_be_told(url, of) for url in urls), Refused.ELSEWHERE),
        (ids.PATTERN.match(said.crid) is None, Refused.NO_AD),
    )
    return next((why for is_wrong, why in checks if is_wrong), None)


def _is_blocked(said: _Said) -> bool:
    listed = blocklist.of_iab(settings.VITRINE_AD_BLOCKED_CATEGORIES)
    return said.cattax == IAB and any(blocklist.is_in(one, listed, "-") for one in said.cat)


def _may_be_told(url: str, of: DemandPartner) -> bool:
    """Tell whether a notice stays with the partner: nobody else is told of it."""
    return of.has(url) and "#" not in url and url.count("${") <= MOST_MACROS
