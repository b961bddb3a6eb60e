"""What a person is told of what others did, once, and never of whom they keep at a distance."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.accounts import telling
from vitrine.accounts.models import Block, Mute, Notice, NoticeRules, Often, Person
from vitrine.accounts.tasks import forget_before
from vitrine.accounts.telling import Kind
from vitrine.videos import reaping
from vitrine.videos import told as told_in_words
from vitrine.videos.models import (
    Clip,
    Comment,
    CommentLike,
    CommentRules,
    Encoding,
    EncodingState,
    Like,
    Repost,
    Visibility,
)
from vitrine.videos.models.encoding import MOST_ATTEMPTS

pytestmark = pytest.mark.django_db
NOON = make.NOON
ABOUT_NO_CLIP = {
    *(
        Kind.DECISION,
        Kind.ORDER,
        Kind.PAYOUT,
        Kind.BANK_ACCOUNT,
        Kind.COMMISSION,
        Kind.SALE,
        Kind.SALE_NEWS,
        Kind.MESSAGE,
        Kind.REVIEW_DUE,
        Kind.REVIEW,
    ),
    *(
        Kind.QUESTION,
        Kind.ANSWER,
        Kind.BACK_IN_STOCK,
        Kind.LOW_STOCK,
        Kind.SHOP,
        Kind.ENDPOINT_DOWN,
        Kind.AD,
    ),
}


def told(person: Person) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(person=person).order_by("pk").values_list("kind", "actor__handle")
    return [(kind, handle or "") for kind, handle in rows]


def test_the_same_fact_is_told_once_and_nobody_is_told_of_themselves() -> None:
    maker, fan = make.person(), make.person("ana")
    clip = make.clip(maker)

    for _ in range(2):
        Like.give(clip, by=fan, at=NOON)
        Repost.give(clip, by=fan, at=NOON)
        fan.follow(maker, at=NOON)
        Like.take_back(clip, by=fan)
    Like.give(clip, by=maker, at=NOON)

    assert told(maker) == [("like", "ana"), ("repost", "ana"), ("follow", "ana")]
    assert told(fan) == []


def test_a_comment_tells_each_person_once_by_what_concerns_them_most() -> None:
    maker, ana, ben = make.person("maker"), make.person("ana"), make.person("ben")
    clip = make.clip(maker)
    thread = Comment.say(clip, "Where is it from?", by=ana, at=NOON)

    Comment.say(clip, "@ana @ben @maker from home", by=make.person("cleo"), at=NOON, thread=thread)

    assert told(maker) == [("comment", "ana"), ("mention", "cleo")]
    assert told(ana) == [("reply", "cleo")]
    assert told(ben) == [("mention", "cleo")]


def test_likes_of_one_comment_are_told_together_and_those_of_another_apart() -> None:
    author, fans = make.person(), [make.person() for _ in range(3)]
    clip = make.clip(title="Lamp")
    first, second = (
        Comment.say(clip, text, by=author, at=NOON) for text in ("So bright", "So warm")
    )

    for fan in [*fans, fans[0], author]:
        CommentLike.give(first, by=fan, at=NOON)
    CommentLike.give(second, by=fans[0], at=NOON)

    shown = told_in_words.told(author, cursor=None).rows
    likes = {row.text: len(row.actors) for row in shown if row.kind is Kind.COMMENT_LIKE}
    assert likes == {"So bright": 3, "So warm": 1}
    page = signed_in(author).get("/notifications").content.decode()
    assert page.count("liked what you said under") == 2
    first.delete()
    page = signed_in(author).get("/notifications").content.decode()
    assert "So bright" not in page
    assert "Lamp, and it was deleted" in page


def test_a_held_comment_is_told_when_it_is_approved() -> None:
    maker, ana = make.person(), make.person()
    clip = make.clip(maker)
    CommentRules.put(by=maker, audience="everyone", holding="all", words=[])

    said = Comment.say(clip, "Hello", by=ana, at=NOON)
    assert told(maker) == []
    said.approve(at=NOON)
    said.approve(at=NOON)

    assert [kind for kind, _ in told(maker)] == ["comment"]


def test_a_mention_reaches_only_who_may_see_the_clip() -> None:
    maker, ana, ben = make.person(), make.person("ana"), make.person("ben")
    ana.follow(maker, at=NOON)

    for visibility in (Visibility.FOLLOWERS, Visibility.PRIVATE):
        said = "With @ana and @ben"
        draft = make.clip(maker, draft=True, visibility=visibility, description=said)
        draft.publish(at=NOON)

    assert [kind for kind, _ in told(ana)] == ["mention"]
    assert told(ben) == []


def test_an_ended_preparing_is_told_and_a_lost_lease_tells_nothing() -> None:
    for ends, kind in (("finish", "clip_ready"), ("fail", "clip_failed")):
        clip = make.clip(draft=True)
        encoding = Encoding.objects.get(clip=clip)
        Encoding.objects.filter(pk=encoding.pk).update(
            state=EncodingState.WAITING, finished_at=None
        )
        assert encoding.take(at=NOON)
        stale = Encoding.objects.get(pk=encoding.pk)

        if ends == "finish":
            encoding.finish(at=NOON)
        else:
            encoding.fail("It can't be decoded.", at=NOON)
        with pytest.raises(Exception, match=str(stale.pk)):
            stale.fail("Too late.", at=NOON)

        assert told(clip.creator) == [(kind, "")]


def test_a_clip_that_kills_every_worker_is_told_to_its_creator_once() -> None:
    clip = make.clip(draft=True)
    Encoding.objects.filter(clip=clip).update(
        state=EncodingState.RUNNING,
        attempts=MOST_ATTEMPTS,
        lease_until=NOON - timedelta(minutes=5),
        finished_at=None,
    )

    assert [reaping.reap(at=NOON), reaping.reap(at=NOON)] == [1, 0]

    assert told(clip.creator) == [("clip_failed", "")]
    assert Encoding.objects.get(clip=clip).reason == reaping.POISON


def test_nobody_hears_of_whom_they_keep_at_a_distance() -> None:
    maker, muted, blocked, blocker = (make.person() for _ in range(4))
    clip = make.clip(maker)
    late = make.person()
    Like.give(clip, by=late, at=NOON)
    Mute.put(by=maker, on=muted, at=NOON)
    Block.put(by=maker, on=blocked, at=NOON)
    Block.put(by=blocker, on=maker, at=NOON)

    for who in (muted, blocked, blocker):
        Like.give(clip, by=who, at=NOON)

    assert told(maker) == [("like", late.handle)]
    Mute.put(by=maker, on=late, at=NOON)  # also what was told before is out of sight
    assert not Notice.objects.wanted_by(maker).exists()


def test_the_page_groups_counts_and_marks_as_read() -> None:
    maker = make.person()
    clip = make.clip(maker, title="A brass lamp")
    for number in range(3):
        Like.give(clip, by=make.person(f"fan{number}"), at=NOON + timedelta(minutes=number))
    Comment.say(clip, "Where from?", by=make.person("ana"), at=NOON)
    client = signed_in(maker)

    page = client.get("/notifications")
    html = " ".join(page.content.decode().split())

    assert "Fan2</strong></a> and 2 others liked" in html
    assert "Where from?" in html
    assert '<span class="visually-hidden">Unread: </span>4' in html
    Like.give(clip, by=make.person(), at=page.context["now"] + timedelta(seconds=1))
    client.post("/notifications/reading", {"until": page.context["now"].isoformat()})
    assert '<span class="visually-hidden">Unread: </span>1' in client.get("/cart").content.decode()
    assert "Unread" not in Client().get("/cart").content.decode()


def test_a_notice_about_what_is_gone_says_so_and_tells_no_title() -> None:
    maker, ana = make.person(), make.person()
    clip = make.clip(maker, title="A secret lamp")
    thread = Comment.say(clip, "First words", by=ana, at=NOON)
    Comment.say(clip, "An answer", by=maker, at=NOON, thread=thread)
    Clip.objects.filter(pk=clip.pk).update(visibility=Visibility.PRIVATE)

    html = signed_in(ana).get("/notifications").content.decode()

    assert "a clip that you cannot see any more" in html
    assert "A secret lamp" not in html
    assert "An answer" not in html
    assert f"/v/{clip.public_id}" not in html


def test_channels_are_chosen_by_kind_and_silence_counts_nothing() -> None:
    maker = make.person()
    Like.give(make.clip(maker), by=make.person(), at=NOON)
    client = signed_in(maker)
    told_of = [kind.value for kind in Kind if kind is not Kind.LIKE]

    sent = {"told": told_of, "mailed": ["reply"], "digest": "weekly"}
    answer = client.post("/notifications/settings", sent)
    wrong = client.post("/notifications/settings", {**sent, "digest": "hourly"})

    assert (answer.status_code, wrong.status_code) == (302, 422)
    rules = NoticeRules.objects.get()
    assert (rules.silent, rules.mailed, rules.digest) == (["like"], ["reply"], Often.WEEKLY)
    assert "Unread" not in client.get("/notifications").content.decode()


def test_older_notices_are_behind_a_link_and_forgotten_after_90_days() -> None:
    maker, clip = make.person(), make.clip()
    for number in range(70):
        said = {"about": clip.public_id, "path": "/", "at": NOON + timedelta(minutes=number)}
        telling.tell(Kind.COMMENT, whom=maker.pk, by=make.person().pk, item=f"{number}", **said)
    client = signed_in(maker)

    first = client.get("/notifications").context["told"]
    rest = client.get(f"/notifications?cursor={first.next_cursor}").context["told"]
    assert (len(first.rows), len(rest.rows)) == (60, 10)

    forget_before(at=NOON + timedelta(days=90, minutes=69))
    assert Notice.objects.count() == 1


def test_postgres_refuses_notices_that_make_no_sense() -> None:
    one, other = make.person(), make.person()
    for wrong in ({"actor": one, "path": "/"}, {"actor": other, "path": "https://evil.example"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(person=one, kind="like", at=NOON, **wrong)


def test_every_kind_has_its_words_and_one_of_a_later_release_is_shown_all_the_same() -> None:
    maker, ana = make.person(), make.person("ana")
    for kind in Kind:
        assert telling.says(kind, "Ana") != "Something new"
        assert kind in told_in_words.DID or kind in ABOUT_NO_CLIP
    Notice.objects.create(person=maker, kind="gift", actor=None, path="/gifts", at=NOON)
    Notice.objects.create(person=maker, kind="wave", actor=ana, path="/@ana", at=NOON)

    html = signed_in(maker).get("/notifications").content.decode()

    assert '<a href="/gifts">Something new</a>' in html
