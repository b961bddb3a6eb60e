"""Each kind of job, something for it to do, and how to see that it was done once.

A job's process may die at any moment; the rescue then runs it again from its beginning
(tests/ops/test_worker.py). So each is killed before each of its steps, run again, and looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
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
from vitrine.catalog import import_uploads, importing
from vitrine.catalog.models import ImportReport, Product, Stock, Tag
from vitrine.feed import counting
from vitrine.feed.days import local_day
from vitrine.feed.models import ClipDay, Delivery, Watch
from vitrine.kernel import storage
from vitrine.orders import carts, checkout, handing_over
from vitrine.orders.checkout import HOLD
from vitrine.orders.handing_over import Parcel
from vitrine.orders.models import (
    Address,
    BankCharge,
    Order,
    OrderEvent,
    OrderState,
    Payment,
    PaymentMethod,
    PaymentMove,
    PaymentState,
    ProviderEvent,
)
from vitrine.orders.payment import sandbox
from vitrine.orders.payment.provider import Event
from vitrine.search.models import ClipEntry, Word
from vitrine.videos import receiving
from vitrine.videos.models import Clip, Encoding, EncodingState, Like, Upload, UploadState
from vitrine.videos.scratch import root as scratch_root


@dataclass(frozen=True)
class Job:
    """One job. arguments: its task's. is_done: asserts that its effect is there, once."""

    arguments: dict[str, Any]
    is_done: Callable[[], None]


CASES: dict[str, Callable[[], Job]] = {}
"""Task name -> what makes a job of it."""

ELSEWHERE = {
    "videos.encode": "tests/videos/test_kills.py::"
    "test_a_worker_killed_at_any_moment_loses_nothing_and_shows_nothing_half",
}
"""Task name -> the test that kills it: an encode is killed by the clock, not by its steps."""


def kills(task: str) -> Callable[[Callable[[], Job]], Callable[[], Job]]:
    """Say which task a case is for."""

    def register(case: Callable[[], Job]) -> Callable[[], Job]:
        CASES[task] = case
        return case

    return register


def periodic(is_done: Callable[[], None]) -> Job:
    """Return a job of a task that a timer starts."""
    return Job({"timestamp": 0}, is_done)


# Money ------------------------------------------------------------------------------------------


def _bought(**fields: Any) -> Payment:
    return make.purchase(make.variant(stock=5), **fields)


def _assert_paid_once(payment: Payment) -> None:
    payment.refresh_from_db()
    assert payment.state == PaymentState.AUTHORISED
    assert BankCharge.objects.filter(key=payment.key).count() == 1
    assert OrderEvent.objects.filter(order__group=payment.group, kind="placed").count() == 1


@kills("vitrine.orders.tasks.receive_webhook")
def receive_webhook() -> Job:
    payment = _bought(token=sandbox.TIMES_OUT)
    event = Event(f"evt-{payment.pk}", payment.key)
    body = msgspec.json.encode(event)

    def is_done() -> None:
        _assert_paid_once(payment)
        assert ProviderEvent.objects.filter(event_id=event.id).count() == 1

    signature = sandbox.sign(body)
    return Job({"provider": "sandbox", "body": body.decode(), "signature": signature}, is_done)


@kills("vitrine.orders.tasks.resolve_payment")
def resolve_payment() -> Job:
    payment = _bought(token=sandbox.TIMES_OUT)
    return Job({"payment_id": payment.pk}, lambda: _assert_paid_once(payment))


@kills("vitrine.orders.tasks.make_move")
def make_move() -> Job:
    order = _bought().group.orders.get()
    key = handing_over.ship(order, Parcel("Post", "1"), by=make.person(), at=make.NOON)

    def is_done() -> None:
        order.refresh_from_db()
        assert order.state == OrderState.SHIPPED
        assert PaymentMove.objects.get(key=key).state == "done"

    return Job({"key": key}, is_done)


@kills("vitrine.orders.tasks.remember_buyer")
def remember_buyer() -> Job:
    buyer = make.person()
    group = _bought(buyer=buyer).group

    def is_done() -> None:
        assert Address.objects.filter(person=buyer).count() == 1
        assert PaymentMethod.objects.filter(person=buyer).count() == 1

    return Job({"group_id": group.pk}, is_done)


@kills("vitrine.orders.tasks.sweep")
def sweep_orders() -> Job:
    a_while_ago = timezone.now() - timedelta(minutes=1)
    things = make.variant(stock=5)
    silent = checkout.buy(make.attempt(things, token=sandbox.TIMES_OUT), at=a_while_ago)
    died = checkout.place(make.attempt(things), at=a_while_ago - HOLD)

    def is_done() -> None:
        _assert_paid_once(silent)
        died.refresh_from_db()
        assert died.state == PaymentState.ABANDONED
        assert Stock.objects.get(variant=things).reserved == 1

    return periodic(is_done)


@kills("vitrine.orders.tasks.forget")
def forget_carts() -> Job:
    made = [
        carts.open_for(make.person(), "", at=timezone.now() - timedelta(days=days))
        for days in (31, 29)
    ]
    for cart in made:
        carts.put(cart, make.variant(stock=1), 1, clip_id=None, at=cart.touched_at)
    return periodic(lambda: _assert_only_last_left(made))


