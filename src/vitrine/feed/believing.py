"""Which reports of watching are believed, and what each of them adds. No database."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from vitrine.accounts.models import Person
from vitrine.feed import plausible
from vitrine.feed.aliases import alias
from vitrine.feed.days import local_day
from vitrine.feed.impressions import Impression, NotBelieved, Reader
from vitrine.feed.pacing import Pace
from vitrine.feed.plausible import Reason, Told
from vitrine.feed.sources import Source
from vitrine.videos.models import Viewer

Before = tuple[int, int, int]
"""sequence, watched_ms and loops of a report that was accepted."""


class WatchEvent(NamedTuple):
    """All that happened so far in one impression, as the browser reports it. clip: a public id."""

    clip: str
    token: str
    told: Told


class Opened(NamedTuple):
    """A report whose token is in order."""

    impression: Impression
    clip: str
    told: Told


class Shown(NamedTuple):
    """A clip that the viewer may see."""

    pk: int
    creator: int
    duration_ms: int


@dataclass(slots=True)
class Beacon:
    """What one browser reports at one moment: of each impression the latest.

    mark: names the viewer in ``models.Tempo``. person: None for a visitor. refused: what was not
    believed so far.
    """

    key: str
    mark: int
    person: Person | None
    device: bytes
    at: datetime
    reports: list[Opened]
    refused: list[Reason]


class Progress(NamedTuple):
    """How often a viewer's reports were written, and what they began."""

    written: int
    pace: Pace


@dataclass(slots=True)
class Known:
    """What has to be known before reports can be believed.

    shown: by viewer (a person's key, or nobody) and clip. reports: by impression. counted: of a
    person and day, the clips that are counted under the name that is not used now.
    """

    shown: dict[tuple[int | None, str], Shown] = field(default_factory=dict)
    reports: defaultdict[bytes, list[Before]] = field(default_factory=lambda: defaultdict(list))
    progress: dict[int, Progress] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    counted: set[tuple[int, date, int]] = field(default_factory=set)

    def of(self, mark: int) -> Progress:
        """Return how far a viewer is; one who is new, at the beginning."""
        return self.progress.setdefault(mark, Progress(0, Pace()))


class Sheet(NamedTuple):
    """What all facts of one page in a beacon have in common, as it is written (``noting.WRITE``).

    of: the viewer's mark. key: whose watches they add to. viewer: the name in the facts. is_kept:
    False for whom no history is kept. slate: see ``models.Telling``. facts: in the beacon's order.
    """

    of: int
    key: str
    viewer: str
    device: str
    slate: str
    source: str
    day: str
    at: str
    is_kept: bool
    facts: "list[Fact]"


class Fact(NamedTuple):
    """A report that is believed, as it is written.

    more_*: what it adds. enough_ms: so much is a stay.
    """

    place: int
    sequence: int
    clip: int
    is_counted: bool
    watched_ms: int
    loops: int
    seen: str
    taps: int
    shares: int
    more_ms: int
    more_loops: int
    enough_ms: int
    is_finished: bool


_opened, _fact = Opened._make, Fact._make  # half as dear as to call the classes


def opened(
    events: Sequence[WatchEvent], *, key: str, viewer: Viewer, device: bytes, at: datetime
) -> Beacon:
    """Open the tokens of reports; the latest of each impression stands for it. Queries: 0."""
    reader, refused, found = Reader(key, at=at), list[Reason](), dict[bytes, Opened]()
    for clip, token, told in sorted(events, key=_sequence):
        try:
            impression = reader.read(token, clip=clip)
        except NotBelieved as why:
            refused.append(why.reason)
            continue
        if impression.id in found:
            refused.append(Reason.REPLAYED)
        found[impression.id] = _opened((impression, clip, told))
    person = viewer if isinstance(viewer, Person) else None
    mark = int.from_bytes(reader.mark)
    return Beacon(key, mark, person, device, at, list(found.values()), refused)


