"""Reports: anybody may, each once, and those on one thing make one case."""

import pytest
from django.test import Client

from tests import make
from tests.safety import judged
from vitrine.accounts import visitors
from vitrine.safety.models import Case, Report
from vitrine.safety.policy import Measure
from vitrine.videos.models import Clip, Comment, Visibility

pytestmark = pytest.mark.django_db


def send(client: Client, url: str, **said: str) -> int:
    return client.post(url, {"reason": "spam", **said}).status_code


def test_a_guest_reports_a_clip_and_is_told_so(client: Client) -> None:
    clip = make.clip()

    answer = client.post(f"/report/clip/{clip.public_id}", {"reason": "hate"}, follow=True)

    report = Report.objects.get()
    assert "Thank you. A moderator will look at it." in answer.content.decode()
    assert (report.case.clip, report.by, report.reason) == (clip, None, "hate")
    assert report.visitor.startswith("v_")
    assert visitors.COOKIE in client.cookies


def test_everything_that_people_make_can_be_reported(client: Client) -> None:
    clip = make.clip()
    comment = Comment.say(clip, "Buy at my place", by=make.person("ana"), at=make.NOON)
    product = make.variant(stock=1).product

    assert send(client, f"/report/clip/{clip.public_id}") == 302
    assert send(client, f"/report/comment/{comment.public_id}") == 302
    assert send(client, "/report/person/ana") == 302
    assert send(client, f"/report/product/{product.public_id}") == 302

    assert sorted(Case.objects.values_list("kind", flat=True)) == [
        "clip",
        "comment",
        "person",
        "product",
    ]
    assert Case.objects.get(kind="product").author == product.merchant.memberships.get().person


def test_many_reports_are_one_case_as_urgent_as_the_worst(client: Client) -> None:
    clip = make.clip()
    first, second = make.person(), make.person()

    for person, reason in ((first, "spam"), (first, "spam"), (second, "minor")):
        client.force_login(person)
        send(client, f"/report/clip/{clip.public_id}", reason=reason)

    case = Case.objects.get()
    assert (case.harm, case.reason) == (5, "minor")
    assert case.reports.count() == 2


def test_what_cannot_be_seen_cannot_be_reported(client: Client) -> None:
    clip = make.clip(visibility=Visibility.PRIVATE)

    assert send(client, f"/report/clip/{clip.public_id}") == 404
    assert not Case.objects.exists()


def test_something_else_wants_words_and_keeps_what_was_typed(client: Client) -> None:
    clip = make.clip()

    answer = client.post(f"/report/clip/{clip.public_id}", {"reason": "other", "note": "Hm."})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say in a sentence what it is" in page
    assert ">Hm.</textarea>" in page.replace("\n", "")
    assert not Report.objects.exists()


def test_reporters_read_what_came_of_it_and_authors_never_who_it_was(client: Client) -> None:
    clip, ana = make.clip(title="Lamp"), make.person("ana")
    client.force_login(ana)
    send(client, f"/report/clip/{clip.public_id}", note="Look at the end")
    waiting = client.get("/reports/").content.decode()

    decision = judged.decided(clip, Measure.REMOVE)

    seen = client.get("/reports/").content.decode()
    client.force_login(clip.creator)
    statement = client.get(f"/statements/{decision.public_id}").content.decode()
    assert "Waits" in waiting
    assert "It was removed. Thank you." in seen
    assert "It was reported." in statement
    assert "@ana" not in statement
    assert "Look at the end" not in statement


def test_moderators_do_not_judge_what_they_reported(client: Client) -> None:
    clip, moderator = make.clip(), judged.moderator()
    client.force_login(moderator)

    send(client, f"/report/clip/{clip.public_id}")

    assert not Case.objects.waiting_for(moderator, at=make.NOON).exists()
    assert Case.objects.waiting_for(judged.moderator(), at=make.NOON).count() == 1


def test_a_deleted_clip_leaves_the_queue(client: Client) -> None:
    clip, moderator = make.clip(), judged.moderator()
    judged.case(clip)

    Clip.objects.get(pk=clip.pk).delete(at=make.NOON)

    assert not Case.objects.waiting_for(moderator, at=make.NOON).exists()
