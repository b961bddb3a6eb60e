"""Note what many viewers report at one moment: one statement reads, one writes.

Each report fails alone. A viewer's reports are written if none of theirs were since it was read
(``Tempo``), and read anew otherwise. Source: docs/adr/0094-noted-together.md.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date
from functools import cache
from typing import Any

import msgspec
from django.contrib.auth.models import AnonymousUser

from vitrine.accounts import stand_in
from vitrine.feed import believing
from vitrine.feed.aliases import alias
from vitrine.feed.believing import Beacon, Fact, Known, Progress, Sheet, Shown
from vitrine.feed.models.watch import LEARN
from vitrine.feed.pacing import Pace
from vitrine.feed.plausible import ENOUGH_MS, Reason
from vitrine.feed.sources import Source
from vitrine.kernel import prepared
from vitrine.kernel.batching import Batcher
from vitrine.sovereignty.cell import home
from vitrine.videos.models import Clip, Viewer

Noted = tuple[int, list[Reason]]
"""How many reports of a beacon were accepted, and why the others were not."""


def note(beacon: Beacon) -> Noted:
    """Note what a beacon reports, with what others report at this moment. Queries: 2, for all."""
    return _BATCHER.ask(beacon)


def coming() -> AbstractContextManager[None]:
    """Say that this thread is about to note a beacon: a turn that begins meanwhile waits for it."""
    return _BATCHER.coming()


def note_all(beacons: Sequence[Beacon]) -> list[Noted]:
    """Note beacons in the order in which they came: a viewer's second waits for the first."""
    answers: dict[int, Noted] = {}
    waiting = dict(enumerate(beacons))
    while waiting:
        turn = _first_of_each(waiting)
        known = read(list(turn.values()))
        told = [
            (place, beacon, *believing.believed(beacon, known)) for place, beacon in turn.items()
        ]
        written = write([sheet for *_, sheets, _ in told for sheet in sheets], known)
        for place, beacon, sheets, refused in told:
            if not sheets or beacon.mark in written:
                accepted = sum(len(sheet.facts) for sheet in sheets)
                answers[place] = accepted, [*beacon.refused, *refused]
                del waiting[place]
    return [answers[place] for place in range(len(beacons))]


def _first_of_each(waiting: dict[int, Beacon]) -> dict[int, Beacon]:
    """Return the first beacon of each viewer, by its place."""
    first: dict[int, int] = {}
    for place, beacon in waiting.items():
        first.setdefault(beacon.mark, place)
    return {place: waiting[place] for place in first.values()}


_BATCHER: Batcher[Beacon, Noted] = Batcher(note_all, gathers=True, company_s=0.02)
"""Who sent a beacon has gone on already: so a turn waits four times as long as for a press."""


def read(beacons: Sequence[Beacon]) -> Known:
    """Return what has to be known of beacons. Queries: 1."""
    guests = {report.clip for one in beacons if not one.person for report in one.reports}
    people = [one for one in beacons if one.person]
    asked = [(one.person, report.clip) for one in people for report in one.reports if one.person]
    names = [
        (one.person.pk, day, one.key)
        for one in people
        if one.person
        for day in believing.days_of(one)
    ]
    days = {day for one in beacons for day in believing.days_of(one)}
    sql, parameters = _read(of_guests=bool(guests), of_people=bool(people))
    pages = {report.impression.id[:15] for one in beacons for report in one.reports}
    values: dict[str, Any] = {
        "slates": array(believing.slate_of(page).hex() for page in pages),
        "first_day": min(days),
        "last_day": max(days),
        "marks": array({one.mark for one in beacons}),
        "guests_clips": array(guests),
        "people": array(person.pk for person, _ in asked),
        "adult_on": array(person.adult_on for person, _ in asked),
        "people_clips": array(clip for _, clip in asked),
        "named": array(person for person, *_ in names),
        "days": array(day for _, day, _ in names),
        "keys": array(key for *_, key in names),
        "aliases": array(alias(key, day) for _, day, key in names),
    }
    known = Known()
    for kind, *row in prepared.rows(sql, [values.get(name, name) for name in parameters]):
        _KINDS[kind](known, *row)
    return known


def _is_reported(known: Known, impression: str, *before: Any) -> None:
    sequence, watched_ms, loops, _ = before
    known.reports[bytes.fromhex(impression.replace("-", ""))].append((sequence, watched_ms, loops))


def _is_so_far(known: Known, begun: str, mark: int, written: int, minute: int, _: Any) -> None:
    pace = Pace(minute, [int(one) for one in begun.split(",")])
    known.progress[mark] = Progress(written, pace)


def _is_shown(known: Known, clip: str, *shown: Any) -> None:
    *pk_creator_duration, whose = shown
    known.shown[whose, clip] = Shown(*pk_creator_duration)


