"""Comments: answers, likes, the pin, what waits, and text that means to deceive."""

from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.accounts.models import Block, Mute, Person
from vitrine.videos.models import (
    Audience,
    Clip,
    Comment,
    CommentLike,
    CommentRules,
    Holding,
    ThreadGone,
)

pytestmark = pytest.mark.django_db
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
SCRIPT = {"HX-Request": "true"}


def say(clip: Clip, text: str = "Nice", by: Person | None = None, **fields: Any) -> Comment:
    return Comment.say(clip, text, by=by or make.person(), at=fields.pop("at", make.NOON), **fields)


def read(clip: Clip, client: Client | None = None) -> str:
    return (client or Client()).get(f"{clip.get_absolute_url()}/talk").content.decode()


def test_an_answer_stands_in_its_thread_and_a_browser_without_scripts_is_led_to_it() -> None:
    clip, viewer = make.clip(), make.person()
    thread = say(clip)

    answer = signed_in(viewer).post(
        f"{clip.get_absolute_url()}/comments", {"text": "So I think", "thread": thread.public_id}
    )

    said = Comment.objects.get(thread=thread)
    assert answer.headers["Location"].endswith(
        f"/comments/{said.public_id}/thread#comment-{said.public_id}"
    )
    html = Client().get(answer.headers["Location"]).content.decode()
    assert html.index("Nice") < html.index("So I think")


def test_threads_are_one_level_deep() -> None:
    clip, viewer = make.clip(), make.person()
    thread = say(clip)
    answer = say(clip, thread=thread)

    signed_in(viewer).post(
        f"{clip.get_absolute_url()}/comments", {"text": "And more", "thread": answer.public_id}
    )

    assert Comment.objects.get(author=viewer).thread == thread
    with pytest.raises(ThreadGone):
        say(clip, thread=answer)


@pytest.mark.parametrize("by", ["script", "form"])
def test_an_answer_to_what_is_gone_is_told_so_and_kept_in_the_field(by: str) -> None:
    clip, viewer = make.clip(), make.person()
    thread = say(clip)
    url, typed = f"{clip.get_absolute_url()}/comments", {"text": "But why", "thread": ""}
    typed["thread"] = thread.public_id
    thread.delete()

    answer = signed_in(viewer).post(url, typed, headers=SCRIPT if by == "script" else {})

    assert answer.status_code == 409
    assert "Yours was not sent." in answer.content.decode()
    assert ">But why</textarea>" in answer.content.decode()
    assert not Comment.objects.exists()


def test_an_answer_does_not_cross_clips() -> None:
    clip, other = make.clip(), make.clip()
    thread = say(other)

    answer = signed_in(make.person()).post(
        f"{clip.get_absolute_url()}/comments", {"text": "Here", "thread": thread.public_id}
    )

    assert answer.status_code == 409
    assert Comment.objects.count() == 1
    with pytest.raises(ThreadGone):
        say(clip, thread=thread)


def test_a_thread_of_somebody_blocked_is_gone_with_its_answers() -> None:
    clip, viewer, blocked = make.clip(), make.person(), make.person()
    thread = say(clip, by=blocked)
    answer = say(clip, "I agree", thread=thread)
    Block.put(by=viewer, on=blocked, at=make.NOON)
    client = signed_in(viewer)

    assert "I agree" not in read(clip, client)
    assert client.get(answer.get_absolute_url()).status_code == 404
    url = f"{clip.get_absolute_url()}/comments"
    assert client.post(url, {"text": "Me", "thread": thread.public_id}).status_code == 409
    assert Comment.objects.count() == 2


def test_of_many_answers_the_latest_are_shown_and_the_others_are_a_page_away() -> None:
    clip = make.clip()
    thread = say(clip, "Thread")
    for minute in range(5):
        say(clip, f"Answer {minute}", thread=thread, at=make.NOON.replace(minute=minute))

    html = read(clip)

    assert "All 5 answers" in html
    assert "Answer 1" not in html
    assert html.index("Answer 2") < html.index("Answer 4")
    assert "Answer 0" in Client().get(thread.get_absolute_url()).content.decode()


