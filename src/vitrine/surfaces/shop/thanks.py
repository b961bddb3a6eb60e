"""The answer to the order button: drawn once for a shop, a total and a minute, filled in for each.

Hundreds who buy one thing at one moment read the same sentences; what differs is whose they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import get_language

from vitrine.orders.models import GroupState, OrderGroup
from vitrine.surfaces.shop import story
from vitrine.surfaces.shop.story import Handover

TEMPLATE = "shop/placed.html"
NUMBER, EMAIL, URL = ("\0n\0", "\0e\0", "\0u\0")
"""What stands for a buyer's own until it is known: no text that is kept has a NUL."""


@dataclass(frozen=True)
class _Anyone:
    """A purchase as the template reads it, with marks for what is its buyer's own."""

    currency: str
    state: str = GroupState.PLACED
    public_id: str = NUMBER
    email: str = EMAIL
    get_absolute_url: str = URL


def drawn(group: OrderGroup, *, is_sheet: bool) -> str:
    """Return the fragment that says how a purchase went. Queries: 0 where it was just written."""
    handovers = story.handovers(group)
    if group.state != GroupState.PLACED or any(one.to for one in handovers):
        said = {"group": group, "handovers": handovers, "is_sheet": is_sheet}
        return render_to_string(TEMPLATE, said)
    html = _for_anyone(get_language(), group.currency, tuple(_to_the_minute(handovers)), is_sheet)
    own = {NUMBER: group.public_id[-6:], EMAIL: group.email, URL: group.get_absolute_url()}
    for mark, text in own.items():
        html = html.replace(mark, escape(text))
    return html


@lru_cache(maxsize=512)
def _for_anyone(
    _language: str | None, currency: str, handovers: tuple[Handover, ...], is_sheet: bool
) -> str:
    said = {"group": _Anyone(currency), "handovers": handovers, "is_sheet": is_sheet}
    return str(render_to_string(TEMPLATE, said))


def _to_the_minute(handovers: Sequence[Handover]) -> Sequence[Handover]:
    """Return them as exact as they are shown."""
    return [
        replace(one, free_until=one.free_until and one.free_until.replace(second=0, microsecond=0))
        for one in handovers
    ]