def _sequence(event: WatchEvent) -> int:
    return event.told.sequence


def believed(beacon: Beacon, known: Known) -> tuple[list[Sheet], list[Reason]]:
    """Return what is believed of a beacon, and why the rest is not.

    What is believed is known from then on: the viewer's next beacon is compared with it.
    """
    whose = beacon.person.pk if beacon.person else None
    is_paused = whose in known.paused
    is_staff = beacon.person is not None and beacon.person.is_staff
    pace = known.of(beacon.mark).pace
    at_ms = int(beacon.at.timestamp() * 1000)
    shown_to, reports = known.shown, known.reports
    pace.advance(at_ms // 60_000)
    room = pace.room()
    sheets: dict[bytes, Sheet] = {}
    refused: list[Reason] = []
    for (impression, source, served_ms), clip, told in beacon.reports:
        shown = shown_to.get((whose, clip))
        if shown is None:
            refused.append(Reason.HIDDEN)
            continue
        pk, creator, duration_ms = shown
        before = reports[impression]
        of = plausible.extent(duration_ms)
        seen = plausible.seen(told, of)
        reason = plausible.fault(told, seen, of, elapsed_ms=at_ms - served_ms)
        if reason is None and before:
            reason = plausible.against(told, before)
        elif reason is None:
            room -= 1
            if room < 0:
                reason = Reason.TOO_MANY
            else:
                pace.begun[-1] += 1
        if reason:
            refused.append(reason)
            continue
        day = _day(served_ms // 1000)
        page = impression[:15]
        sheet = sheets.get(page)
        if sheet is None:
            sheet = sheets[page] = _sheet(beacon, page, source, day, is_paused)
        sequence, watched_ms, loops = report = told.sequence, told.watched_ms, told.loops
        more_ms, more_loops = _more(report, before) if before else (watched_ms, loops)
        sheet.facts.append(
            _fact(
                (
                    impression[15],
                    sequence,
                    pk,
                    # A view is counted once a day under either name.
                    whose is None
                    or not (is_staff or whose == creator or (whose, day, pk) in known.counted),
                    watched_ms,
                    loops,
                    seen.to_bytes(of.size, "little").hex(),
                    min(told.taps, plausible.MOST_TAPS) if told.taps else 0,
                    min(told.shares, plausible.MOST_TAPS) if told.shares else 0,
                    0 if is_paused else more_ms,
                    0 if is_paused else more_loops,
                    of.enough_ms,
                    not is_paused and plausible.is_finished(told, seen, of),
                )
            )
        )
        before.append(report)
    return list(sheets.values()), refused


def _sheet(beacon: Beacon, page: bytes, source: Source, day: date, is_paused: bool) -> Sheet:
    return Sheet(
        beacon.mark,
        beacon.key,
        alias(beacon.key, day) if is_paused else beacon.key,
        beacon.device.hex(),
        slate_of(page).hex(),
        source,
        day.isoformat(),
        beacon.at.isoformat(),
        not is_paused,
        [],
    )


def slate_of(page: bytes) -> bytes:
    """Return the impression of a page's first place, by what all of its impressions begin with."""
    return page + b"\0"


def days_of(beacon: Beacon) -> set[date]:
    """Return the days on which the clips of a beacon were served."""
    return {_day(one.impression.served_ms // 1000) for one in beacon.reports}


def _more(report: Before, before: Sequence[Before]) -> tuple[int, int]:
    """Return what a report tells beyond the highest that was known of its impression: ms, loops."""
    _, watched_ms, loops = report
    most_ms, most_loops = max(ms for _, ms, _ in before), max(number for *_, number in before)
    return max(watched_ms - most_ms, 0), max(loops - most_loops, 0)


@lru_cache(maxsize=4096)
def _day(served_s: int) -> date:
    return local_day(datetime.fromtimestamp(served_s, UTC))
