"""Decisions: each a row that never changes, with what it does and who is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from tests import make
from tests.safety import judged
from vitrine.accounts.models import PostingSuspended, Suspension
from vitrine.catalog.models import Product
from vitrine.catalog.models.product import ProductBarred
from vitrine.kernel import storage
from vitrine.safety import appealing, invariants, judging, tasks
from vitrine.safety.models import Appeal, Case, Decision, Strike
from vitrine.safety.models.decision import AlreadyAppealed, TooLateToAppeal
from vitrine.safety.policy import APPEAL_FOR, Measure
from vitrine.sovereignty.models import Leaving
from vitrine.videos.models import Clip, Comment, TakenDown

pytestmark = pytest.mark.django_db


def test_the_queue_goes_by_harm_and_then_by_age() -> None:
    late, early, worst = make.clip(), make.clip(), make.clip()
    judged.case(late, "spam", at=make.NOON + timedelta(hours=1))
    judged.case(early, "spam", at=make.NOON)
    judged.case(worst, "minor", at=make.NOON + timedelta(hours=2))

    queue = Case.objects.waiting_for(judged.moderator(), at=make.NOON + timedelta(hours=3))

    assert [case.clip for case in queue] == [worst, early, late]


def test_a_clip_that_is_taken_down_is_nowhere(client: Client) -> None:
    clip, fan = make.clip(title="Bad lamp"), make.person()
    key = clip.renditions.get().key
    storage.put(key, b"film")
    fan.follow(clip.creator, at=make.NOON)

    judged.decided(clip, Measure.REMOVE)

    for viewer in (None, fan):
        if viewer:
            client.force_login(viewer)
        assert client.get(f"/v/{clip.public_id}").status_code == 404
        assert client.get(f"/v/{clip.public_id}/embed").status_code == 404
        assert client.get(f"/m/{key}").status_code == 404
        assert client.get(f"/oembed?url=http://testserver/v/{clip.public_id}").status_code == 404
        for page in ("/", "/following", "/search?q=lamp", clip.creator.get_absolute_url()):
            assert "Bad lamp" not in client.get(page).content.decode(), page
    client.force_login(clip.creator)
    own = client.get(f"/v/{clip.public_id}")
    film = client.get(f"/m/{key}")
    assert "it is taken down" in own.content.decode()
    assert film["Cache-Control"].startswith("private")


def test_what_is_made_with_a_clip_that_is_taken_down_is_hidden_with_it(client: Client) -> None:
    origin = make.clip(**make.OPEN)
    duet = make.remix(origin)
    before = client.get(duet.get_absolute_url()).status_code

    judged.decided(origin, Measure.REMOVE)

    after = client.get(duet.get_absolute_url()).status_code
    assert (before, after) == (200, 404)
    assert not Clip.objects.published().filter(pk=duet.pk).exists()


def test_the_author_is_told_in_the_app_too_and_led_to_the_statement(client: Client) -> None:
    clip = make.clip()

    decision = judged.decided(clip, Measure.REMOVE)

    client.force_login(clip.creator)
    told = client.get("/notifications").content.decode()
    assert "There is a decision about something of yours" in told
    assert f'href="{decision.get_absolute_url()}"' in told


def test_a_taken_down_clip_cannot_be_published_again() -> None:
    clip = make.clip()
    judged.decided(clip, Measure.REMOVE)
    clip.unpublish()

    with pytest.raises(TakenDown):
        clip.publish(at=make.NOON)

    assert Clip.objects.get(pk=clip.pk).published_at is None


def test_a_comment_that_is_removed_is_read_by_its_author_alone() -> None:
    comment = Comment.say(make.clip(), "Rude", by=make.person(), at=make.NOON)

    judged.decided(comment, Measure.REMOVE)

    assert not Comment.objects.out().exists()
    assert not Comment.objects.shown_to(comment.clip.creator).exists()
    assert Comment.objects.shown_to(comment.author).get() == comment


def test_a_product_that_is_barred_stays_off_sale() -> None:
    product = make.variant(stock=1).product

    judged.decided(product, Measure.REMOVE)

    assert not Product.objects.on_sale().exists()
    with pytest.raises(ProductBarred):
        product.publish(at=make.NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(withdrawn_at=None)


def test_a_profile_that_is_removed_keeps_its_handle_only() -> None:
    person = make.person("mocker", display_name="Rude name", bio="Rude words")

    judged.decided(person, Measure.REMOVE)

    person.refresh_from_db()
    assert (person.handle, person.display_name, person.bio) == ("mocker", "mocker", "")


def test_nothing_about_a_decision_can_be_changed() -> None:
    decision = judged.decided(make.clip(), Measure.WARN)

    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(measure=Measure.NONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).delete()

    assert Decision.objects.get().measure == Measure.WARN


def test_nobody_judges_what_is_theirs() -> None:
    moderator = judged.moderator()
    case = judged.case(make.clip(moderator))

    with pytest.raises(judging.NotForYou):
        judging.decide(
            case, by=moderator, reason="spam", measure=Measure.NONE, words="", at=make.NOON
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            case=case, by=moderator, measure="none", reason="spam", thing="It", at=make.NOON
        )

    assert not Case.objects.waiting_for(moderator, at=make.NOON).exists()
    assert not Decision.objects.exists()


def test_two_moderators_do_not_collide() -> None:
    case, first, second = judged.case(make.clip()), judged.moderator(), judged.moderator()

    assert case.lease(first, at=make.NOON)
    assert not case.lease(second, at=make.NOON)
    case.refresh_from_db()
    with pytest.raises(judging.LookedAt):
        judging.decide(case, by=second, reason="spam", measure=Measure.NONE, words="", at=make.NOON)
    assert case.lease(second, at=make.NOON + timedelta(minutes=11))
    judging.decide(
        case,
        by=second,
        reason="spam",
        measure=Measure.NONE,
        words="",
        at=make.NOON + timedelta(minutes=11),
    )
    with pytest.raises(judging.AlreadyDecided):
        judging.decide(
            case, by=first, reason="spam", measure=Measure.REMOVE, words="", at=make.NOON
        )


def test_strikes_add_up_to_suspensions_and_run_out() -> None:
    person = make.person()
    judged.decided(make.clip(person), Measure.REMOVE)
    assert not Suspension.objects.exists()

    judged.decided(make.clip(person), Measure.REMOVE)

    assert Suspension.objects.get().until == make.NOON + timedelta(days=1)
    with pytest.raises(PostingSuspended, match="until November 21, 2026"):
        Comment.say(make.clip(), "Hello", by=person, at=make.NOON)
    with pytest.raises(PostingSuspended):
        make.clip(person, draft=True).publish(at=make.NOON)
    Comment.say(make.clip(), "Hello", by=person, at=make.NOON + timedelta(days=2))
    assert Strike.weighing_on(person, at=make.NOON + timedelta(days=91)) == 0


def test_a_sixth_strike_is_for_good() -> None:
    person = make.person()

    judged.decided(make.clip(person), Measure.SUSPEND)
    judged.decided(make.clip(person), Measure.SUSPEND)

    untils = list(Suspension.objects.order_by("pk").values_list("until", flat=True))
    assert untils == [make.NOON + timedelta(days=7), None]
    with pytest.raises(PostingSuspended, match="any more"):
        Suspension.refuse(person, at=make.NOON + timedelta(days=5_000))


def test_the_author_is_sent_the_reasons_through_the_gate(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "vitrine.sovereignty.gate.MailBackend"
    settings.VITRINE_MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clip = make.clip(title="Lamp", description="A lamp is thrown")

    decision = judged.decided(clip, Measure.REMOVE, reason="violence")
    job = ProcrastinateJob.objects.get(task_name="safety.tell_author")
    tasks.tell_author(**job.args)

    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([clip.creator.email], "A decision about the clip “Lamp”")
    for said in ("It is not shown to others any more.", "1.2 Violence or threats", "is thrown"):
        assert said in sent.body
    assert f"until May 19, 2027:\nhttp://testserver/statements/{decision.public_id}" in sent.body
    assert Leaving.objects.get().purpose == "statement"


def test_an_appeal_addressee_another_moderator_and_undoes_everything() -> None:
    clip, first, second = make.clip(), judged.moderator(), judged.moderator()
    decision = judged.decided(clip, Measure.SUSPEND, by=first)

    appealing.appeal(decision, by=clip.creator, text="It is my own lamp.", at=make.NOON)

    case = Case.objects.get(appeal__decision=decision)
    assert not Case.objects.waiting_for(first, at=make.NOON).exists()
    with pytest.raises(judging.NotForYou):
        judging.decide(case, by=first, reason="spam", measure=Measure.NONE, words="", at=make.NOON)
    for by in (first, None):
        with pytest.raises(IntegrityError, match="another moderator"), transaction.atomic():
            Decision.objects.create(
                case=case, by=by, measure="none", reason="spam", thing="It", at=make.NOON
            )
    judging.decide(case, by=second, reason="spam", measure=Measure.NONE, words="", at=make.NOON)
    assert Clip.objects.published().get() == clip
    assert Strike.weighing_on(clip.creator, at=make.NOON) == 0
    assert not Suspension.objects.in_force(at=make.NOON).exists()


def test_an_appeal_that_fails_counts_nothing_twice() -> None:
    clip = make.clip()
    decision = judged.decided(clip, Measure.REMOVE)
    appealing.appeal(decision, by=clip.creator, text="It is my own lamp.", at=make.NOON)
    case = Case.objects.get(appeal__decision=decision)

    judging.decide(
        case, by=judged.moderator(), reason="spam", measure=Measure.REMOVE, words="", at=make.NOON
    )

    assert Strike.weighing_on(clip.creator, at=make.NOON) == 1
    assert not Clip.objects.published().exists()


def test_an_appeal_is_heard_once_and_in_time() -> None:
    clip = make.clip()
    decision = judged.decided(clip, Measure.REMOVE)
    late = make.NOON + APPEAL_FOR + timedelta(seconds=1)

    with pytest.raises(TooLateToAppeal):
        appealing.appeal(decision, by=clip.creator, text="It is mine.", at=late)
    appealing.appeal(decision, by=clip.creator, text="It is mine.", at=make.NOON)
    with pytest.raises(AlreadyAppealed):
        appealing.appeal(decision, by=clip.creator, text="Again.", at=make.NOON)

    assert Appeal.objects.count() == 1


def test_authors_read_the_statement_and_appeal_in_the_site(client: Client) -> None:
    clip = make.clip(title="Lamp")
    decision = judged.decided(clip, Measure.REMOVE, reason="hate")
    client.force_login(clip.creator)

    listed = client.get("/statements/").content.decode()
    page = client.get(decision.get_absolute_url()).content.decode()
    short = client.post(f"{decision.get_absolute_url()}/appeal", {"text": "No."})
    client.post(f"{decision.get_absolute_url()}/appeal", {"text": "I only showed my own lamp."})

    assert "The clip “Lamp”" in listed
    assert "Nobody is attacked or belittled" in page
    assert short.status_code == 422
    assert ">No.</textarea>" in short.content.decode().replace("\n", "")
    assert Appeal.objects.get().text == "I only showed my own lamp."
    client.force_login(make.person())
    assert client.get(decision.get_absolute_url()).status_code == 404


def test_the_desk_shows_the_thing_veiled_and_the_rule_beside_it(client: Client) -> None:
    clip = make.clip(title="Lamp")
    judged.case(clip, "hate")
    client.force_login(judged.moderator())

    page = client.get("/desk/").content.decode()

    assert "<video" in page
    assert " muted " in page
    assert "autoplay" not in page
    assert 'id="reveal"' in page
    assert "Nobody is attacked or belittled" in page


def test_the_desk_decides_and_comes_up_with_the_next(client: Client) -> None:
    first, second = make.clip(title="Worse"), make.clip(title="Milder")
    case = judged.case(first, "violence")
    judged.case(second, "spam")
    client.force_login(judged.moderator())
    url = f"/desk/cases/{case.public_id}/decision"

    wrong = client.post(url, {"reason": "spam", "measure": "mature", "words": "Kept"})
    answer = client.post(url, {"reason": "violence", "measure": "remove"}, follow=True)

    page = answer.content.decode()
    assert wrong.status_code == 422
    assert ">Kept</textarea>" in wrong.content.decode().replace("\n", "")
    assert "Remove: The clip “Worse”." in page
    assert '<h2 id="thing-title">The clip “Milder”</h2>' in page
    assert Decision.objects.get().measure == "remove"


def test_an_empty_desk_says_that_nothing_waits(client: Client) -> None:
    case = judged.case(make.clip(), "spam")
    client.force_login(judged.moderator())
    before = client.get("/desk/").content.decode()

    after = client.post(
        f"/desk/cases/{case.public_id}/decision", {"reason": "spam", "measure": "none"}, follow=True
    )

    assert "Nothing waits" not in before
    assert "<h1>Nothing waits</h1>" in after.content.decode()


def test_staff_who_are_no_moderators_find_no_desk(client: Client) -> None:
    client.force_login(make.person(is_staff=True))

    assert client.get("/desk/").status_code == 404


def test_check_finds_what_is_hidden_without_a_decision() -> None:
    decision = judged.decided(make.clip(), Measure.REMOVE)
    assert invariants.what_is_hidden_was_decided().violations == []

    bare = make.clip()
    bare_case = judged.case(bare)
    Case.objects.filter(pk=bare_case.pk).update(closed_at=make.NOON)

    assert invariants.what_is_hidden_was_decided().violations == [
        f"case {bare_case.public_id} is closed without a decision"
    ]
    assert decision.measure == "remove"
