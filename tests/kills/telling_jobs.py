"""The jobs that tell people something: pushes at least once, digests at most once (ADR 0047)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.fakes import push as fake
from tests.kills.jobs import Job, kills, letters, with_files
from tests.you.test_digests import MONDAY, reader
from vitrine.accounts.models import Notice, NoticeRules, Often, PushSubscription
from vitrine.feed.models import Digest
from vitrine.videos.models import Like

_services: list[fake.Service] = []


@contextmanager
def push_service() -> Iterator[None]:
    """Run the service that these jobs push to."""
    with fake.service() as running:
        _services.append(running)
        yield
        _services.remove(running)


@kills("accounts.push")
def push() -> Job:
    (service,) = _services
    person, browser = make.person(), fake.Browser()
    endpoint = f"{service.endpoint}/{person.handle}"
    NoticeRules.put(by=person, silent=[], pushed=["like"], mailed=[], digest=Often.NEVER)
    PushSubscription.put(by=person, endpoint=endpoint, at=make.NOON, **browser.sends)
    Like.give(with_files(make.clip(person)), by=make.person(), at=make.NOON)
    notice = Notice.objects.get(person=person)

    def tags() -> list[str]:
        bodies = [body for path, _, body in service.posts if endpoint.endswith(path)]
        return [json.loads(browser.opened(body))["tag"] for body in bodies]

    def is_done() -> None:
        """A second one bears the same tag, and so the browser shows it in place of the first."""
        assert tags() in ([notice.public_id], [notice.public_id] * 2)

    def lived() -> None:
        assert len(tags()) == 1

    subscription = PushSubscription.objects.get(person=person)
    arguments = {"notice_id": notice.pk, "subscription_id": subscription.pk}
    return Job(arguments, is_done, lived)


@kills("feed.order_digests")
def order_digests() -> Job:
    readers = [reader(Often.DAILY), reader(Often.WEEKLY)]

    def is_done() -> None:
        for person in readers:
            digest = Digest.objects.get(person=person)
            ordered = ProcrastinateJob.objects.filter(
                task_name="feed.send_digest", args__digest_id=digest.pk
            )
            assert ordered.count() == 1

    return Job({"timestamp": 0}, is_done, at=MONDAY)


@kills("feed.send_digest")
def send_digest() -> Job:
    person = reader()
    clip = with_files(make.clip(person, title=f"Kettle of {person.handle}."))
    Like.give(clip, by=make.person(), at=make.NOON)
    since = make.NOON - timedelta(days=1)
    digest = Digest.objects.create(person=person, day=MONDAY.date(), since=since)

    def is_done() -> None:
        """One that dies between taking the digest and mailing it has sent none, and none comes."""
        digest.refresh_from_db()
        assert digest.sent_at == MONDAY
        assert letters(clip.title) in (0, 1)

    def lived() -> None:
        assert letters(clip.title) == 1

    return Job({"digest_id": digest.pk}, is_done, lived, at=MONDAY)