def test_older_comments_are_a_page_further() -> None:
    clip = make.clip()
    for minute in range(25):
        say(clip, f"Number {minute}.", at=make.NOON.replace(minute=minute))

    first = Client().get(f"{clip.get_absolute_url()}/talk")
    cursor = first.context["talk"].next_cursor
    rest = Client().get(f"{clip.get_absolute_url()}/talk?cursor={cursor}").content.decode()

    assert "Number 4." not in first.content.decode()
    assert "Number 4." in rest
    assert "Number 5." not in rest


def test_a_comment_is_liked_once_and_no_more() -> None:
    clip, viewer = make.clip(), make.person()
    url = f"{clip.get_absolute_url()}/comments/{say(clip).public_id}/like"
    client = signed_in(viewer)

    liked = client.post(url, headers=SCRIPT).content.decode()
    client.post(url)

    assert 'aria-pressed="true"' in liked
    assert CommentLike.objects.count() == 1
    assert 'aria-pressed="false"' in client.delete(url, headers=SCRIPT).content.decode()
    assert not CommentLike.objects.exists()


def test_the_creator_pins_one_comment_and_another_takes_its_place() -> None:
    creator = make.person()
    clip = make.clip(creator)
    old, new = say(clip, "Old"), say(clip, "New", at=make.NOON.replace(hour=13))
    client = signed_in(creator)

    client.post(f"{clip.get_absolute_url()}/comments/{new.public_id}/pin")
    client.post(f"{clip.get_absolute_url()}/comments/{old.public_id}/pin")

    assert list(Comment.objects.filter(pinned_at__isnull=False)) == [old]
    html = read(clip)
    assert html.index("Old") < html.index("New")
    client.delete(f"{clip.get_absolute_url()}/comments/{old.public_id}/pin")
    assert not Comment.objects.filter(pinned_at__isnull=False).exists()


def test_only_the_creator_pins() -> None:
    clip, viewer = make.clip(), make.person()
    own = say(clip, by=viewer)

    answer = signed_in(viewer).post(f"{clip.get_absolute_url()}/comments/{own.public_id}/pin")

    assert answer.status_code == 404
    assert not Comment.objects.filter(pinned_at__isnull=False).exists()


def test_a_comment_with_a_held_word_is_its_authors_alone_until_the_creator_shows_it() -> None:
    creator, author = make.person(), make.person()
    clip = make.clip(creator)
    CommentRules.put(by=creator, audience=Audience.EVERYONE, holding=Holding.LISTED, words=["scám"])

    held = say(clip, "What a ＳＣＡＭ this is", by=author)

    assert "Waits for the creator" in read(clip, signed_in(author))
    assert held.text not in read(clip)
    studio = signed_in(creator)
    assert held.text in studio.get("/studio/comments/").content.decode()
    studio.post(f"/studio/comments/{held.public_id}/approval/")
    assert held.text in read(clip)


def test_a_creator_deletes_what_waits_and_nobody_else_can() -> None:
    creator, other = make.person(), make.person()
    CommentRules.put(by=creator, audience=Audience.EVERYONE, holding=Holding.ALL, words=[])
    held = say(make.clip(creator))
    url = f"/studio/comments/{held.public_id}/approval/"

    assert signed_in(other).post(url).status_code == 404
    assert Comment.objects.get().held_at is not None
    assert signed_in(creator).delete(url).status_code == 302
    assert not Comment.objects.exists()


def test_a_script_without_spaces_is_held_wherever_the_word_stands() -> None:
    creator = make.person()
    CommentRules.put(by=creator, audience=Audience.EVERYONE, holding=Holding.LISTED, words=["詐欺"])

    assert say(make.clip(creator), "これは詐欺です").held_at is not None


def test_a_word_in_a_longer_word_holds_nothing() -> None:
    creator = make.person()
    CommentRules.put(by=creator, audience=Audience.EVERYONE, holding=Holding.LISTED, words=["ass"])

    assert say(make.clip(creator), "A glass of class").held_at is None


@pytest.mark.parametrize(
    "audience, sentence",
    [
        (Audience.FOLLOWERS, "Only people who follow this creator can comment."),
        (Audience.NOBODY, "Comments are closed on this clip."),
    ],
)
def test_who_may_not_comment_is_told_so_and_nothing_is_said(
    audience: Audience, sentence: str
) -> None:
    creator, fan = make.person(), make.person()
    clip = make.clip(creator)
    CommentRules.put(by=creator, audience=audience, holding=Holding.LISTED, words=[])
    url = f"{clip.get_absolute_url()}/comments"

    answer = signed_in(fan).post(url, {"text": "Let me say"}, headers=SCRIPT)

    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert not Comment.objects.exists()
    assert signed_in(creator).post(url, {"text": "My own"}).status_code == 302
    if audience == Audience.FOLLOWERS:
        assert "Let me say" in answer.content.decode()
        fan.follow(creator, at=make.NOON)
        assert signed_in(fan).post(url, {"text": "Now I may"}).status_code == 302


