"""Drafts go out on time: once, whenever a worker is there, and never lost silently."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import connection

from tests import make
from vitrine.kernel.errors import Refusal
from vitrine.videos import scheduling
from vitrine.videos.models import Clip, IsOut

SOURCE = Path(__file__).resolve().parents[2] / "src"
DUE = make.NOON + timedelta(hours=1)
KILLED_IN_THE_MIDDLE = """
import os, signal, sys, django
django.setup()
from datetime import datetime
from vitrine.videos import scheduling
from vitrine.videos.models import Clip
publish, lived = Clip.publish, int(sys.argv[2])

def mortal(clip, *, at):
    global lived
    publish(clip, at=at)
    lived -= 1
    if lived < 0:
        os.kill(os.getpid(), signal.SIGKILL)

Clip.publish = mortal
scheduling.publish_due(at=datetime.fromisoformat(sys.argv[1]))
"""


def planned() -> Clip:
    """Make a draft that is to go out at DUE."""
    return make.clip(draft=True, description="A lamp turns.", scheduled_at=DUE)


def state(clip: Clip) -> tuple[object, ...]:
    clip.refresh_from_db()
    return clip.published_at, clip.scheduled_at, clip.schedule_trouble


@pytest.mark.django_db
def test_a_draft_goes_out_when_its_time_has_come_and_not_before() -> None:
    clip, other = planned(), make.clip(draft=True)

    early = scheduling.publish_due(at=DUE - timedelta(seconds=1))
    before = state(clip)
    on_time = scheduling.publish_due(at=DUE)
    again = scheduling.publish_due(at=DUE + timedelta(minutes=1))

    assert (early, on_time, again) == (0, 1, 0)
    assert before == (None, DUE, "")
    assert state(clip) == (DUE, None, "")
    assert state(other) == (None, None, "")


@pytest.mark.django_db
def test_a_worker_that_was_away_for_days_publishes_at_once() -> None:
    clip, late = planned(), DUE + timedelta(days=9)

    scheduling.publish_due(at=late)

    assert state(clip) == (late, None, "")


@pytest.mark.django_db
def test_what_is_not_ready_says_why_and_goes_out_as_soon_as_it_plays() -> None:
    clip = planned()
    clip.renditions.all().delete()

    scheduling.publish_due(at=DUE)
    told = state(clip)
    make.rendition(clip)
    scheduling.publish_due(at=DUE + timedelta(minutes=4))

    assert told[:2] == (None, DUE)
    assert "still being prepared" in str(told[2])
    assert state(clip) == (DUE + timedelta(minutes=4), None, "")


@pytest.mark.django_db
def test_trying_ends_a_day_after_the_first_refusal_and_the_reason_stays() -> None:
    clip, first = planned(), DUE + timedelta(days=3)
    clip.renditions.all().delete()

    scheduling.publish_due(at=first)
    scheduling.publish_due(at=first + timedelta(hours=23))
    clip.refresh_from_db()
    since = clip.schedule_refused_at
    make.rendition(clip)
    scheduling.publish_due(at=first + timedelta(hours=24))

    assert since == first
    assert state(clip)[:2] == (None, DUE)
    assert clip.schedule_trouble
    clip.schedule(out_at=first + timedelta(days=2))
    assert scheduling.publish_due(at=first + timedelta(days=2)) == 1


@pytest.mark.django_db
def test_any_refusal_is_told_alike_and_costs_the_others_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class NotDescribed(Refusal):
        """Stands for whatever else publishing may ask for."""

        message: ClassVar[str] = "Say in one line what happens."

    refused, other = planned(), planned()
    publish = Clip.publish

    def picky(clip: Clip, **at: object) -> None:
        if clip == refused:
            raise NotDescribed
        publish(clip, **at)  # type: ignore[arg-type]

    monkeypatch.setattr(Clip, "publish", picky)

    assert scheduling.publish_due(at=DUE) == 1
    assert state(refused) == (None, DUE, "Say in one line what happens.")
    assert state(other)[0] == DUE


@pytest.mark.django_db
def test_publishing_deleting_and_cancelling_end_the_plan() -> None:
    published, deleted, cancelled = planned(), planned(), planned()
    published.publish(at=make.NOON)
    deleted.delete(at=make.NOON)
    cancelled.unschedule()
    published.unpublish()

    assert scheduling.publish_due(at=DUE + timedelta(days=1)) == 0
    for clip in (published, deleted, cancelled):
        assert state(clip) == (None, None, "")


@pytest.mark.django_db
def test_what_is_out_takes_no_plan() -> None:
    clip = make.clip()

    with pytest.raises(IsOut):
        clip.schedule(out_at=DUE)

    assert state(clip) == (make.NOON, None, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lived", [0, 1])
def test_a_worker_killed_in_the_middle_leaves_each_draft_as_it_was_or_out(lived: int) -> None:
    clips = [planned(), planned()]
    database = connection.settings_dict
    url = "postgresql://{USER}@/{NAME}?host={HOST}&port={PORT}".format_map(database)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED_IN_THE_MIDDLE, DUE.isoformat(), str(lived)],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "VITRINE_DATABASE_URL": url},
    )

    assert killed.returncode == -signal.SIGKILL
    assert [state(clip)[0] for clip in clips].count(DUE) == lived
    assert scheduling.publish_due(at=DUE + timedelta(minutes=1)) == 2 - lived
    assert all(state(clip)[0] for clip in clips)
