"""The desk of those who review merchants: the queue, the papers, the verdict and its guards."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tests import make
from tests.market import applying
from tests.market.selling import signed_in
from tests.safety import judged
from vitrine.accounts.models import Person
from vitrine.catalog import news, papers, tasks
from vitrine.catalog.applying import ApplicationLookedAt, OwnApplication, VerdictGiven, decide
from vitrine.catalog.models import Application, Document, Inspection, Role, Verdict
from vitrine.catalog.verdicts import Outcome
from vitrine.kernel import storage

pytestmark = pytest.mark.django_db
QUEUE = "/desk/applications/"


def _desk() -> tuple[Client, Person]:
    reviewer = judged.moderator()
    return signed_in(reviewer), reviewer


def _refuse(application: Application, by: Person) -> Verdict:
    return decide(
        application, by=by, outcome=Outcome.REFUSE, reason="goods", words="", at=make.NOON
    )


def test_a_reviewer_approves_by_the_form_and_the_shop_trades() -> None:
    client, reviewer = _desk()
    application = applying.submitted()

    page = client.get(QUEUE).content.decode()
    at = f"{QUEUE}{application.public_id}/verdict"
    wrong = client.post(at, {"reason": "fits", "measure": "refuse", "words": "No."})
    silent = client.post(at, {"reason": "other", "measure": "return", "words": "Hm"})
    client.post(at, {"reason": "fits", "measure": "approve"})

    assert "12-3456789" in page
    assert "Digits fit" in page
    assert wrong.status_code == silent.status_code == 422
    assert "“Refuse” cannot be decided for “Everything fits”." in wrong.content.decode()
    assert "Say in a sentence what it is." in silent.content.decode()
    application.merchant.refresh_from_db()
    assert application.merchant.shut_at is None
    assert Verdict.objects.get().by == reviewer
    assert "Nothing waits" in client.get(QUEUE).content.decode()


def test_each_reading_of_a_paper_is_kept_and_only_who_holds_the_application_reads() -> None:
    client, reviewer = _desk()
    other, _ = _desk()
    application = applying.submitted()
    paper = application.documents.get()
    at = f"{QUEUE}{application.public_id}/papers/{paper.public_id}"

    read = client.get(at)
    shut_out = other.get(at)

    assert (read.content, read["Cache-Control"]) == (applying.PDF, "private, no-store")
    assert shut_out.status_code == 409
    assert list(Inspection.objects.values_list("document", "by")) == [(paper.pk, reviewer.pk)]
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.all().delete()


def test_nobody_reviews_their_own_shop() -> None:
    application = applying.submitted()
    member = judged.moderator()
    make.member(application.merchant, member, Role.FINANCE)

    client = signed_in(member)
    assert client.get(f"{QUEUE}{application.public_id}/").status_code == 404
    with pytest.raises(OwnApplication):
        _refuse(application, member)
    with pytest.raises(IntegrityError, match="their own"), transaction.atomic():
        Verdict.objects.create(
            application=application, by=member, outcome="approve", reason="fits", seen={},
            at=make.NOON,
        )  # fmt: skip
    application.merchant.refresh_from_db()
    assert application.merchant.approved_at is None


def test_one_verdict_is_given_and_none_while_another_looks() -> None:
    application = applying.submitted()
    first, second = judged.moderator(), judged.moderator()
    application.lease(first, at=make.NOON)

    with pytest.raises(ApplicationLookedAt):
        _refuse(application, second)
    _refuse(application, first)
    with pytest.raises(VerdictGiven):
        _refuse(application, second)

    assert Verdict.objects.count() == 1
    with pytest.raises(IntegrityError, match="only what waits"), transaction.atomic():
        Verdict.objects.create(
            application=application, by=second, outcome="approve", reason="fits", seen={},
            at=make.NOON,
        )  # fmt: skip


def test_the_owner_gets_a_mail_with_the_reason() -> None:
    application = applying.submitted(applying.shop("Lamps"))
    owner = applying.owner_of(application.merchant)
    verdict = _refuse(application, judged.moderator())

    news.tell_applicant(verdict, owner)

    [message] = mail.outbox
    assert message.subject == "Your shop Lamps at Vitrine"
    assert "What the shop sells may not be sold here." in message.body
    assert f"/market/{application.merchant.slug}/application/" in message.body


def test_papers_are_forgotten_90_days_after_the_verdict(
    django_capture_on_commit_callbacks: Any,
) -> None:
    application = applying.submitted()
    paper = application.documents.get()
    _refuse(application, judged.moderator())

    papers.forget_before(at=make.NOON + timedelta(days=89))
    assert storage.exists(paper.key)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_before(at=make.NOON + timedelta(days=91))

    assert not storage.exists(paper.key)
    assert Document.objects.get().removed_at is not None


def test_a_lease_ends_by_itself() -> None:
    application = applying.submitted()
    first, second = judged.moderator(), judged.moderator()
    now = timezone.now()

    assert application.lease(first, at=now)
    assert not application.lease(second, at=now)
    assert application.lease(second, at=now + timedelta(minutes=16))
