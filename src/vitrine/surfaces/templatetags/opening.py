"""When stores are open, in words: ``{% load opening %}``."""

from datetime import datetime, timedelta

from babel.dates import format_date, format_skeleton, format_time
from django import template
from django.utils import timezone
from django.utils.translation import gettext

from vitrine.catalog import store_hours
from vitrine.catalog.models import Location
from vitrine.sovereignty.cell import locale

register = template.Library()

A_DAY = timedelta(days=1)
A_WEEK = 7


@register.filter
def open_now(store: Location) -> str:
    """Say whether a store is open, and until when; nothing where nobody has told its hours."""
    now = timezone.now()
    standing = store_hours.standing(store, now)
    if standing is None:
        return ""
    if standing.is_open and (standing.until is None or standing.until - now > A_DAY):
        return gettext("Open day and night")
    if standing.until is None:
        return gettext("Closed until further notice")
    if standing.is_open:
        return gettext("Open until {time}").format(time=_time(standing.until))
    return _at(
        standing.until,
        today=gettext("Opens at {time}"),
        tomorrow=gettext("Opens tomorrow at {time}"),
        later=gettext("Opens {day} at {time}"),
    )


@register.filter
def ready_from(store: Location) -> str:
    """Say when what is ordered now can be collected; nothing where no hours say so."""
    ready = store_hours.ready_at(store, timezone.now())
    if ready is None:
        return ""
    return _at(
        ready,
        today=gettext("Ready today at {time}"),
        tomorrow=gettext("Ready tomorrow at {time}"),
        later=gettext("Ready {day} at {time}"),
    )


def _at(moment: datetime, *, today: str, tomorrow: str, later: str) -> str:
    """Choose the sentence by how many days ahead it is. moment: in the store's own time."""
    ahead = (moment.date() - timezone.now().astimezone(moment.tzinfo).date()).days
    said = {0: today, 1: tomorrow}.get(ahead, later)
    if ahead < A_WEEK:
        day = format_date(moment, "EEEE", locale=locale())
    else:
        day = format_skeleton("MMMEd", moment.date(), locale=locale())
    return said.format(day=day, time=_time(moment))


def _time(moment: datetime) -> str:
    return format_time(moment.time(), "short", locale=locale())
