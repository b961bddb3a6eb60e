"""Note what a viewer did with the clips that were served."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Case, F, When

from vitrine.accounts.models import Person
from vitrine.feed import impressions, plausible, rejections
from vitrine.feed.aliases import alias
from vitrine.feed.days import local_day
from vitrine.feed.impressions import Impression, NotBelieved
from vitrine.feed.models import Habit, Slate, Unwanted, Viewing, Watch
from vitrine.feed.plausible import Reason, Told
from vitrine.videos.models import Clip, Viewer

MOST_AN_HOUR = 1_200
"""Clips that one viewer can begin in an hour: one every three seconds."""

Known = dict[object, list[tuple[int, int, int]]]


class WatchEvent(NamedTuple):
    """All that happened so far in one impression, as the browser reports it. clip: a public id."""

    clip: str
    token: str
    told: Told


class _Believed(NamedTuple):
    """A report that may be true, and the clip it is about."""

    impression: Impression
    clip: int
    creator: int
    duration_ms: int
    told: Told


class _Names(NamedTuple):
    """What a viewer is called in the facts. other: by day, where no history is kept.

    counted: clips and days that are counted under the name that is not used now.
    """

    key: str
    other: Mapping[date, str]
    is_paused: bool = False
    counted: AbstractSet[tuple[int, date]] = frozenset()


def note(
    events: Sequence[WatchEvent], *, key: str, viewer: Viewer, device: bytes, at: datetime
) -> int:
    """Note reports of watching as facts, once each, and in what the feed knows of its viewer.

    Whatever cannot be true is counted by reason and changes nothing. Returns how many were
    accepted. Locks: the viewer. Queries: 6, and 2 for a person.
    """
    refused: list[Reason] = []
    believed = list(_believed(events, key, viewer, refused, at))
    accepted = _write(believed, key, viewer, device, refused, at) if believed else 0
    rejections.note(refused)
    return accepted


def _believed(
    events: Sequence[WatchEvent], key: str, viewer: Viewer, refused: list[Reason], at: datetime
) -> Iterable[_Believed]:
    """Yield what may be true, at most one report of each impression: the latest."""
    opened: dict[object, tuple[Impression, WatchEvent]] = {}
    for event in sorted(events, key=lambda event: event.told.sequence):
        try:
            impression = impressions.read(event.token, clip=event.clip, viewer=key, at=at)
        except NotBelieved as why:
            refused.append(why.reason)
            continue
        if impression.id in opened:
            refused.append(Reason.REPLAYED)
        opened[impression.id] = (impression, event)
    if not opened:
        return
    clips = {
        public_id: rest
        for public_id, *rest in Clip.objects.visible_to(viewer)
        .filter(public_id__in={event.clip for _, event in opened.values()})
        .values_list("public_id", "pk", "creator", "duration_ms")
    }
    for impression, event in opened.values():
        if event.clip not in clips:
            refused.append(Reason.HIDDEN)
            continue
        pk, creator, duration_ms = clips[event.clip]
        seen = plausible.trimmed(event.told.seen, duration_ms=duration_ms)
        elapsed = (at - impression.served_at) / timedelta(milliseconds=1)
        told = event.told._replace(seen=seen)
        reason = plausible.fault(told, elapsed_ms=int(elapsed), duration_ms=duration_ms)
        if reason:
            refused.append(reason)
        else:
            yield _Believed(impression, pk, creator, duration_ms, plausible.counted(told))


@transaction.atomic
def _write(
    believed: list[_Believed],
    key: str,
    viewer: Viewer,
    device: bytes,
    refused: list[Reason],
    at: datetime,
) -> int:
    """Write the facts that do not contradict what is known, and add them to the viewer's watches.

    One viewer's reports wait for each other: each is compared with all that came before it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 9))", [key])
    days = {local_day(each.impression.served_at) for each in believed}
    names = _names(key, viewer, days)
    known: Known = defaultdict(list)
    for impression, *row in Viewing.objects.filter(
        impression__in=[each.impression.id for each in believed]
    ).values_list("impression", "sequence", "watched_ms", "loops"):
        known[impression].append((row[0], row[1], row[2]))
    room = MOST_AN_HOUR - _begun(names, at)
    rows: list[Viewing] = []
    stretches: dict[int, list[int]] = {}
    for each in believed:
        before = known[each.impression.id]
        reason = plausible.against(each.told, [(sequence, ms) for sequence, ms, _ in before])
        if not reason and not before and (room := room - 1) < 0:
            reason = Reason.TOO_MANY
        if reason:
            refused.append(reason)
            continue
        rows.append(_fact(each, names, viewer, device, at))
        _add(stretches.setdefault(each.clip, [0, 0, 0]), each, before)
    Viewing.objects.bulk_create(rows)
    if names.is_paused:
        Watch.objects.pass_by(list(stretches), to=key, at=at)
    else:
        Watch.objects.add(stretches, to=key, at=at)
    return len(rows)