def _is_paused(known: Known, _: Any, person: int, *__: Any) -> None:
    known.paused.add(person)


def _is_counted(known: Known, day: str, person: int, clip: int, *_: Any) -> None:
    known.counted.add((person, date.fromisoformat(day), clip))


_KINDS = (_is_reported, _is_so_far, _is_shown, _is_paused, _is_counted)
_REPORTS_AND_PROGRESS = """
SELECT kind, said, number, more, last, NULL::bigint
FROM feed_told(%s::uuid[], %s::date, %s::date, %s::bigint[])
"""
_GUESTS = """
UNION ALL
SELECT 2, c.public_id, c.pk, c.creator, c.duration_ms, NULL
FROM unnest(%s::text[]) AS asked (clip)
JOIN ({visible}) AS c (public_id, pk, creator, duration_ms) ON c.public_id = asked.clip
"""
_PEOPLE = """
UNION ALL
SELECT 2, c.public_id, c.pk, c.creator, c.duration_ms, asked.person
FROM unnest(%s::bigint[], %s::date[], %s::text[]) AS asked (person, adult_on, clip)
CROSS JOIN LATERAL ({visible}) AS c (public_id, pk, creator, duration_ms)
WHERE c.public_id = asked.clip
UNION ALL
SELECT 3, NULL, person_id, NULL, NULL, NULL
FROM feed_habit WHERE person_id = ANY (%s::bigint[]) AND paused_at IS NOT NULL
UNION ALL
SELECT 4, f.day::text, named.person, f.clip_id, NULL, NULL
FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[]) AS named (person, day, key, alias)
LEFT JOIN feed_habit AS habit ON habit.person_id = named.person
JOIN feed_viewing AS f ON f.day = named.day AND f.is_counted
    AND f.viewer = CASE WHEN habit.paused_at IS NULL THEN named.alias ELSE named.key END
"""
"""What was reported of impressions; how far viewers are; which clips they may see; who keeps no
history; what is counted of whom under another name. In the order of ``_KINDS``."""


@cache
def _read(*, of_guests: bool, of_people: bool) -> tuple[str, list[Any]]:
    """Return the statement that reads, and the names of its parameters, or what they always are."""
    sql, parameters = _REPORTS_AND_PROGRESS, ["slates", "first_day", "last_day", "marks"]
    if of_guests:
        visible, fixed = stand_in.compiled(_visible, AnonymousUser())
        sql += _GUESTS.format(visible=visible)
        parameters += ["guests_clips", *fixed]
    if of_people:
        visible, fixed = stand_in.compiled_for_rows(
            _visible, pk="asked.person", adult_on="asked.adult_on"
        )
        sql += _PEOPLE.format(visible=visible)
        parameters += ["people", "adult_on", "people_clips", *fixed]
        parameters += ["people", "named", "days", "keys", "aliases"]
    return sql, parameters


def _visible(viewer: Viewer) -> Any:
    clips = Clip.objects.visible_to(viewer).order_by()
    return clips.values_list("public_id", "pk", "creator_id", "duration_ms")


def write(sheets: Sequence[Sheet], known: Known) -> set[int]:
    """Write facts and what they add to; return the viewers whose were written. Queries: 1.

    None are of a viewer of whom others were written since it was read, and none at all where a
    clip went since. What is added is to be learnt: the same statement has it done, unless a job
    waits already.
    """
    if not sheets:
        return set()
    progress = [(viewer, *known.of(viewer)) for viewer in {sheet.of for sheet in sheets}]
    facts = [fact for sheet in sheets for fact in sheet.facts]
    given = dict(zip(Fact._fields, zip(*facts, strict=True), strict=True))
    clips = set(given["clip"])
    parameters = [
        numbers(clips),
        home(),
        numbers([viewer for viewer, *_ in progress]),
        numbers([written + 1 for _, written, _ in progress]),
        numbers([pace.minute for *_, pace in progress]),
        array(f'"{numbers(pace.begun)}"' for *_, pace in progress),
        len(clips),
        *map(array, zip(*map(_row, sheets), strict=True)),
        home(),
        numbers([place for place, sheet in enumerate(sheets, 1) for _ in sheet.facts]),
        *(numbers(given[name]) for name in _ADDED),
        home(),
        LEARN,
    ]
    return {viewer for (viewer,) in prepared.rows(WRITE, parameters)}


def _row(sheet: Sheet) -> tuple[Any, ...]:
    """Return a sheet as elements of arrays: what its facts say are texts of arrays themselves."""
    of, key, viewer, *others, facts = sheet
    columns = list(zip(*facts, strict=True))[: len(_SAID)]
    said = [f'"{numbers(one)}"' for one in columns]
    said[_SEEN] = _quoted(array([rf"\\x{seen}" for seen in columns[_SEEN]]))
    return of, _quoted(key), _quoted(viewer), *others, *said


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def array(elements: Iterable[Any]) -> str:
    """Write an array as Postgres reads it: as one text, a tenth as dear as element by element."""
    return f"{{{','.join(map(str, elements))}}}"


