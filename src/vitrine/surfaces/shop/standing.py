"""Where somebody stands, as a page that waits shows it: drawn once, filled in for each.

A thousand pages that wait for one drop read the same sentences; what differs are numbers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import render_to_string
from django.utils import translation

from vitrine.orders.models import Drop
from vitrine.orders.standing import Standing, State

TEMPLATE = "shop/drop.html#standing"
AHEAD, LEFT, NUMBER, AGAIN, NOW, TICKET = (f"\0{name}\0" for name in "alrsnt")
"""What stands for numbers until they are known: no text that is kept has a NUL."""


@dataclass(frozen=True)
class Shown:
    """A standing as the template reads it. ahead, left: what chooses the form of a sentence."""

    state: State
    starts_at: datetime
    product_url: str
    has_place: bool
    in_lot: bool
    until: datetime | None
    minutes: int
    ahead: int
    left: int
    ahead_shown: str
    left_shown: str
    number: str
    again_s: str
    now: str
    ticket: str

    @classmethod
    def of(cls, stands: Standing, drop: Drop, *, at: datetime) -> "Shown":
        """Return it for one page, in the language that is active."""
        ticket = stands.ticket
        return cls(
            state=stands.state,
            starts_at=drop.starts_at,
            product_url=drop.product.get_absolute_url(),
            has_place=ticket is not None,
            in_lot=ticket is not None and ticket.in_lot,
            until=ticket.until if ticket else None,
            minutes=stands.minutes if stands.wait_s >= 60 else 0,
            ahead=stands.ahead,
            left=stands.left,
            ahead_shown=intcomma(stands.ahead),
            left_shown=intcomma(stands.left),
            number=intcomma(ticket.number) if ticket and ticket.number else "",
            again_s=f"{stands.again_s:.2f}",
            now=at.isoformat(),
            ticket=ticket.code if ticket else "",
        )

    def drawn(self) -> str:
        """Return the part of a page. Nobody's form is in it. Queries: 0."""
        anyone = replace(
            self,
            ahead=min(self.ahead, 2),  # more than two are many in each language that we speak
            left=min(self.left, 2),
            ahead_shown=AHEAD,
            left_shown=LEFT,
            number=NUMBER,
            again_s=AGAIN,
            now=NOW,
            ticket=TICKET if self.ticket else "",
        )
        html = _for_anyone(translation.get_language(), anyone)
        own = {AHEAD: self.ahead_shown, LEFT: self.left_shown, NUMBER: self.number}
        own |= {AGAIN: self.again_s, NOW: self.now, TICKET: self.ticket}
        for mark, text in own.items():
            html = html.replace(mark, text)
        return html


@lru_cache(maxsize=512)
def _for_anyone(_language: str | None, shown: Shown) -> str:
    return str(render_to_string(TEMPLATE, {"told": shown}))
