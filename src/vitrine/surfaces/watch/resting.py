"""What stands in a feed when its viewer has watched as long as they wanted to."""

from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string

from vitrine.accounts.models import Person
from vitrine.feed import screen_time


class Rest(NamedTuple):
    """is_over: no clips but the end card, which names the minutes of today.

    reminder: a card before the clips, or "".
    """

    is_over: bool = False
    reminder: str = ""
    minutes: int = 0


def of(request: HttpRequest, *, first: int, at: datetime) -> Rest:
    """Tell whether a viewer wants to stop here. first: a card's place in the feed.

    Queries: 0 for visitors, 1 for people without a limit, else 2, and 3 when reminded.
    """
    if not isinstance(request.user, Person):
        return Rest()
    standing = screen_time.standing(request.user, at=at)
    if standing is None:
        return Rest()
    if standing.is_over:
        return Rest(is_over=True, minutes=standing.minutes)
    if not standing.wants_break:
        return Rest()
    screen_time.remind(request.user, at=at)
    context = {"minutes": standing.minutes, "position": first}
    return Rest(reminder=render_to_string("watch/break.html", context, request))