def numbers(elements: Collection[int]) -> str:
    """Write an array of whole numbers, or of what is so or not: a fifth as dear as one of texts."""
    return f"{{{msgspec.json.encode(elements)[1:-1].decode()}}}"


_SAID = ("places", "sequences", "clips", "counted", "watched_ms", "loops", "seen", "taps", "shares")
"""Columns of the facts of a sheet, in the order of ``Fact``."""
_SEEN = _SAID.index("seen")
_ADDED = ("clip", "more_ms", "more_loops", "enough_ms", "is_finished")
"""What is added of each fact to a watch."""
WRITE = f"""
WITH held AS MATERIALIZED (
    SELECT id FROM videos_clip WHERE id = ANY (%s::bigint[]) ORDER BY id FOR KEY SHARE
), came AS (
    INSERT INTO feed_tempo AS known (home_cell, viewer, written, minute, begun)
    SELECT %s, viewer, written, minute, begun::smallint[]
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[])
        AS new (viewer, written, minute, begun)
    WHERE (SELECT count(*) FROM held) = %s::bigint ORDER BY viewer
    ON CONFLICT (viewer) DO UPDATE SET
        written = excluded.written, minute = excluded.minute, begun = excluded.begun
        WHERE known.written = excluded.written - 1
    RETURNING viewer, written
), sheets AS MATERIALIZED (
    SELECT one.*, came.written FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[],
        %s::uuid[], %s::text[], %s::date[], %s::timestamptz[], %s::bool[],
        {", ".join(["%s::text[]"] * len(_SAID))})
        WITH ORDINALITY AS one (of, key, viewer, device, slate, source, day, at, is_kept,
            {", ".join(_SAID)}, n)
    JOIN came ON came.viewer = one.of
), facts AS (
    INSERT INTO feed_telling (home_cell, slate, written, viewer, device, source, day, at,
        {", ".join(_SAID)})
    SELECT %s, slate, written, viewer, decode(device, 'hex'), source, day, at, places::smallint[],
        sequences::smallint[], clips::bigint[], counted::bool[], watched_ms::int[],
        loops::smallint[], seen::bytea[], taps::smallint[], shares::smallint[]
    FROM sheets
), new AS MATERIALIZED (
    SELECT given.*, of, key, at, is_kept FROM unnest(%s::int[], %s::bigint[], %s::int[],
        %s::int[], %s::int[], %s::bool[]) AS given (n, {", ".join(_ADDED)})
    JOIN sheets USING (n) WHERE source <> '{Source.AD}'
), watched AS (
    INSERT INTO feed_watch AS known (home_cell, viewer, clip_id, served_at, watched_at,
        watched_ms, loops, stayed_at, completed_at, forgotten_at)
    SELECT %s, key, clip, at, CASE WHEN is_kept THEN at END, ms, least(loops, 32767),
        CASE WHEN is_kept AND ms >= enough_ms THEN at END,
        CASE WHEN is_finished THEN at END,
        CASE WHEN NOT is_kept THEN at END
    FROM (
        SELECT of, key, clip, max(at) AS at, least(sum(more_ms), 2147483647)::int AS ms,
            sum(more_loops) AS loops, max(enough_ms) AS enough_ms,
            bool_or(is_finished) AS is_finished, bool_and(is_kept) AS is_kept
        FROM new GROUP BY of, key, clip
    ) AS added ORDER BY of, clip
    ON CONFLICT (viewer, clip_id) DO UPDATE SET
        watched_ms = least(known.watched_ms::bigint + excluded.watched_ms, 2147483647),
        watched_at = coalesce(excluded.watched_at, known.watched_at),
        loops = least(known.loops + excluded.loops, 32767),
        stayed_at = coalesce(known.stayed_at, excluded.stayed_at, CASE
            WHEN known.watched_ms::bigint + excluded.watched_ms >= (
                SELECT least({ENOUGH_MS}, duration_ms / 2.0) FROM videos_clip
                WHERE id = known.clip_id)
            THEN excluded.watched_at END),
        completed_at = coalesce(known.completed_at, excluded.completed_at),
        forgotten_at = coalesce(excluded.forgotten_at, known.forgotten_at)
    RETURNING watched_at
), ordered AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock)
    SELECT 'learn', task, task, task FROM (VALUES (%s)) AS the (task)
    WHERE (SELECT count(watched_at) FROM watched) > 0
    ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
)
SELECT viewer FROM came
"""  # noqa: S608  (names of columns, no values)
