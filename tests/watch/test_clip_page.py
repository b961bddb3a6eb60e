"""The clip page, its sheets, and what viewers do to a clip."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.accounts.models import Person
from vitrine.feed.models import Watch
from vitrine.videos.models import Caption, Comment, Like, Visibility

pytestmark = pytest.mark.django_db


def test_the_page_plays_without_scripts_and_tells_others_what_it_is() -> None:
    maker = make.person("lumen", display_name="Lumen & Co")
    clip = make.clip(maker, title="Lamp", description="A lamp turns.")

    html = Client().get(clip.get_absolute_url()).content.decode()

    source = clip.renditions.get().url
    assert f'src="{source}"' in html
    assert '<video id="player" controls' in html
    assert '<meta property="og:title" content="Lamp">' in html
    assert f'<meta property="og:video" content="http://testserver{source}">' in html
    assert f'<link rel="canonical" href="http://testserver{clip.get_absolute_url()}">' in html
    assert "Lumen &amp; Co" in html


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.FOLLOWERS},
        {"draft": True},
        {"deleted_at": make.NOON, "published_at": None},
    ],
)
@pytest.mark.parametrize("part", ["", "/talk", "/options"])
def test_what_a_stranger_may_not_see_is_not_there(fields: dict[str, object], part: str) -> None:
    clip = make.clip(**fields)  # type: ignore[arg-type]

    assert Client().get(clip.get_absolute_url() + part).status_code == 404


def test_an_unlisted_clip_opens_by_its_link() -> None:
    clip = make.clip(visibility=Visibility.UNLISTED)

    html = Client().get(clip.get_absolute_url()).content.decode()

    assert "Anyone with the link" in html


def test_an_unknown_clip_is_a_404_page() -> None:
    assert Client().get("/v/us_01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404
    assert Client().get("/v/nonsense").status_code == 404


def test_liking_counts_once_and_can_be_taken_back() -> None:
    clip, viewer = make.clip(), make.person()
    url = f"{clip.get_absolute_url()}/like"
    client = signed_in(viewer)

    answers = [client.post(url), client.post(url)]

    assert [a.headers["Location"] for a in answers] == [clip.get_absolute_url()] * 2
    assert Like.objects.filter(clip=clip, person=viewer).count() == 1
    client.post(url, {"method": "delete"})
    assert not Like.objects.exists()
    client.post(url)
    assert client.delete(url, headers={"HX-Request": "true"}).status_code == 204
    assert not Like.objects.exists()


def test_a_stranger_is_asked_to_sign_in_before_liking_and_nothing_is_counted() -> None:
    clip = make.clip()
    url = f"{clip.get_absolute_url()}/like"

    by_form = Client().post(url)
    by_script = Client().post(url, headers={"Accept": "application/json"})

    assert by_form.status_code == 302
    assert by_form.headers["Location"].startswith("/account/login/")
    assert by_script.status_code == 401
    assert not Like.objects.exists()


def test_a_comment_is_said_and_shown_newest_first() -> None:
    clip, viewer = make.clip(), make.person("reader")
    Comment.say(clip, "First!", by=make.person(), at=make.NOON)
    client = signed_in(viewer)

    answer = client.post(f"{clip.get_absolute_url()}/comments", {"text": "Where is it from?"})

    assert answer.headers["Location"] == f"{clip.get_absolute_url()}#comments"
    html = client.get(f"{clip.get_absolute_url()}/talk").content.decode()
    assert html.index("Where is it from?") < html.index("First!")


def test_an_empty_or_endless_comment_is_refused_and_kept_in_the_field() -> None:
    clip, client = make.clip(), signed_in(make.person())
    url = f"{clip.get_absolute_url()}/comments"

    empty = client.post(url, {"text": "  "}, headers={"HX-Request": "true"})
    endless = client.post(url, {"text": "a" * 501})

    assert empty.status_code == endless.status_code == 422
    assert "Write something first." in empty.content.decode()
    assert "a" * 501 in endless.content.decode()
    assert not Comment.objects.exists()


def test_closed_comments_are_refused_in_words() -> None:
    clip = make.clip(comments_open=False)

    answer = signed_in(make.person()).post(
        f"{clip.get_absolute_url()}/comments", {"text": "Hello"}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 409
    assert "Comments are closed on this clip." in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_clip_of_no_interest_is_hidden_from_that_viewer_only() -> None:
    clip, visitor = make.clip(), Client()

    answer = visitor.post(f"{clip.get_absolute_url()}/disinterest")

    assert answer.headers["Location"] == "/"
    assert Watch.objects.get().hidden_at is not None
    assert clip.public_id not in visitor.get("/").content.decode()
    assert clip.public_id in Client().get("/").content.decode()


def test_more_to_watch_is_of_the_same_maker_first_and_only_what_is_listed() -> None:
    maker = make.person()
    clip = make.clip(maker)
    make.clip(maker, visibility=Visibility.UNLISTED, title="By link only")
    other = make.clip(title="Somebody else's", published_at=make.NOON.replace(hour=13))
    same = make.clip(maker, title="The same maker's")

    related = Client().get(clip.get_absolute_url()).context["related"]

    assert list(related) == [same, other]


def test_what_is_said_can_be_read() -> None:
    clip = make.clip(language="en")
    for language, words in (("de", "Zuerst Wasser."), ("en", "Water first.")):
        vtt = f"WEBVTT\n\n00:00.000 --> 00:02.000\n{words}\n"
        Caption.objects.create(clip=clip, language=language, webvtt=vtt)

    html = Client().get(clip.get_absolute_url()).content.decode()

    assert "<p>Water first.</p>" in html


def test_the_page_costs_the_same_with_many_comments(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    clip = make.clip()
    for _ in range(12):
        Comment.say(clip, "Yes", by=make.person(), at=make.NOON)

    with django_assert_max_num_queries(15):
        Client().get(clip.get_absolute_url())


def test_a_comment_is_taken_away_by_its_author_and_by_the_clips_creator_only() -> None:
    creator, author, other = make.person(), make.person(), make.person()
    clip = make.clip(creator)
    said = [Comment.say(clip, text, by=author, at=make.NOON) for text in ("One", "Two")]

    def end(comment: Comment, person: Person, **headers: str) -> Any:
        url = f"{clip.get_absolute_url()}/comments/{comment.public_id}"
        return signed_in(person).post(url, headers=headers)

    assert end(said[0], other).status_code == 404
    assert end(said[0], author).status_code == 302
    answer = end(said[1], creator, **{"HX-Request": "true"})

    assert "Two" not in answer.content.decode()
    assert not Comment.objects.exists()