def _names(key: str, viewer: Viewer, days: Iterable[date]) -> _Names:
    """Return what a viewer is called in the facts. Queries: 0 for a visitor, else 2."""
    if not isinstance(viewer, Person):
        return _Names(key, {})
    other = {day: alias(key, day) for day in days}
    is_paused = Habit.of(viewer).paused_at is not None
    elsewhere = [key] if is_paused else list(other.values())
    counted = Viewing.objects.filter(viewer__in=elsewhere, day__in=other, is_counted=True)
    return _Names(key, other, is_paused, set(counted.values_list("clip", "day")))


def _begun(names: _Names, at: datetime) -> int:
    """Count the clips that a viewer began in the last hour. Queries: 1."""
    both = [names.key, *names.other.values()]
    recent = Viewing.objects.filter(viewer__in=both, at__gt=at - timedelta(hours=1))
    return recent.values("impression").distinct().count()


def _fact(each: _Believed, names: _Names, viewer: Viewer, device: bytes, at: datetime) -> Viewing:
    is_staff = isinstance(viewer, Person) and viewer.is_staff
    day = local_day(each.impression.served_at)
    # A view is counted once a day under either name.
    is_counted = (
        not is_staff and viewer.pk != each.creator and (each.clip, day) not in names.counted
    )
    return Viewing(
        impression=each.impression.id,
        clip_id=each.clip,
        viewer=names.other[day] if names.is_paused else names.key,
        device=device,
        source=each.impression.source,
        day=day,
        at=at,
        is_counted=is_counted,
        **each.told._asdict(),
    )


def _add(stretch: list[int], each: _Believed, before: list[tuple[int, int, int]]) -> None:
    """Add what a report tells beyond the highest that was known of its impression."""
    stretch[0] += max(each.told.watched_ms - max((ms for _, ms, _ in before), default=0), 0)
    stretch[1] += max(each.told.loops - max((loops for *_, loops in before), default=0), 0)
    stretch[2] |= plausible.is_finished(each.told, duration_ms=each.duration_ms)


def take_back(clips: Sequence[str] | None = None, *, key: str) -> int:
    """Forget that clips were served which never came on screen, so that they can come later.

    clips: by public id; None for all. Returns how many. Queries: 1.
    """
    watches = Watch.objects.filter(
        viewer=key, watched_ms=0, completed_at=None, hidden_at=None, forgotten_at=None
    )
    if clips is not None:
        watches = watches.filter(clip__public_id__in=clips)
    taken, _ = watches.delete()
    return taken


def hide(clip: Clip, *, key: str, at: datetime) -> None:
    """Never show a clip to the viewer again, also not after starting over. Queries: 1.

    It counts as the last thing they did, so that the next page knows of it.
    """
    Watch.objects.update_or_create(
        viewer=key,
        clip=clip,
        defaults={"hidden_at": at, "watched_at": at},
        create_defaults={"hidden_at": at, "watched_at": at, "served_at": at},
    )


def unhide(clip: Clip, *, key: str) -> None:
    """Treat a clip as any other that was shown; again is no error. Queries: 1.

    One that was not watched says nothing about its viewer any more.
    """
    watched_at = Case(When(watched_ms__gt=0, then=F("watched_at")))
    hidden = Watch.objects.filter(viewer=key, clip=clip, hidden_at__isnull=False)
    hidden.update(hidden_at=None, watched_at=watched_at)


def start_over(*, key: str) -> None:
    """Forget what the viewer has seen and how, so that the next page is as for a new one.

    Of what is hidden stays that it is, and of what is unwanted all of it; whom they follow is no
    matter of watching. The facts that views are counted from stay. Queries: 3.
    """
    Slate.objects.filter(viewer=key).delete()
    Watch.objects.filter(viewer=key, hidden_at=None).delete()
    Watch.objects.filter(viewer=key).update(
        watched_at=None, watched_ms=0, loops=0, stayed_at=None, completed_at=None
    )


def forget_viewer(key: str) -> None:
    """Forget a viewer. The facts stay, since counts stand on them, under a name of nobody's.

    Queries: 4.
    """
    Slate.objects.filter(viewer=key).delete()
    Unwanted.objects.filter(viewer=key).delete()
    Watch.objects.filter(viewer=key).delete()
    Viewing.objects.filter(viewer=key).update(viewer=f"x_{secrets.token_urlsafe(16)}")


def forget(*, before: datetime) -> int:
    """Delete watches of clips that were served before an instant; return how many. Queries: 3.

    The data map promises it; a clip may then come again, unless the viewer hid it. With their
    cookie goes what a visitor did not want.
    """
    Unwanted.forget_visitors(before=before)
    Slate.objects.filter(served_at__lt=before).delete()
    deleted, _ = Watch.objects.filter(served_at__lt=before, hidden_at=None).delete()
    return deleted
