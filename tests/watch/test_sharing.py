"""What other sites learn of a clip, and how it is passed on."""

import json
import re

import pytest
from django.test import Client

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.videos.models import Clip, Visibility

pytestmark = pytest.mark.django_db

ORIGIN = "http://testserver"
OPEN = [Visibility.PUBLIC, Visibility.UNLISTED]
CLOSED = [Visibility.FOLLOWERS, Visibility.PRIVATE]
HOSTILE = '</script><script>alert(1)</script>"&'


def linked_data(html: str) -> dict[str, object]:
    """Return the JSON-LD of a page as a search engine reads it: up to the first end tag."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def oembed(clip: Clip, **query: str) -> dict[str, object]:
    answer = Client().get("/oembed", {"url": f"{ORIGIN}{clip.get_absolute_url()}", **query})
    assert answer.status_code == 200
    said: dict[str, object] = answer.json()
    return said


def test_a_clip_page_says_what_it_shows_to_sites_and_search_engines() -> None:
    clip = make.clip(make.person("lumen"), title="A lamp, lit")
    url = f"{ORIGIN}{clip.get_absolute_url()}"

    html = Client().get(clip.get_absolute_url()).content.decode()
    data = linked_data(html)

    assert (data["@type"], data["name"], data["url"]) == ("VideoObject", "A lamp, lit", url)
    assert data["embedUrl"] == f"{url}/embed"
    assert data["duration"] == f"PT{clip.duration_ms / 1000:g}S"
    assert f'<meta name="twitter:player" content="{url}/embed">' in html
    assert 'type="application/json+oembed"' in html


def test_hostile_words_cannot_leave_the_linked_data() -> None:
    clip = make.clip(title=HOSTILE, description=HOSTILE)

    html = Client().get(clip.get_absolute_url()).content.decode()

    assert "<script>alert" not in html
    assert linked_data(html)["name"] == HOSTILE


@pytest.mark.parametrize("visibility", CLOSED)
def test_a_clip_that_not_everybody_may_see_says_nothing_to_other_sites(
    visibility: Visibility,
) -> None:
    maker = make.person()
    clip = make.clip(maker, visibility=visibility)

    html = signed_in(maker).get(clip.get_absolute_url()).content.decode()

    assert "og:" not in html
    assert "ld+json" not in html
    assert "oembed" not in html


def test_an_unlisted_clip_asks_search_engines_to_leave_it_out() -> None:
    clip = make.clip(visibility=Visibility.UNLISTED)

    html = Client().get(clip.get_absolute_url()).content.decode()

    assert '<meta name="robots" content="noindex">' in html


@pytest.mark.parametrize("visibility", OPEN)
def test_the_address_that_the_page_names_answers_with_a_player(visibility: Visibility) -> None:
    clip = make.clip(make.person("lumen"), visibility=visibility)
    html = Client().get(clip.get_absolute_url()).content.decode()
    named = re.search(r'application/json\+oembed" href="([^"]+)"', html)
    assert named

    said = Client().get(named[1].removeprefix(ORIGIN)).json()

    assert (said["version"], said["type"]) == ("1.0", "video")
    assert said["author_url"] == f"{ORIGIN}/@lumen"
    assert f'src="{ORIGIN}{clip.get_absolute_url()}/embed"' in said["html"]


@pytest.mark.parametrize(
    "room, size",
    [
        ({}, (360, 640)),
        ({"maxwidth": "180"}, (180, 320)),
        ({"maxwidth": "2000", "maxheight": "320"}, (180, 320)),
        ({"maxwidth": "1080", "maxheight": "1920"}, (1080, 1920)),
    ],
)
def test_a_player_fits_the_room_that_a_site_has(
    room: dict[str, str], size: tuple[int, int]
) -> None:
    clip = make.clip(width=720, height=1280)

    said = oembed(clip, **room)

    assert (said["width"], said["height"]) == size


@pytest.mark.parametrize("visibility", CLOSED)
def test_what_not_everybody_may_see_has_no_player_elsewhere(visibility: Visibility) -> None:
    maker = make.person()
    clip = make.clip(maker, visibility=visibility)
    browser = signed_in(maker)

    assert browser.get(f"{clip.get_absolute_url()}/embed").status_code == 404
    found = browser.get("/oembed", {"url": f"{ORIGIN}{clip.get_absolute_url()}"})
    assert found.status_code == 404
    assert found.json()["code"] == "no_such_clip"


@pytest.mark.parametrize(
    "query, status",
    [
        ({}, 404),
        ({"url": "https://elsewhere.example/v/us_01ARZ3NDEKTSV4RRFFQ69G5FAV"}, 404),
        ({"url": "http://testserver/v/"}, 404),
        ({"url": "http://[bad"}, 404),
        ({"url": "x", "format": "xml"}, 501),
        ({"url": "x", "maxwidth": "wide"}, 400),
    ],
)
def test_oembed_says_what_is_wrong_with_a_question(query: dict[str, str], status: int) -> None:
    answer = Client().get("/oembed", query)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_only_the_player_may_stand_in_another_site_s_frame() -> None:
    clip = make.clip()

    player = Client().get(f"{clip.get_absolute_url()}/embed")
    page = Client().get(clip.get_absolute_url())

    assert "frame-ancestors *" in player["Content-Security-Policy"]
    assert "X-Frame-Options" not in player
    assert not player.cookies
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


def test_whoever_comes_from_a_player_elsewhere_is_counted_as_such() -> None:
    clip = make.clip()
    page = Client().get(f"{clip.get_absolute_url()}/embed").content.decode()

    assert f'href="{ORIGIN}{clip.get_absolute_url()}?from=embed"' in page


def test_a_sheet_offers_the_link_a_code_for_phones_and_the_player() -> None:
    clip = make.clip()

    page = Client().get(f"{clip.get_absolute_url()}/share")
    sheet = Client().get(f"{clip.get_absolute_url()}/share?sheet")

    for html in (page.content.decode(), sheet.content.decode()):
        assert f'value="{ORIGIN}{clip.get_absolute_url()}"' in html
        assert 'class="qr-code"' in html
        assert "&lt;iframe" in html
    assert "<html" not in sheet.content.decode()


def test_who_shares_what_others_cannot_open_is_told() -> None:
    maker = make.person()
    clip = make.clip(maker, visibility=Visibility.PRIVATE)

    html = signed_in(maker).get(f"{clip.get_absolute_url()}/share").content.decode()

    assert "Only you can open this clip." in html
    assert "&lt;iframe" not in html
