"""A timer that nobody starts any more is seen."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate import Blueprint

from tests import make
from vitrine.timers import invariants, recording, standing
from vitrine.timers.models import Timer

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that goes on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.now = make.NOON

    def __call__(self) -> datetime:
        self.now += MINUTE
        return self.now


@pytest.fixture
def app() -> Blueprint:
    """Make an app with a timer that goes well, one that breaks, and a job that is none."""
    made = Blueprint()

    @made.periodic(cron="0 * * * *")
    @made.task(name="good")
    def good(timestamp: int) -> str:
        return "done"

    @made.periodic(cron="*/5 * * * *")
    @made.task(name="bad")
    def bad(timestamp: int) -> None:
        raise ValueError("with somebody’s address in it")

    @made.task(name="once")
    def once() -> None: ...

    return made


def test_runs_are_remembered_with_how_they_ended(app: Blueprint) -> None:
    recording.record_all(app, clock=Clock())

    assert app.tasks["good"].func(timestamp=0) == "done"
    with pytest.raises(ValueError, match="somebody"):
        app.tasks["bad"].func(timestamp=0)

    good, bad = Timer.objects.get(name="good"), Timer.objects.get(name="bad")
    assert good.begun_at is not None
    assert good.finished_at == good.begun_at + MINUTE
    assert (good.failed_at, bad.finished_at) == (None, None)
    assert (bad.failed_at, bad.failure) == (bad.begun_at + MINUTE, "ValueError")  # type: ignore[operator]
    assert Timer.objects.count() == 2


def test_a_turn_that_takes_its_worker_along_is_not_called_begun(app: Blueprint) -> None:
    recording.record_all(app, clock=lambda: make.NOON)

    def die(timestamp: int) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        recording.recorded("good", die, clock=Clock())(timestamp=0)

    assert Timer.objects.get(name="good").begun_at is None
    assert [one.is_late for one in standing.all_of(app, at=make.NOON + 71 * MINUTE)] == [True, True]


def test_a_timer_that_waits_is_remembered_too(app: Blueprint) -> None:
    @app.periodic(cron="0 * * * *")
    @app.task(name="waits")
    async def waits(timestamp: int) -> str:
        return "done"

    Timer.objects.create(name="waits", known_at=make.NOON)
    run: Any = recording.recorded("waits", waits.func, clock=Clock())

    assert async_to_sync(run)(timestamp=0) == "done"
    assert Timer.objects.get(name="waits").finished_at is not None


def test_late_ones_come_first_then_broken_ones(app: Blueprint) -> None:
    recording.record_all(app, clock=lambda: make.NOON)
    Timer.objects.filter(name="bad").update(
        begun_at=make.NOON + 55 * MINUTE, failed_at=make.NOON + 55 * MINUTE, failure="ValueError"
    )

    on_time = standing.all_of(app, at=make.NOON + 60 * MINUTE)
    later = standing.all_of(app, at=make.NOON + 71 * MINUTE)

    assert [(one.name, one.is_late, one.is_broken) for one in on_time] == [
        ("bad", False, True),
        ("good", False, False),
    ]
    assert {one.name for one in later if one.is_late} == {"bad", "good"}
    assert on_time[1].due_at == make.NOON + 60 * MINUTE


def test_a_timer_that_no_worker_ever_had_is_not_called_late(app: Blueprint) -> None:
    assert [one.is_late for one in standing.all_of(app, at=make.NOON)] == [False, False]


@pytest.fixture
def _worker_runs(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")


@pytest.mark.usefixtures("_worker_runs")
def test_the_check_sees_late_timers_while_a_worker_runs() -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Timer.objects.create(name="ledger.seal", known_at=long_ago, begun_at=long_ago)

    found = invariants.timers_run()

    assert len(found.violations) == 1
    assert found.violations[0].startswith("ledger.seal is late")


def test_a_cell_that_is_down_is_late_with_nothing() -> None:
    Timer.objects.create(name="ledger.seal", known_at=make.NOON)

    assert invariants.timers_run().violations == []


def test_staff_see_late_timers_first(client: Client) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    Timer.objects.create(name="videos.sweep", known_at=long_ago, begun_at=long_ago)
    client.force_login(make.person(is_staff=True))

    page = client.get("/desk/timers/").content.decode()

    assert "No worker runs" in page
    assert page.index("videos.sweep") < page.index("ledger.seal")
    assert page.index("Late") < page.index("Never ran")
    client.force_login(make.person())
    assert client.get("/desk/timers/").status_code == 404
