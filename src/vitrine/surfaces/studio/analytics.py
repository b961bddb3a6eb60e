"""The reads of the analytics pages: how clips were watched, and what came of it.

All numbers of a page and of its CSV come from here, so they are the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from django.db.models import Count as Rows
from django.db.models import F, Sum
from django.db.models.functions import TruncDate

from vitrine.accounts.models import Follow, Person
from vitrine.feed import counting
from vitrine.feed.counting import Count
from vitrine.feed.sources import Source
from vitrine.kernel.money import format_minor, plain_decimal
from vitrine.orders.models import OrderLine, OrderState
from vitrine.sovereignty.cell import locale, shortly, this_cell
from vitrine.surfaces.studio import charts
from vitrine.videos.models import Clip, Comment, Like

UNDONE = [OrderState.CANCELLED, OrderState.REFUNDED]
BEST = 10


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one to another, both included, in the cell's own time zone."""

    since: date
    until: date

    @property
    def days(self) -> list[date]:
        """Return each day."""
        return [self.since + timedelta(n) for n in range((self.until - self.since).days + 1)]

    @property
    def began_at(self) -> datetime:
        """Return the instant at which the first day begins."""
        return datetime.combine(self.since, time.min, zone())

    @property
    def ended_at(self) -> datetime:
        """Return the instant at which the day after the last begins."""
        return datetime.combine(self.until + timedelta(1), time.min, zone())


@dataclass(slots=True)
class Result:
    """What was counted, and what came of it. sales_minor: goods, without what was undone."""

    count: Count = field(default_factory=Count)
    likes: int = 0
    comments: int = 0
    followers: int = 0
    orders: int = 0
    sales_minor: int = 0

    @property
    def average_ms(self) -> int:
        """Return how long a play lasted on average."""
        return self.count.watched_ms // self.count.reach if self.count.reach else 0

    @property
    def watched(self) -> str:
        """Say how long it was watched in all."""
        return spent(self.count.watched_ms)

    @property
    def average(self) -> str:
        """Say how long a play lasted on average."""
        return spent(self.average_ms)

    @property
    def skipped_share(self) -> str:
        """Say which share of plays ended within three seconds."""
        return share(self.count.skipped, self.count.reach)

    @property
    def finished_share(self) -> str:
        """Say which share of plays came to the end."""
        return share(self.count.finished, self.count.reach)

    @property
    def sales(self) -> str:
        """Say what was sold."""
        cell = this_cell()
        return format_minor(self.sales_minor, cell.currency, locale=locale())


@dataclass(frozen=True, slots=True)
class Day:
    """One day's result."""

    day: date
    result: Result

    @property
    def name(self) -> str:
        """Say which day, shortly."""
        return shortly(self.day)


@dataclass(frozen=True, slots=True)
class FromSource:
    """What came from one source."""

    label: str
    count: Count
    share: str


@dataclass(frozen=True, slots=True)
class Second:
    """How many plays saw one second of a clip."""

    second: int
    viewers: int
    share: str


@dataclass(frozen=True, slots=True)
class Retention:
    """Which share of plays saw each second. half_s: the first second that fewer than half saw."""

    seconds: Sequence[Second]
    line: charts.Line
    half_s: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """Days as two lines, reach and views, on one scale."""

    days: Sequence[Day]
    reach: charts.Line
    views: charts.Line
    most: int

    @property
    def middle(self) -> int:
        """Return the number half way up the axis."""
        return self.most // 2


@dataclass(frozen=True, slots=True)
class ClipReport:
    """How one clip did over some days."""

    total: Result
    course: Course
    retention: Retention
    sources: Sequence[FromSource]


@dataclass(frozen=True, slots=True)
class Best:
    """One of the clips that did best."""

    clip: Clip
    result: Result


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """How all clips of a creator did over some days."""

    total: Result
    course: Course
    sources: Sequence[FromSource]
    best: Sequence[Best]


def of_clip(clip: Clip, span: Span) -> ClipReport:
    """Report on one clip. Queries: 5."""
    rows = counting.rows([clip.pk], since=span.since, until=span.until)
    days = _days(rows, [clip.pk], span)
    total = _total(days)
    total.followers = total.count.follows
    return ClipReport(total, _course(days), _retention(total.count), _sources(rows, total.count))


def of_channel(creator: Person, span: Span) -> ChannelReport:
    """Report on all clips that a creator has. Queries: 8."""
    clips = {clip.pk: clip for clip in Clip.objects.owned_by(creator)}
    rows = counting.rows(list(clips), since=span.since, until=span.until)
    days = _days(rows, list(clips), span)
    followers = _daily(Follow.objects.filter(followed=creator), span)
    for day in days:
        day.result.followers = followers.get(day.day, 0)
    total = _total(days)
    by_clip: dict[int, Result] = defaultdict(Result)
    for row in rows:
        by_clip[row.clip].count.add(row.count)
    for pk, (orders, sales_minor) in _sales(list(clips), span, by="clip").items():
        by_clip[pk].orders, by_clip[pk].sales_minor = orders, sales_minor
    best = sorted(by_clip, key=lambda pk: (-by_clip[pk].count.qualified, -by_clip[pk].orders, -pk))
    return ChannelReport(
        total,
        _course(days),
        _sources(rows, total.count),
        [Best(clips[pk], by_clip[pk]) for pk in best[:BEST]],
    )


