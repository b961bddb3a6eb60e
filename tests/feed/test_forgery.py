"""Reports that are not believed: ten thousand of them move nothing."""

import base64
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import make
from tests.feed import telling
from tests.feed.reported import AFTER, counted, note, refused
from tests.feed.telling import DEVICE, KEY, NOBODY
from vitrine.feed import impressions, pacing, plausible, watching
from vitrine.feed.believing import WatchEvent
from vitrine.feed.models import Viewing
from vitrine.feed.plausible import Reason
from vitrine.videos.models import Clip, Visibility

A_BEACON = 10
"""Reports that one request carries here."""
FORGERS: list[tuple[Reason, Callable[[Clip, random.Random], tuple[WatchEvent, str, timedelta]]]] = [
    (
        Reason.FORGED,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                base64.urlsafe_b64encode(dice.randbytes(39)).decode(),
                telling.told(6_000),
            ),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.FORGED,
        lambda clip, dice: (
            WatchEvent(clip.public_id, _bitten(telling.token(clip), dice), telling.told(6_000)),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.NOT_YOURS,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            f"v_{dice.randrange(10**9)}",
            AFTER,
        ),
    ),
    (
        Reason.EXPIRED,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            impressions.EXPIRES_AFTER + timedelta(seconds=dice.randint(1, 10**6)),
        ),
    ),
    (
        Reason.FUTURE,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            -timedelta(seconds=dice.randint(6, 10**6)),
        ),
    ),
    (
        Reason.TOO_FAST,
        lambda clip, dice: (
            WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000)),
            KEY,
            timedelta(milliseconds=dice.randint(0, 4_200)),
        ),
    ),
    (
        Reason.TOO_MUCH,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                telling.token(clip),
                telling.told(1_000, loops=dice.randint(3, 10_000)),
            ),
            KEY,
            AFTER,
        ),
    ),
    (
        Reason.TOO_MUCH,
        lambda clip, dice: (
            WatchEvent(
                clip.public_id,
                telling.token(clip),
                telling.told(6_000, taps=dice.randint(26, 10_000)),
            ),
            KEY,
            AFTER,
        ),
    ),
]


def _bitten(token: str, dice: random.Random) -> str:
    raw = bytearray(base64.urlsafe_b64decode(token))
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return base64.urlsafe_b64encode(raw).decode()


@pytest.mark.django_db
def test_ten_thousand_forged_reports_move_nothing() -> None:
    clip, dice = make.clip(), random.Random(3)
    telling.watch(clip, to="v_real")
    real = WatchEvent(clip.public_id, telling.token(clip), telling.told(6_000))
    note(real)
    before, facts = counted(clip), Viewing.objects.count()
    assert (before.taps, before.shares) == (0, 0)

    for number in range(900):
        _, forge = FORGERS[number % len(FORGERS)]
        events, keys, times = zip(*(forge(clip, dice) for _ in range(A_BEACON)), strict=True)
        assert note(*events, key=keys[0], after=times[0]) == 0
    for number in range(100):  # what was true once, again and again
        again = [real] * A_BEACON
        assert note(*again, after=AFTER + timedelta(milliseconds=number)) == 0

    assert counted(clip) == before
    assert (before.reach, before.qualified) == (2, 2)
    assert Viewing.objects.count() == facts
    by_reason = refused()
    assert sum(by_reason.values()) == 10_000
    assert by_reason[Reason.REPLAYED] == 1_000
    assert set(by_reason) == {reason for reason, _ in FORGERS} | {Reason.REPLAYED}


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(len(FORGERS)))
def test_each_forgery_is_refused_for_its_reason(place: int) -> None:
    reason, forge = FORGERS[place]
    event, key, after = forge(make.clip(), random.Random(1))

    assert note(event, key=key, after=after) == 0

    assert refused() == {reason: 1}
    assert not Viewing.objects.exists()


@pytest.mark.django_db
def test_one_impression_brings_so_many_taps_and_no_more() -> None:
    clip = make.clip()

    assert telling.watch(clip, 60_000, taps=90, shares=30) == 1

    count = counted(clip)
    assert (count.taps, count.shares) == (plausible.MOST_TAPS, plausible.MOST_TAPS)


@pytest.mark.django_db
def test_a_token_of_another_clip_is_forged() -> None:
    clip, other = make.clip(), make.clip()

    assert telling.watch(clip, token=telling.token(other)) == 0

    assert refused() == {Reason.FORGED: 1}


@pytest.mark.django_db
def test_a_clip_that_was_taken_back_since_is_not_counted() -> None:
    clip = make.clip(visibility=Visibility.PRIVATE)

    assert telling.watch(clip) == 0

    assert refused() == {Reason.HIDDEN: 1}


@pytest.mark.django_db
def test_a_report_cannot_take_back_what_an_earlier_one_said() -> None:
    clip = make.clip()
    token = telling.token(clip)
    telling.watch(clip, 6_000, token=token, sequence=5)

    later_less = telling.watch(clip, 2_000, token=token, sequence=6)
    earlier_more = telling.watch(clip, 8_000, token=token, sequence=4)
    earlier_less = telling.watch(clip, 3_000, token=token, sequence=1)

    assert (later_less, earlier_more, earlier_less) == (0, 0, 1)
    assert refused() == {Reason.BACKWARDS: 2}
    assert counted(clip).watched_ms == 6_000


@pytest.mark.django_db
def test_nobody_begins_more_clips_in_an_hour_than_there_is_time_for() -> None:
    clip = make.clip()
    marks = [telling.token(clip) for _ in range(pacing.MOST_AN_HOUR + 3)]
    events = [WatchEvent(clip.public_id, mark, telling.told(6_000)) for mark in marks]

    for start in range(0, len(events), 300):
        watching.note(
            events[start : start + 300], key=KEY, viewer=NOBODY, device=DEVICE, at=make.NOON + AFTER
        )

    assert counted(clip).reach == pacing.MOST_AN_HOUR
    assert refused() == {Reason.TOO_MANY: 3}
    assert note(events[0]._replace(told=telling.told(7_000, sequence=1))) == 1
