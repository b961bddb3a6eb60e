"""Reports of many viewers at one moment: read together, written together, each failing alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.feed import telling
from tests.feed.reported import AFTER
from tests.feed.telling import DEVICE, KEY, NOBODY
from vitrine.accounts.models import Block, Person
from vitrine.feed import believing, impressions, noting, pacing
from vitrine.feed.believing import Beacon, WatchEvent
from vitrine.feed.impressions import EXPIRES_AFTER
from vitrine.feed.models import Habit, Telling, Tempo, Viewing, Watch
from vitrine.feed.pacing import MINUTES, MOST_AN_HOUR, Pace
from vitrine.feed.plausible import Reason
from vitrine.feed.sources import Source
from vitrine.videos.models import Clip, Viewer, Visibility


def beacon(
    clip: Clip, ms: int = 6_000, *, to: str = KEY, viewer: Viewer = NOBODY, sequence: int = 0
) -> Beacon:
    """Make what a browser reports of a clip that was served at NOON."""
    event = WatchEvent(
        clip.public_id, telling.token(clip, to=to), telling.told(ms, sequence=sequence)
    )
    return believing.opened([event], key=to, viewer=viewer, device=DEVICE, at=make.NOON + AFTER)


@pytest.mark.django_db
def test_many_viewers_take_two_statements_and_each_report_fails_alone() -> None:
    clips = [make.clip() for _ in range(3)]
    hidden, adult = make.clip(visibility=Visibility.PRIVATE), make.person()
    told = [
        *(beacon(clip, to=f"v_{n}") for n, clip in enumerate(clips)),
        beacon(hidden, to="v_hidden"),
        beacon(clips[0], 60_000, to="v_fast"),
        beacon(clips[0], to=adult.public_id, viewer=adult),
    ]

    with CaptureQueriesContext(connection) as queries:
        answers = noting.note_all(told)

    assert len(queries) == 2
    assert answers == [
        *[(1, [])] * 3,
        (0, [Reason.HIDDEN]),
        (0, [Reason.TOO_FAST]),
        (1, []),
    ]
    assert Viewing.objects.count() == Watch.objects.count() == 4


@pytest.mark.django_db
def test_what_was_paid_to_be_shown_is_counted_and_says_nothing_of_its_viewer() -> None:
    wanted, new = make.clip(), make.clip()
    telling.watch(wanted, at=make.NOON - timedelta(hours=1))
    before = Watch.objects.values().get()

    for clip in (wanted, new):
        assert telling.watch(clip, 8_000, source=Source.AD) == 1

    assert Viewing.objects.filter(source="ad").count() == 2
    assert Watch.objects.values().get() == before


@pytest.mark.django_db
def test_what_is_known_of_reports_is_found_by_an_index_however_few_there_were() -> None:
    """Each connection plans once: where no fact was there, all of them were read ever after."""
    clip = make.clip()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE feed_telling, feed_tempo")
        reads = (
            "SELECT sum(seq_scan) FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE 'feed\\_telling%' OR relname = 'feed_tempo'"
        )
        cursor.execute(reads)
        before = cursor.fetchone()
        noting.read([beacon(clip)])
        cursor.execute(reads)
        assert cursor.fetchone() == before


@pytest.mark.django_db
def test_a_viewer_s_second_beacon_of_one_moment_builds_on_the_first() -> None:
    clip = make.clip()
    first = beacon(clip, 2_000)
    again = Beacon(
        first.key,
        first.mark,
        None,
        DEVICE,
        first.at,
        [first.reports[0]._replace(told=telling.told(8_000, sequence=1))],
        [],
    )

    assert noting.note_all([first, again, first]) == [(1, []), (1, []), (0, [Reason.REPLAYED])]

    watch = Watch.objects.get()
    assert (watch.watched_ms, watch.stayed_at) == (8_000, make.NOON + AFTER)
    assert [fact.watched_ms for fact in Viewing.objects.order_by("sequence")] == [2_000, 8_000]


@pytest.mark.django_db
def test_what_is_added_up_to_a_stay_is_one() -> None:
    clip = make.clip()

    noting.note_all([beacon(clip, 3_000)])
    assert Watch.objects.get().stayed_at is None
    noting.note_all([beacon(clip, 2_500)])

    assert Watch.objects.get().stayed_at == make.NOON + AFTER


@pytest.mark.django_db
def test_reports_that_were_read_before_the_viewers_last_are_not_written() -> None:
    """Two processes read at once: who writes later is refused by Postgres, and reads anew."""
    clip, one = make.clip(), beacon(make.clip())
    both = [one, beacon(clip, to="v_other")]
    stale = noting.read(both)
    late = [fact for each in both for fact in believing.believed(each, stale)[0]]
    assert noting.note_all([one]) == [(1, [])]

    written = noting.write(late, stale)

    assert written == {both[1].mark}
    assert sorted(Viewing.objects.values_list("viewer", flat=True)) == ["v_other", KEY]
    assert noting.note_all([one]) == [(0, [Reason.REPLAYED])]
    assert Watch.objects.get(viewer=KEY).watched_ms == 6_000


@pytest.mark.django_db
def test_a_turn_shows_each_person_what_they_may_see_and_no_more() -> None:
    creator, friend, blocked, child = (make.person() for _ in range(4))
    friend.follow(creator, at=make.NOON)
    Block.put(by=creator, on=blocked, at=make.NOON)
    Person.objects.filter(pk=child.pk).update(born_on=make.NOON.date() - timedelta(days=15 * 365))
    child = Person.objects.get(pk=child.pk)
    clips = [make.clip(creator, visibility=one) for one in Visibility]
    clips.append(make.clip(creator))
    Clip.objects.filter(pk=clips[-1].pk).update(is_mature=True)
    people = [creator, friend, blocked, child]
    told = [beacon(clip, to=p.public_id, viewer=p) for p in people for clip in clips]
    told += [beacon(clip, to="v_guest") for clip in clips]

    known = noting.read(told)

    for viewer in [*people, None]:
        seen = {clip for whose, clip in known.shown if whose == (viewer.pk if viewer else None)}
        visible = Clip.objects.visible_to(viewer or NOBODY)
        assert seen == set(visible.values_list("public_id", flat=True))
    assert known.shown[friend.pk, clips[0].public_id] == (clips[0].pk, creator.pk, 9_000)


@pytest.mark.django_db
def test_only_who_pauses_is_noted_without_a_history() -> None:
    clip, pauses, watches = make.clip(), make.person(), make.person()
    Habit.pause(pauses, at=make.NOON)

    noting.note_all([beacon(clip, to=p.public_id, viewer=p) for p in (pauses, watches)])

    kept = {watch.viewer: watch for watch in Watch.objects.all()}
    assert kept[pauses.public_id].forgotten_at == make.NOON + AFTER
    assert (kept[pauses.public_id].watched_ms, kept[pauses.public_id].watched_at) == (0, None)
    assert kept[watches.public_id].watched_ms == 6_000
    assert pauses.public_id not in Viewing.objects.values_list("viewer", flat=True)


@pytest.mark.django_db
def test_nothing_is_written_where_a_clip_went_since_it_was_read() -> None:
    one = beacon(make.clip())
    known = noting.read([one])
    (sheet,), _ = believing.believed(one, known)
    sheet.facts[0] = sheet.facts[0]._replace(clip=sheet.facts[0].clip + 1_000)

    assert noting.write([sheet], known) == set()

    assert [each.objects.count() for each in (Telling, Tempo, Watch)] == [0, 0, 0]


@pytest.mark.django_db
def test_what_is_told_of_one_page_is_one_row() -> None:
    clips, served = [make.clip() for _ in range(3)], make.NOON
    names = [clip.public_id for clip in clips]
    page = impressions.tokens(names[:2], to=KEY, source=Source.FOR_YOU, at=served)
    other = impressions.tokens(names[2:], to=KEY, source=Source.LINK, at=served)
    events = [
        WatchEvent(name, mark, telling.told(5_000 + n))
        for n, (name, mark) in enumerate(zip(names, [*page, *other], strict=True))
    ]
    at = served + AFTER

    one = believing.opened(events, key=KEY, viewer=NOBODY, device=DEVICE, at=at)
    assert noting.note_all([one, one]) == [(3, []), (0, [Reason.REPLAYED] * 3)]

    told = Telling.objects.order_by("source").values_list("source", "places", "clips", "watched_ms")
    assert list(told) == [
        ("for_you", [0, 1], [clips[0].pk, clips[1].pk], [5_000, 5_001]),
        ("link", [0], [clips[2].pk], [5_002]),
    ]
    assert Viewing.objects.count() == Watch.objects.count() == 3


@pytest.mark.django_db
def test_text_reaches_postgres_as_it_is() -> None:
    clip, odd = make.clip(), 'v_"\\, {}'

    assert noting.note_all([beacon(clip, to=odd)]) == [(1, [])]

    assert Viewing.objects.get().viewer == Watch.objects.get().viewer == odd


@pytest.mark.django_db
def test_how_fast_somebody_was_is_forgotten_once_no_token_of_theirs_is_read() -> None:
    noting.note_all([beacon(make.clip())])
    last = make.NOON + AFTER + EXPIRES_AFTER + timedelta(hours=1)

    Tempo.forget(at=last)
    assert Tempo.objects.get().begun == [1]
    Tempo.forget(at=last + timedelta(minutes=1))

    assert not Tempo.objects.exists()


def test_no_hour_has_more_clips_than_the_most() -> None:
    pace, begun = Pace(), list[int]()
    for minute in range(1_000, 1_300):
        pace.advance(minute)
        now = min(pace.room(), 25)
        pace.begun[-1] += now
        begun.append(now)

    assert max(sum(begun[n : n + MINUTES]) for n in range(len(begun))) == MOST_AN_HOUR
    assert len(pace.begun) == MINUTES


def test_a_clock_that_goes_back_lets_nobody_begin_more() -> None:
    pace = Pace()
    pace.advance(1_000)
    pace.begun[-1] = MOST_AN_HOUR

    pace.advance(990)

    assert (pace.room(), pace.minute) == (0, 1_000)
    pace.advance(1_000 + pacing.MINUTES)
    assert pace.room() == MOST_AN_HOUR