# Mail -------------------------------------------------------------------------------------------


def letters(said: str) -> int:
    """Count the letters that say something: each is a file, so that those of the dead count."""
    folder: Path = settings.VITRINE_DATA / "mail"
    return sum(said in letter.read_text() for letter in folder.iterdir())


def _assert_sent(said: str) -> None:
    """A worker that dies after its letter has gone sends it again: never none, at most two."""
    assert letters(said) in (1, 2)


@kills("vitrine.orders.tasks.send_receipt")
def send_receipt() -> Job:
    group = _bought(buyer=make.person()).group
    return Job({"group_id": group.pk}, lambda: _assert_sent(f"/o/{group.public_id}?"))


@kills("vitrine.orders.tasks.send_order_news")
def send_order_news() -> Job:
    group = _bought().group
    order = group.orders.get()
    Order.objects.filter(pk=order.pk).update(state=OrderState.PLACED)
    return Job(
        {"order_id": order.pk, "kind": "shipped"},
        lambda: _assert_sent(f"/o/{group.public_id}?"),
    )


# Clips ------------------------------------------------------------------------------------------


def _with_files(clip: Clip) -> Clip:
    for one in clip.renditions.all():
        storage.put(one.key, bytes(one.size))
    return clip


@kills("videos.reap")
def reap() -> Job:
    now = timezone.now()
    orphan, poison = (make.clip(draft=True) for _ in range(2))
    for clip, attempts in ((orphan, 1), (poison, 3)):
        Encoding.objects.filter(clip=clip).update(
            state=EncodingState.RUNNING, attempts=attempts, lease_until=now - timedelta(seconds=1)
        )
        _with_files(clip)

    def is_done() -> None:
        assert Encoding.objects.get(clip=poison).state == EncodingState.FAILED
        ordered = ProcrastinateJob.objects.filter(
            task_name="videos.encode", args__encoding_id=orphan.encoding.pk
        )
        assert ordered.count() >= 1  # encoding twice is safe, and the second finds nothing to do

    return periodic(is_done)


@kills("videos.sweep")
def sweep_videos() -> Job:
    before = timezone.now() - timedelta(days=8)
    creator = make.person()
    stale = receiving.begin(creator, length=9, filename="clip.mp4", at=before)
    receiving.append(stale, b"12345", start=0, at=before)
    gone = _with_files(make.clip(creator))
    gone.delete(at=before)

    def is_done() -> None:
        assert Upload.objects.filter(pk=stale.pk, state=UploadState.RECEIVING).count() == 0
        assert list(storage.list_keys(f"uploads/{stale.public_id}/")) == []
        assert list(storage.list_keys(f"renditions/{gone.public_id}/")) == []
        assert not gone.renditions.exists()
        assert list(scratch_root().iterdir()) == []

    return periodic(is_done)


# What is counted --------------------------------------------------------------------------------


@kills("feed.count")
def count_views() -> Job:
    clip, at = _with_files(make.clip()), timezone.now() - timedelta(minutes=1)
    telling.watch(clip, at=at)

    def is_done() -> None:
        (day,) = ClipDay.objects.filter(clip=clip)
        assert (day.reach, day.qualified, day.day) == (1, 1, local_day(at))

    return periodic(is_done)


@kills("feed.refine")
def refine() -> Job:
    clip = _with_files(make.clip())
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
    clip, now = _with_files(make.clip()), timezone.now()
    watches = [
        Watch.objects.create(viewer="v_1", clip=_with_files(make.clip()), served_at=now - ago)
        for ago in (timedelta(days=31), timedelta(days=29))
    ]
    del clip
    return periodic(lambda: _assert_only_last_left(watches))


@kills("feed.forget_deliveries")
def forget_deliveries() -> Job:
    clip, now = _with_files(make.clip()), timezone.now()
    sent = [
        Delivery.objects.create(clip=clip, device=f"device {days}".encode()[:8], first_at=now - ago)
        for days, ago in ((1, timedelta(days=31)), (2, timedelta(days=29)))
    ]
    return periodic(lambda: _assert_only_last_left(sent))


@kills("search.add_words")
def add_words() -> Job:
    word = f"lantern{Clip.objects.count()}x"
    _with_files(make.clip(title=f"A {word}", published_at=timezone.now()))
    return periodic(lambda: _assert_known_once(word))


@kills("search.count")
def count_words() -> Job:
    word = f"kettle{Clip.objects.count()}x"
    clip = _with_files(make.clip(title=f"A {word}"))
    Like.give(clip, by=make.person(), at=timezone.now())

    def is_done() -> None:
        _assert_known_once(word)
        assert ClipEntry.objects.get(clip=clip).received == 1

    return periodic(is_done)


def _assert_known_once(word: str) -> None:
    assert Word.objects.get(word=word).texts == 1


# What is forgotten, and imported ----------------------------------------------------------------


def _assert_only_last_left(rows: list[Any]) -> None:
    kept = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
    assert list(kept) == rows[-1:]


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
    clip = _with_files(make.clip())
    make.tag(clip, make.product(shop))
    clip.delete(at=make.NOON)

    def is_done() -> None:
        _assert_only_last_left(reports)
        assert not Tag.objects.filter(clip=clip).exists()

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
