"""Money, numbers and times as people write them: ``{% load vitrine %}``."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import (
    format_skeleton,
    format_timedelta,
)
from babel.numbers import format_compact_decimal, format_percent
from django import template
from django.utils import timezone

from vitrine.kernel.money import MICROS_PER_MINOR, format_minor
from vitrine.sovereignty.cell import dated, days, locale, moment, this_cell

register = template.Library()
register.filter(dated)
register.filter(moment)
register.simple_tag(days)  # {% days order.from_on order.until_on as when %}


@register.filter
def money(amount_minor: int, currency: str) -> str:
    """Write minor units as money: ``{{ order.total_minor|money:order.currency }}``."""
    return format_minor(amount_minor, currency, locale=locale())


@register.filter
def micros(amount_micros: int, currency: str) -> str:
    """Write micros as money, without the part of a minor unit that is not full: as the ledger."""
    return money(amount_micros // MICROS_PER_MINOR, currency)


@register.filter
def rate(bp: int) -> str:
    """Write hundredths of a percent as "12.5%"."""
    return format_percent(Decimal(bp) / 10_000, decimal_quantization=False, locale=locale())


@register.filter
def portion(part: float | None) -> str:
    """Write a part of a whole as "1.25%"; a dash where there was nothing to take a part of."""
    if part is None:
        return "–"
    rounded = round(Decimal(part), 4)
    return format_percent(rounded, decimal_quantization=False, locale=locale())


@register.filter
def compact(number: int) -> str:
    """Write 12,345 as "12K"."""
    return _compact(number, locale())


@lru_cache(4_096)
def _compact(number: int, language: str) -> str:
    return format_compact_decimal(number, locale=language, fraction_digits=1)


@register.filter
def ago(at: datetime) -> str:
    """Write how long ago, e.g. "3 hours ago"; what is not yet counts as just now."""
    past = min(at - timezone.now(), timedelta(seconds=-1))
    return format_timedelta(past, add_direction=True, locale=locale())


@register.filter
def lasting(time: timedelta) -> str:
    """Write a length of time in its largest unit, e.g. "20 hours"."""
    return format_timedelta(time, locale=locale())


@register.filter
def month(on: date) -> str:
    """Write a month, e.g. "Nov 2026"."""
    return format_skeleton("yMMM", on, locale=locale())


@register.filter
def day(on: date) -> str:
    """Write a day of this season, e.g. "Fri, Dec 4"."""
    return format_skeleton("MMMEd", on, locale=locale())


@register.filter
def last_day(until: datetime) -> str:
    """Write the last whole day before a midnight that ends something."""
    there = until.astimezone(ZoneInfo(this_cell().time_zone)) - timedelta(hours=12)
    return day(there.date())


@register.filter
def clock(duration_ms: int) -> str:
    """Write 65000 ms as "1:05"."""
    seconds = round(duration_ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def tenths(moment_ms: int) -> str:
    """Write 65040 ms as "1:05.0": a moment of a clip, as exact as its sliders."""
    tenths = round(moment_ms / 100)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