def test_the_studio_keeps_the_rules_and_says_what_is_wrong_with_them() -> None:
    creator = make.person()
    client = signed_in(creator)
    rules = {"audience": "followers", "holding": "listed"}

    saved = client.post("/studio/comments/rules/", {**rules, "words": "Fake, scam\nfake"})
    refused = client.post("/studio/comments/rules/", {**rules, "words": "x" * 61})

    assert saved.status_code == 302
    kept = CommentRules.objects.get()
    assert (kept.audience, kept.words) == ("followers", "fake\nscam")
    assert refused.status_code == 422
    assert "x" * 61 in refused.content.decode()


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("cafe\u0301", "caf\u00e9"),
        ("a\u202egnp.exe\u202c b", "agnp.exe b"),
        ("in\u200bvisi\u2060ble", "invisible"),
        ("z" + "\u0301" * 40, "\u017a\u0301\u0301\u0301"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        (
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
            "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        ),
    ],
)
def test_what_is_typed_is_kept_without_what_hides_or_turns_it(typed: str, kept: str) -> None:
    clip = make.clip()

    signed_in(make.person()).post(f"{clip.get_absolute_url()}/comments", {"text": typed})

    assert Comment.objects.get().text == kept


def test_ten_thousand_characters_are_counted_and_kept_in_the_field() -> None:
    clip = make.clip()

    answer = signed_in(make.person()).post(
        f"{clip.get_absolute_url()}/comments", {"text": "b" * 10_000}, headers=SCRIPT
    )

    assert answer.status_code == 422
    assert "At most 500 characters; this has 10000." in answer.content.decode()
    assert "b" * 10_000 in answer.content.decode()


def test_nothing_to_be_seen_is_nothing_said() -> None:
    clip = make.clip()

    answer = signed_in(make.person()).post(
        f"{clip.get_absolute_url()}/comments", {"text": "\u3164\u200b\u2800"}, headers=SCRIPT
    )

    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_handles_and_hashtags_are_links_where_they_lead_somewhere() -> None:
    make.person("lumen")
    clip = make.clip(description="Made by @lumen, not @nobody.here #Lamp")

    say(clip, "<b>@Lumen</b> #2026 #Été mail@lumen.example")

    html = Client().get(clip.get_absolute_url()).content.decode()
    assert 'by <a class="in-text" href="/@lumen">@lumen</a>, not @nobody.here' in html
    assert '<a class="in-text" href="/tags/Lamp">#Lamp</a>' in html
    assert '&lt;b&gt;<a class="in-text" href="/@lumen">@Lumen</a>&lt;/b&gt; #2026' in html
    assert '<a class="in-text" href="/tags/%C3%89t%C3%A9">#Été</a> mail@lumen.example' in html


def test_a_muted_comment_is_hidden_from_who_muted_and_a_blocked_one_from_both() -> None:
    viewer, muted, blocked = make.person(), make.person(), make.person()
    clip = make.clip()
    said = say(clip, "Too loud", by=muted), say(clip, "Too rude", by=blocked)
    say(clip, "From the viewer", by=viewer)
    Mute.put(by=viewer, on=muted, at=make.NOON)
    Block.put(by=viewer, on=blocked, at=make.NOON)

    html = read(clip, signed_in(viewer))

    assert not [comment for comment in said if comment.text in html]
    assert "From the viewer" in read(clip, signed_in(muted))
    assert "From the viewer" not in read(clip, signed_in(blocked))
    thread = signed_in(viewer).get(said[1].get_absolute_url())
    assert thread.status_code == 404


def test_whom_the_creator_blocked_is_not_read_and_not_counted() -> None:
    creator, blocked = make.person(), make.person()
    clip = make.clip(creator)
    say(clip, "Rude", by=blocked)
    Block.put(by=creator, on=blocked, at=make.NOON)

    html = Client().get("/").content.decode()

    assert "Rude" not in read(clip)
    assert 'aria-label="Comments, 0"' in html
