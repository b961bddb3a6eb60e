"""Each kind of job, something for it to do, and how to see that it was done once.

A job's process may die at any moment; the rescue then runs it again from its beginning
(tests/ops/test_worker.py). So each is killed before each of its steps, run again, and looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.catalog.feeding import lamp, shopify
from tests.feed import telling
from tests.market import applying
from vitrine.accounts.models import Notice
from vitrine.catalog import applying as catalog_applying
from vitrine.catalog import import_uploads, importing, joining
from vitrine.catalog.models import ImportReport, LowStock, Product, Role, Stock, Tag
from vitrine.catalog.verdicts import Outcome
from vitrine.feed import counting
from vitrine.feed.days import local_day
from vitrine.feed.models import ClipDay, Delivery, Tempo, Watch
from vitrine.kernel import storage
from vitrine.search.models import ClipEntry, ProductEntry, Word
from vitrine.videos.models import Clip, Encoding, EncodingState, Like


@dataclass(frozen=True)
class Job:
    """One job. arguments: its task's. is_done: asserts that its effect is there, once.

    lived: asserts what is promised besides, as long as no process dies. at: what its clock says;
    None: the time.
    """

    arguments: dict[str, Any]
    is_done: Callable[[], None]
    lived: Callable[[], None] = lambda: None
    at: datetime | None = None


CASES: dict[str, Callable[[], Job]] = {}
"""Task name -> what makes a job of it."""

ELSEWHERE = {
    "videos.encode": "tests/videos/test_kills.py::"
    "test_a_worker_killed_at_any_moment_loses_nothing_and_shows_nothing_half",
    "vitrine.orders.tasks.forget_card": "tests/orders/test_kills.py::"
    "test_a_card_is_forgotten_at_stripe_though_its_job_is_killed",
}
"""Task name -> the test that kills it: an encode by the clock, a card at its bank."""


def kills(task: str) -> Callable[[Callable[[], Job]], Callable[[], Job]]:
    """Say which task a case is for."""

    def register(case: Callable[[], Job]) -> Callable[[], Job]:
        CASES[task] = case
        return case

    return register


def periodic(is_done: Callable[[], None]) -> Job:
    """Return a job of a task that a timer starts."""
    return Job({"timestamp": 0}, is_done)


def assert_only_last_left(rows: list[Any]) -> None:
    """Assert that of these rows only the last is left."""
    kept = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
    assert list(kept) == rows[-1:]


def with_files(clip: Clip) -> Clip:
    """Put bytes where a made clip's renditions say that theirs are."""
    for one in clip.renditions.all():
        storage.put(one.key, bytes(one.size))
    return clip


def letters(said: str) -> int:
    """Count the letters that say something: each is a file, so that those of the dead count."""
    folder: Path = settings.VITRINE_DATA / "mail"
    return sum(said in letter.read_text() for letter in folder.iterdir())


def posting(
    arguments: dict[str, Any], said: str, besides: Callable[[], None] = lambda: None
) -> Job:
    """Return a job of a letter that goes at least once: one that dies with it may send a second.

    besides: asserts what else it does.
    """

    def is_done() -> None:
        assert letters(said) in (1, 2)
        besides()

    def lived() -> None:
        assert letters(said) == 1

    return Job(arguments, is_done, lived)


# Mail about a shop ------------------------------------------------------------------------------


@kills("catalog.tell_applicant")
def tell_applicant() -> Job:
    application = applying.submitted()
    verdict = catalog_applying.decide(
        application,
        by=make.person(),
        outcome=Outcome.RETURN,
        reason="paper",
        words="The extract is cut off.",
        at=make.NOON,
    )
    owner = applying.owner_of(application.merchant)
    arguments = {"verdict_id": verdict.pk, "person_id": owner.pk}
    return posting(arguments, f"/market/{application.merchant.slug}/application/")


@kills("catalog.tell_invited")
def tell_invited() -> Job:
    shop, now = make.merchant(), timezone.now()
    owner = applying.owner_of(shop)
    invitation = joining.invite(
        shop, person=None, email="new@example.org", role=Role.ORDERS, by=owner, at=now
    )
    return posting({"invitation_id": invitation.pk}, invitation.path)


# What is counted --------------------------------------------------------------------------------


@kills("feed.count")
def count_views() -> Job:
    clip, at = with_files(make.clip()), timezone.now() - timedelta(minutes=1)
    telling.watch(clip, at=at)

    def is_done() -> None:
        (day,) = ClipDay.objects.filter(clip=clip)
        assert (day.reach, day.qualified, day.day) == (1, 1, local_day(at))

    return periodic(is_done)


@kills("feed.refine")
def refine() -> Job:
    clip = with_files(make.clip())
    telling.watch(clip, at=timezone.now() - timedelta(minutes=1))
    counting.roll_up(at=timezone.now())

    def is_done() -> None:
        assert Encoding.objects.get(clip=clip).state == EncodingState.WAITING
        ordered = ProcrastinateJob.objects.filter(
            task_name="videos.encode", args__encoding_id=clip.encoding.pk
        )
        assert ordered.count() == 1

    return periodic(is_done)


