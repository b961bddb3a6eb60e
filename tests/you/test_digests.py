"""The digest: only where there is something, at most once, and out of it with one click."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests import make
from vitrine.accounts.models import Mute, Notice, NoticeRules, Often, Person
from vitrine.accounts.telling import Kind
from vitrine.feed import digests
from vitrine.feed.models import Digest
from vitrine.feed.tasks import forget_digests
from vitrine.sovereignty.models import Leaving
from vitrine.videos.models import Clip, Like, Visibility

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # nine in the morning in New York
NOON = make.NOON


@pytest.fixture(autouse=True)
def _outbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def reader(often: Often = Often.WEEKLY, *, verified: bool = True, **rules: list[str]) -> Person:
    person = make.person()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=verified)
    channels = {"silent": [], "pushed": [], "mailed": Kind.values, **rules}
    NoticeRules.put(by=person, digest=often, **channels)
    return person


def send_all(at: datetime = MONDAY) -> int:
    digests.order(at=at)
    return sum(digests.send(one, at=at) for one in Digest.objects.all())


def test_a_digest_has_what_was_not_read_and_new_clips_of_whom_one_follows() -> None:
    person, maker, fan = reader(), make.person(), make.person("ana")
    person.follow(maker, at=NOON)
    own = make.clip(person, title="My lamp")
    Like.give(own, by=fan, at=NOON)
    Like.give(own, by=make.person(), at=NOON + timedelta(minutes=1))
    new = make.clip(maker, title="A new vase", published_at=NOON)
    make.clip(maker, title="An old vase", published_at=NOON - timedelta(days=9))
    make.clip(maker, title="A hidden vase", visibility=Visibility.UNLISTED)

    assert send_all() == 1

    (sent,) = mail.outbox
    assert "and 1 other liked My lamp" in sent.body
    assert f"A new vase, by {maker.display_name}" in sent.body
    assert f"http://testserver/v/{new.public_id}" in sent.body
    assert "old vase" not in sent.body
    assert "hidden" not in sent.body
    assert Leaving.objects.filter(destination="mail", purpose="digest").count() == 1


def test_a_digest_comes_once_whatever_runs_twice() -> None:
    person = reader()
    Like.give(make.clip(person), by=make.person(), at=NOON)

    assert digests.order(at=MONDAY) == 1
    assert digests.order(at=MONDAY + timedelta(hours=3)) == 0
    digest = Digest.objects.get()
    assert [digests.send(digest, at=MONDAY) for _ in range(3)] == [True, False, False]
    assert len(mail.outbox) == 1


def test_a_worker_that_dies_at_the_mail_sends_none_afterwards(settings: Settings) -> None:
    person = reader()
    Like.give(make.clip(person), by=make.person(), at=NOON)
    digests.order(at=MONDAY)
    settings.VITRINE_MAIL_BACKEND = "no.such.Backend"

    with pytest.raises(ImportError):
        digests.send(Digest.objects.get(), at=MONDAY)
    settings.VITRINE_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert digests.send(Digest.objects.get(), at=MONDAY) is False
    assert mail.outbox == []


def test_nothing_to_say_is_not_said() -> None:
    quiet = reader()
    Like.give(make.clip(quiet), by=make.person(), at=NOON)
    Notice.objects.update(read_at=NOON)
    silenced = reader(silent=["like"])
    unmailed = reader(mailed=["reply"])
    muting = reader()
    for person in (silenced, unmailed, muting):
        fan = make.person()
        clip = make.clip(person)
        Like.give(clip, by=fan, at=NOON)
        Mute.put(by=muting, on=fan, at=NOON)
    gone = reader()
    clip = make.clip(gone)
    Like.give(clip, by=make.person(), at=NOON)
    clip.delete(at=NOON)

    assert send_all() == 0
    assert mail.outbox == []
    assert Clip.objects.exists()


def test_digests_go_out_on_their_day_in_the_cell_s_own_morning() -> None:
    weekly, daily = reader(Often.WEEKLY), reader(Often.DAILY)
    reader(Often.NEVER)
    reader(Often.DAILY, verified=False)

    assert digests.order(at=MONDAY - timedelta(hours=3)) == 0  # six in the morning
    assert digests.order(at=MONDAY) == 2
    assert digests.order(at=MONDAY + timedelta(days=1)) == 1

    assert Digest.objects.filter(person=weekly).count() == 1
    assert Digest.objects.filter(person=daily).count() == 2
    forget_digests(at=MONDAY + timedelta(days=91))
    assert Digest.objects.count() == 1


def test_one_click_ends_it_without_signing_in_and_a_followed_link_does_not() -> None:
    person = reader()
    Like.give(make.clip(person), by=make.person(), at=NOON)
    send_all()
    sent = mail.outbox[0].extra_headers
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = sent["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
    browser = Client(enforce_csrf_checks=True)

    assert "Stop the digest?" in browser.get(path).content.decode()
    assert NoticeRules.objects.get().digest == Often.WEEKLY
    answer = browser.post(path, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert NoticeRules.objects.get().digest == Often.NEVER
    assert browser.post(f"{path}x").status_code == 404