def table(days: Sequence[Day]) -> Iterator[list[Any]]:
    """Yield the rows of a CSV file, the head first."""
    yield (
        "day reach views watched_seconds average_watched_seconds skipped_in_3s finished "
        "product_taps shares new_followers likes comments orders sales currency"
    ).split()
    cell = this_cell()
    for each in days:
        result, count = each.result, each.result.count
        yield [
            each.day.isoformat(),
            count.reach,
            count.qualified,
            f"{count.watched_ms / 1000:.3f}",
            f"{result.average_ms / 1000:.3f}",
            count.skipped,
            count.finished,
            count.taps,
            count.shares,
            result.followers,
            result.likes,
            result.comments,
            result.orders,
            plain_decimal(result.sales_minor, cell.currency),
            cell.currency,
        ]


def zone() -> ZoneInfo:
    """Return the cell's own time zone."""
    return ZoneInfo(this_cell().time_zone)


def spent(ms: int) -> str:
    """Say a length of watching: "3 h 12 min", "4 min 5 s", "7.4 s"."""
    seconds = ms // 1000
    if seconds >= 3600:
        hours = format_decimal(seconds // 3600, locale=locale())
        return f"{hours} h {seconds % 3600 // 60} min"
    if seconds >= 60:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{format_decimal(round(ms / 1000, 1), locale=locale())} s"


def share(part: int, whole: int) -> str:
    """Say which share of a whole a part is; a dash of nothing."""
    if not whole:
        return "–"
    return str(format_percent(part / whole, "#,##0 %", locale=locale()))


def long_day(day: date) -> str:
    """Say a day with its year."""
    return str(format_date(day, "medium", locale=locale()))


def _days(rows: Sequence[counting.Row], clips: Sequence[int], span: Span) -> list[Day]:
    """Return each day of a span with what was counted and what came of it. Queries: 3."""
    days = {day: Result() for day in span.days}
    for row in rows:
        days[row.day].count.add(row.count)
        days[row.day].followers += row.count.follows
    for day, number in _daily(Like.objects.filter(clip__in=clips), span).items():
        days[day].likes = number
    for day, number in _daily(Comment.objects.out().filter(clip__in=clips), span).items():
        days[day].comments = number
    for day, (orders, sales_minor) in _sales(clips, span, by="day").items():
        days[day].orders, days[day].sales_minor = orders, sales_minor
    return [Day(day, result) for day, result in days.items()]


def _daily(rows: Any, span: Span) -> dict[date, int]:
    """Count rows by the day of their ``at``. Queries: 1."""
    within = rows.filter(at__gte=span.began_at, at__lt=span.ended_at)
    by_day = within.annotate(day=TruncDate("at", tzinfo=zone())).values_list("day")
    return dict(by_day.annotate(Rows("pk")).order_by())


def _sales(clips: Sequence[int], span: Span, *, by: str) -> dict[Any, tuple[int, int]]:
    """Return orders and goods sold that were met on clips, by "day" or "clip". Queries: 1."""
    lines = OrderLine.objects.filter(
        clip__in=clips,
        order__placed_at__gte=span.began_at,
        order__placed_at__lt=span.ended_at,
    ).exclude(order__state__in=UNDONE)
    day = TruncDate("order__placed_at", tzinfo=zone())
    named = lines.annotate(by=day if by == "day" else F("clip_id")).values_list("by")
    sums = named.annotate(Rows("order", distinct=True), Sum("goods_minor")).order_by()
    return {key: (orders, goods_minor) for key, orders, goods_minor in sums}


def _total(days: Sequence[Day]) -> Result:
    total = Result()
    for day in days:
        total.count.add(day.result.count)
        for name in ("likes", "comments", "followers", "orders", "sales_minor"):
            setattr(total, name, getattr(total, name) + getattr(day.result, name))
    return total


def _course(days: Sequence[Day]) -> Course:
    reach = [day.result.count.reach for day in days]
    most = charts.ceiling(reach)
    views = [day.result.count.qualified for day in days]
    return Course(days, charts.line(reach, most=most), charts.line(views, most=most), most)


def _retention(count: Count) -> Retention:
    seconds = [Second(n, seen, share(seen, count.reach)) for n, seen in enumerate(count.seen)]
    half = next((n for n, seen in enumerate(count.seen) if 2 * seen < count.reach), None)
    return Retention(seconds, charts.line(count.seen, most=count.reach), half)


def _sources(rows: Sequence[counting.Row], total: Count) -> list[FromSource]:
    by_source: dict[Source, Count] = defaultdict(Count)
    for row in rows:
        by_source[row.source].add(row.count)
    ordered = sorted(by_source.items(), key=lambda item: (-item[1].reach, item[0].label))
    return [
        FromSource(source.label, count, share(count.reach, total.reach))
        for source, count in ordered
    ]