@kills("feed.forget")
def forget_watches() -> Job:
    clip, now = with_files(make.clip()), timezone.now()
    watches = [
        Watch.objects.create(viewer="v_1", clip=with_files(make.clip()), served_at=now - ago)
        for ago in (timedelta(days=31), timedelta(days=29))
    ]
    Tempo.objects.create(viewer=clip.pk, written=1, minute=1, begun=[1])

    def is_done() -> None:
        assert_only_last_left(watches)
        assert not Tempo.objects.filter(viewer=clip.pk).exists()
        assert counting.make_room(at=timezone.now()) == 0

    return periodic(is_done)


@kills("feed.forget_deliveries")
def forget_deliveries() -> Job:
    clip, now = with_files(make.clip()), timezone.now()
    sent = [
        Delivery.objects.create(clip=clip, device=f"device {days}".encode()[:8], first_at=now - ago)
        for days, ago in ((1, timedelta(days=31)), (2, timedelta(days=29)))
    ]
    return periodic(lambda: assert_only_last_left(sent))


@kills("search.add_words")
def add_words() -> Job:
    word = f"lantern{Clip.objects.count()}x"
    with_files(make.clip(title=f"A {word}", published_at=timezone.now()))
    return periodic(lambda: _assert_known_once(word))


@kills("search.count")
def count_words() -> Job:
    word = f"kettle{Clip.objects.count()}x"
    clip = with_files(make.clip(title=f"A {word}"))
    Like.give(clip, by=make.person(), at=timezone.now())

    def is_done() -> None:
        _assert_known_once(word)
        assert ClipEntry.objects.get(clip=clip).received == 1

    return periodic(is_done)


@kills("search.turn")
def turn() -> Job:
    product = make.variant(stock=3).product

    def is_done() -> None:
        assert ProductEntry.objects.get(product=product).in_stock

    return periodic(is_done)


def _assert_known_once(word: str) -> None:
    assert Word.objects.get(word=word).texts == 1


# What is forgotten, and imported ----------------------------------------------------------------


@kills("catalog.import_feed")
def import_feed() -> Job:
    shop = make.merchant()
    make.location(shop)
    report = importing.start(shop, filename="shop.csv", by=make.person(), at=make.NOON)
    import_uploads.keep(report, [shopify(lamp("lamp"), lamp("mug")).encode()])

    def is_done() -> None:
        report.refresh_from_db()
        assert report.finished_at is not None
        assert Product.objects.filter(merchant=shop).count() == 2
        assert [one.on_hand for one in Stock.objects.filter(variant__merchant=shop)] == [5, 5]
        assert list(storage.list_keys(f"imports/{report.public_id}")) == []

    return Job({"report_id": report.pk}, is_done)


@kills("catalog.forget")
def forget_reports() -> Job:
    shop, now = make.merchant(), timezone.now()
    reports = [
        ImportReport.objects.create(
            merchant=shop, filename="a.csv", format="shopify", started_at=now - timedelta(days=days)
        )
        for days in (91, 89)
    ]
    clip = with_files(make.clip())
    make.tag(clip, make.product(shop))
    clip.delete(at=make.NOON)

    def is_done() -> None:
        assert_only_last_left(reports)
        assert not Tag.objects.filter(clip=clip).exists()

    return periodic(is_done)


@kills("catalog.look_for_few")
def look_for_few() -> Job:
    keeper = make.person()
    stock = make.stocked(make.variant(make.product(make.merchant(owner=keeper))), 1)

    def is_done() -> None:
        assert LowStock.objects.filter(stock=stock).count() == 1
        assert Notice.objects.filter(person=keeper, kind="low_stock").count() == 1

    return periodic(is_done)


@kills("accounts.forget")
def forget_sessions() -> Job:
    person, now = make.person(), timezone.now()
    keys = [f"{person.handle}-{days}" for days in (1, -1)]
    for key, days in zip(keys, (1, -1), strict=True):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now - timedelta(days=days)
        )
        UserSession.objects.create(user=person, ip="192.0.2.1", session_key=key)
    guess = AccessAttempt.objects.create(username=person.handle, failures_since_start=1)
    AccessAttempt.objects.filter(pk=guess.pk).update(attempt_time=now - timedelta(hours=25))

    def is_done() -> None:
        assert list(Session.objects.filter(session_key__in=keys)) == [Session(keys[1])]
        assert UserSession.objects.get(user=person).session_key == keys[1]
        assert not AccessAttempt.objects.filter(pk=guess.pk).exists()

    return periodic(is_done)


@kills("ops.forget")
def forget_jobs() -> Job:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args, attempts)"
            " VALUES ('mail', 'x', 'failed', '{}', 5) RETURNING id"
        )
        (job,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '8 days' WHERE job_id = %s",
            [job],
        )
        if not cursor.rowcount:
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at)"
                " VALUES (%s, 'failed', now() - interval '8 days')",
                [job],
            )

    def is_done() -> None:
        assert not ProcrastinateJob.objects.filter(pk=job).exists()

    return periodic(is_done)
