"""The feed over HTTP: what is served, to whom, at what price."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed import telling
from vitrine.accounts import visitors
from vitrine.accounts.models import Person
from vitrine.catalog.models import Picture
from vitrine.surfaces.watch import articles, exhibits, page
from vitrine.surfaces.watch.exhibits import Exhibit
from vitrine.videos.models import Caption, Clip, Like, Visibility

pytestmark = pytest.mark.django_db

ARTICLE = re.compile(r'<article class="clip[^"]*" id="clip-(\w+)"')
HTMX = {"HX-Request": "true"}


def signed_in(person: Person) -> Client:
    """Return a browser that a person is signed in to."""
    client = Client()
    client.force_login(person, backend="vitrine.accounts.backend.Backend")
    return client


def shown(client: Client, url: str) -> list[str]:
    """Return the public ids of the clips on a page."""
    answer = client.get(url, headers=HTMX if "more" in url else {})
    assert answer.status_code == 200
    return ARTICLE.findall(answer.content.decode())


def test_two_hundred_pages_hold_no_clip_twice_and_end_honestly() -> None:
    maker = make.person()
    clips = {make.clip(maker).public_id for _ in range(60)}
    visitor = Client()

    pages = [shown(visitor, "/")] + [shown(visitor, "/for-you/more?from=5") for _ in range(200)]

    seen = [clip for page_of_clips in pages for clip in page_of_clips]
    assert len(seen) == len(set(seen)) == 60
    assert set(seen) == clips
    end = visitor.get("/for-you/more?from=61", headers=HTMX).content.decode()
    assert "You have seen everything" in end
    assert "/watches/start-over" in end


def test_starting_over_shows_the_clips_again() -> None:
    clip, viewer = make.clip(), make.person()
    visitor = signed_in(viewer)
    shown(visitor, "/")
    telling.watch(clip, to=viewer.public_id, viewer=viewer)
    assert shown(visitor, "/") == []

    answer = visitor.post("/watches/start-over")

    assert answer.headers["Location"] == "/"
    assert shown(visitor, "/") == [clip.public_id]


def test_what_never_came_on_screen_comes_again_to_a_reload_alone() -> None:
    clip, visitor = make.clip(), Client()

    assert shown(visitor, "/") == [clip.public_id]
    for url in ("/for-you/more?from=2", "/for-you/more?from=1", "/for-you/more"):
        assert shown(visitor, url) == []
    assert shown(visitor, "/") == [clip.public_id]


def test_an_empty_cell_says_so_and_promises_nothing() -> None:
    html = Client().get("/").content.decode()

    assert "The case is being filled" in html
    assert "You have seen everything" not in html


def test_what_a_person_saw_on_one_device_is_not_shown_on_another() -> None:
    clip, viewer = make.clip(), make.person()

    assert shown(signed_in(viewer), "/") == [clip.public_id]
    telling.watch(clip, to=viewer.public_id, viewer=viewer)

    assert shown(signed_in(viewer), "/") == []


def test_a_visitor_is_remembered_by_a_cookie_that_scripts_cannot_read() -> None:
    visitor = Client()

    visitor.get("/")

    cookie = visitor.cookies[visitors.COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_fragment_costs_a_visitor_two_queries_and_a_person_five(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(30):
        make.tag(make.clip(), make.variant().product)
    visitor, person = Client(), signed_in(make.person())
    warming = Client()
    while shown(warming, "/for-you/more?from=1"):
        pass

    with django_assert_num_queries(2):
        assert len(shown(visitor, "/for-you/more?from=1")) == page.SLATE
    with django_assert_num_queries(5):  # and how long they want to watch
        assert len(shown(person, "/for-you/more?from=1")) == page.SLATE


def test_rendering_anew_costs_the_same_for_one_clip_as_for_ten(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(10):
        clip = make.clip()
        Caption.objects.create(clip=clip, language="en", webvtt="WEBVTT")
        product = make.variant().product
        Picture.objects.create(product=product, key=f"pictures/{clip.pk}", width=480, height=480)
        make.tag(clip, product)

    with django_assert_max_num_queries(5):  # one of them draws
        assert len(shown(Client(), "/for-you/more?from=1")) == 10


def test_the_first_clip_is_whole_in_the_html_for_those_without_scripts() -> None:
    clip = make.clip(title="Lamp, turning", description="A brass lamp turns in a lit case.")
    clip.poster_key = "renditions/poster.webp"
    clip.save()
    variant = make.variant(make.product(title="Brass lamp"), price_minor=12_900)
    make.tag(clip, variant.product)

    html = Client().get("/").content.decode()

    source = clip.renditions.get().url
    assert re.search(rf'<video controls playsinline loop preload=auto [^>]*src="{source}"', html)
    assert f'src="{clip.poster_url}"' in html
    assert 'aria-posinset="1" aria-setsize="-1"' in html
    assert "A brass lamp turns in a lit case." in html
    assert f'href="{variant.product.get_absolute_url()}"' in html
    assert "$129.00" in html
    assert f'form="act" formaction="/v/{clip.public_id}/like"' in html


def test_a_sheets_styles_are_there_before_it_and_hold_up_no_clip() -> None:
    clip = make.clip()
    product = make.variant(make.product(), stock=1).product
    make.tag(clip, product)
    client = Client()

    sheet = client.get(f"{product.get_absolute_url()}?sheet").content.decode()
    (styles,) = re.findall(r'<link rel="stylesheet" (href="[^>]*")>', sheet)
    holds = {
        "/": f'<template id="later">.*<link rel="stylesheet" {styles}>.*</template>',
        clip.get_absolute_url(): f'<link rel="stylesheet" {styles} media="print">',
    }
    for url, held in holds.items():
        html = client.get(url).content.decode()
        found = re.search(held, html, re.DOTALL)
        assert found, url
        assert html.index("</main>") < found.start() < html.index('id="sheet"')
        assert html.count(styles) == 1, "no script may wait for the sheet's styles"


def test_who_comes_for_the_first_time_has_the_styles_in_the_page() -> None:
    make.clip()
    client = Client()

    first, second = client.get("/"), client.get("/")

    (nonce,) = re.findall(r"style-src 'self' 'nonce-([^']+)'", first["Content-Security-Policy"])
    html = first.content.decode()
    assert re.search(rf'<style nonce="{re.escape(nonce)}">.*\.plate.*</style>', html, re.DOTALL)
    (first_file,) = re.findall(r'<link rel="stylesheet" href="([^"]*)">', html.split("</head>")[0])
    assert "css/sheets" in first_file
    assert "<style" not in second.content.decode()
    assert "nonce" not in second["Content-Security-Policy"]


def test_nothing_that_is_typed_by_a_creator_becomes_markup() -> None:
    make.clip(title="<script>alert(1)</script>", description="{{ clip.pk }} position")

    html = Client().get("/").content.decode()

    assert "<script>alert" not in html
    assert "{{ clip.pk }} position" in html


def test_what_the_viewer_did_is_shown_on_a_clip_that_is_kept_for_everybody() -> None:
    maker, viewer = make.person(), make.person()
    clip = make.clip(maker)
    viewer.follow(maker, at=make.NOON)
    Like.give(clip, by=viewer, at=make.NOON)

    mine, others = (client.get("/").content.decode() for client in (signed_in(viewer), Client()))

    pressed = f'/v/{clip.public_id}/like" aria-pressed="true" name="method" value="delete"'
    assert pressed in mine
    assert ">Following</button>" in mine
    assert "Because you follow" in mine
    assert f'/v/{clip.public_id}/like" aria-pressed="false"' in others
    assert ">Follow</button>" in others


def test_following_is_newest_first_and_holds_only_the_followed() -> None:
    followed, viewer = make.person(), make.person()
    viewer.follow(followed, at=make.NOON)
    make.clip()
    clips = [
        make.clip(followed, published_at=make.NOON.replace(hour=hour), visibility=visibility)
        for hour, visibility in [(9, Visibility.PUBLIC), (11, Visibility.FOLLOWERS)]
    ]

    assert shown(signed_in(viewer), "/following") == [clips[1].public_id, clips[0].public_id]


@pytest.mark.parametrize("minutes", [1, 0])
def test_following_goes_on_where_it_stopped(minutes: int) -> None:
    followed, viewer = make.person(), make.person()
    viewer.follow(followed, at=make.NOON)
    for number in range(14):
        make.clip(followed, published_at=make.NOON.replace(minute=minutes * number))
    client = signed_in(viewer)
    first = client.get("/following").content.decode()
    (more,) = re.findall(r'hx-get="(/following/more[^"]+)"', first)

    rest = shown(client, more.replace("&amp;", "&"))

    assert len(ARTICLE.findall(first)) == 10
    assert len(rest) == 4
    assert not set(rest) & set(ARTICLE.findall(first))


def test_a_stranger_is_told_what_following_is() -> None:
    html = Client().get("/following").content.decode()

    assert "Sign in and follow the makers you like" in html


@pytest.mark.parametrize("position", ["", "x", "-3", "²", "9" * 4_300])
def test_a_position_that_is_none_counts_from_one_or_far(position: str) -> None:
    make.clip()

    assert len(shown(Client(), f"/for-you/more?from={position}")) == 1


def test_a_changed_title_is_served_within_seconds() -> None:
    clip = make.clip(title="Before")
    Client().get("/")
    clip.title = "After"
    clip.save()

    assert articles.KEPT_FOR.total_seconds() <= 30
    articles.forget()

    assert "After" in Client().get("/").content.decode()


def test_what_another_page_drops_meanwhile_is_served_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clip = make.clip()
    read = exhibits.of_clips

    def read_and_dropped(clips: Sequence[int]) -> Iterator[Exhibit]:
        yield from read(clips)
        monkeypatch.setattr(articles, "MOST_KEPT", 0)  # as where others read thousands

    monkeypatch.setattr(exhibits, "of_clips", read_and_dropped)

    assert shown(Client(), "/") == [clip.public_id]


def test_a_clip_that_goes_as_a_page_is_drawn_is_left_out_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stays, goes = make.clip(), make.clip()
    ready = articles.ready

    def deleted_before(clips: Sequence[int], *, at: datetime) -> Mapping[int, articles.Article]:
        Clip.objects.filter(pk=goes.pk).delete()
        return ready(clips, at=at)

    monkeypatch.setattr(articles, "ready", deleted_before)

    assert shown(Client(), "/") == [stays.public_id]


def test_the_feed_says_where_nobody_speaks() -> None:
    clip = make.clip()
    assert "No spoken words" not in Client().get("/").content.decode()

    clip.mark_speechless(at=make.NOON)
    articles.forget()

    assert "<span>No spoken words</span>" in Client().get("/").content.decode()
