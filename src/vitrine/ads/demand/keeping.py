"""Keep bids in stock: one thread of each web process asks partners ahead, so that no page waits.

Each partner is asked once a second at most, for as many bids as are missing for one context. Who
fails is left alone for a while, longer each time. Source: docs/adr/0121-bids-from-outside.md.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from vitrine.ads import tokens
from vitrine.ads.demand import answers, asking, counting, judging, partners, stock, telling
from vitrine.ads.demand.answers import FAILURES, MOST_BYTES, Bid, Read, Refused
from vitrine.ads.demand.asking import KEPT, WITHIN_MS, Request
from vitrine.ads.demand.counting import Counted
from vitrine.ads.demand.partners import Partner
from vitrine.ads.demand.stock import Offer
from vitrine.ads.demand.telling import INVALID, LOSSES, NOT_IN_TIME
from vitrine.sovereignty import gate
from vitrine.sovereignty.bounds import Bounds
from vitrine.sovereignty.cell import this_cell
from vitrine.sovereignty.datamap import DataClass

EVERY_S = 1.0
FULL, LOW = 20, 10
"""Bids of a partner for a context: when there are fewer than LOW it is asked for the rest."""
IDLE = timedelta(seconds=30)
"""Who has no bid in order for a context is asked no more for it so long."""
ALONE, LONGEST_ALONE = timedelta(seconds=5), timedelta(minutes=10)
"""How long who failed is left alone: twice as long each time in a row."""
BOUNDS = Bounds(within_s=WITHIN_MS / 1000, most_bytes=MOST_BYTES)
CLASSES = frozenset({DataClass.PUBLIC, DataClass.BUSINESS})
HEADERS = {"Content-Type": "application/json", "x-openrtb-version": "2.6", "User-Agent": "Vitrine"}
NEVER = datetime.min.replace(tzinfo=UTC)
_OK, _NO_BID = 200, 204

log = logging.getLogger(__name__)


@dataclass
class _Course:
    """How it goes with a partner. asked_at, idle_until: of contexts."""

    failures: int = 0
    alone_until: datetime = NEVER
    asked_at: dict[str, datetime] = field(default_factory=dict)
    idle_until: dict[str, datetime] = field(default_factory=dict)


_courses: dict[int, _Course] = {}


def keep_asking() -> None:
    """Start the one thread of a web process that asks partners, if the operator named any."""
    if settings.VITRINE_RTB:
        pause = threading.Event()
        threading.Thread(target=_ask_until, args=[pause], name="demand", daemon=True).start()


def _ask_until(pause: threading.Event) -> None:
    while not pause.wait(EVERY_S):
        try:
            turn(at=datetime.now(UTC))
        except DatabaseError:
            log.exception("partners were not asked")
        finally:
            connection.close()


def turn(*, at: datetime) -> None:
    """Ask each partner once where bids are missing; let go of those that no page used in time."""
    _sweep(at=at)
    contexts = stock.wanted(at=at)
    for partner in partners.named(at=at):
        course = _courses.setdefault(partner.advertiser, _Course())
        if partner.is_asked and at >= course.alone_until:
            context = _lacking(partner, course, contexts, at)
            if context is not None:
                _ask(partner, course, context, at=at)


def forget() -> None:
    """Know nothing of how it went, as a process that begins."""
    _courses.clear()


def _sweep(*, at: datetime) -> None:
    unused: dict[int, list[tuple[Bid, int]]] = {}
    for offer in stock.swept(at=at):
        unused.setdefault(offer.partner, []).append((offer.bid, NOT_IN_TIME))
    for partner, bids in unused.items():
        counting.note(partner, Counted.UNUSED, len(bids))
        telling.write(telling.lost(partner, bids, at=at))


def _lacking(partner: Partner, course: _Course, contexts: list[str], at: datetime) -> str | None:
    """Return the context that lacks bids and was asked for longest ago; None: none lacks any."""
    lacking = [
        one
        for one in contexts
        if stock.count(partner.advertiser, one) < LOW and at >= course.idle_until.get(one, NEVER)
    ]
    return min(lacking, key=lambda one: (course.asked_at.get(one, NEVER), one), default=None)


def _ask(partner: Partner, course: _Course, context: str, *, at: datetime) -> None:
    asked = asking.request(context, FULL - stock.count(partner.advertiser, context))
    course.asked_at[context] = at
    found = _answered(partner, asked)
    for why, _ in found.refused:
        counting.note(partner.advertiser, why)
    if any(why in FAILURES for why, _ in found.refused):
        course.failures += 1
        alone = ALONE * 2 ** min(course.failures - 1, 16)
        course.alone_until = at + min(alone, LONGEST_ALONE)
        counting.note(partner.advertiser, Counted.LEFT_ALONE)
        return
    course.failures = 0
    offers = _taken(partner, asked, found, at=at)
    if not offers:
        course.idle_until[context] = at + IDLE
    if not found.bids and not found.refused:
        counting.note(partner.advertiser, Counted.NO_BIDS)


def _answered(partner: Partner, asked: Request) -> Read:
    """Ask, and return what was answered, or why that is nothing."""
    counting.note(partner.advertiser, Counted.REQUESTS)
    begun_s = time.monotonic()
    try:
        reply = gate.ask_demand(
            "POST",
            partner.named.endpoint,
            body=asked.body,
            headers=HEADERS,
            purpose="bid request",
            classes=CLASSES,
            bounds=BOUNDS,
        )
    except TimeoutError:
        return Read(refused=[(Refused.LATE, None)])
    except OSError:
        return Read(refused=[(Refused.UNREACHABLE, None)])
    finally:
        counting.took(partner.advertiser, (time.monotonic() - begun_s) * 1000)
    if reply.status == _NO_BID:
        counting.note(partner.advertiser, Counted.ANSWERS)
        return Read()
    if reply.status != _OK:
        return Read(refused=[(Refused.STATUS, None)])
    counting.note(partner.advertiser, Counted.ANSWERS)
    return answers.read(reply.body, asked, of=partner.named, currency=this_cell().currency)


def _taken(partner: Partner, asked: Request, found: Read, *, at: datetime) -> list[Offer]:
    """Take into stock what is in order; write down what is to be told of the others."""
    lost = [(bid, LOSSES.get(why, INVALID)) for why, bid in found.refused if bid]
    offers = []
    for bid, ad in zip(found.bids, judging.judged(partner.advertiser, found.bids), strict=True):
        if isinstance(ad, Refused):
            counting.note(partner.advertiser, ad)
            lost.append((bid, LOSSES.get(ad, INVALID)))
            continue
        lasts = timedelta(seconds=bid.lasts_s) - tokens.LIVES
        until = at + min(lasts, KEPT)
        offers.append(Offer(partner.advertiser, asked.context, ad, bid, until))
    if offers:
        counting.note(partner.advertiser, Counted.BIDS, len(offers))
        stock.put(offers)
    telling.write(telling.lost(partner.advertiser, lost, at=at))
    return offers
