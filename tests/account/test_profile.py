"""The profile, its picture, whom a person follows, where they are signed in."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests import make
from vitrine.accounts import pictures
from vitrine.accounts.models import Follow, Person
from vitrine.kernel import storage

pytestmark = pytest.mark.django_db
PROFILE = "/account/profile/"
SAID = {"display_name": "Ana Lamp", "bio": "I turn brass."}


@pytest.fixture
def ana(client: Client) -> Person:
    ana = make.person("ana")
    client.force_login(ana)
    return ana


def photo(size: tuple[int, int] = (400, 300), layout: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, layout)
    return out.getvalue()


def upload(content: bytes, name: str = "me.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_a_person_changes_what_others_see(client: Client, ana: Person) -> None:
    response = client.post(PROFILE, SAID)

    ana.refresh_from_db()
    assert response.headers["Location"] == PROFILE
    assert (ana.display_name, ana.bio) == ("Ana Lamp", "I turn brass.")


def test_a_wrong_profile_keeps_what_was_typed_and_changes_nothing(
    client: Client, ana: Person
) -> None:
    response = client.post(PROFILE, {"display_name": "A" * 61, "bio": "I turn brass."})

    ana.refresh_from_db()
    assert response.status_code == 422
    assert "I turn brass." in response.content.decode()
    assert (ana.display_name, ana.bio) == ("Ana", "")


def test_a_picture_becomes_two_bare_squares_that_caches_may_keep(
    client: Client, ana: Person
) -> None:
    client.post(PROFILE, {**SAID, "picture": upload(photo())})

    ana.refresh_from_db()
    small, large = client.get(ana.face_url), client.get(ana.portrait_url)
    assert Image.open(io.BytesIO(small.content)).size == (96, 96)
    assert Image.open(io.BytesIO(large.content)).size == (320, 320)
    assert small.headers["Content-Type"] == "image/webp"
    assert "immutable" in small.headers["Cache-Control"]
    assert f'src="{ana.portrait_url}"' in client.get(PROFILE).content.decode()


def test_another_picture_has_another_name_and_the_old_files_are_gone(
    client: Client, ana: Person
) -> None:
    client.post(PROFILE, {**SAID, "picture": upload(photo())})
    ana.refresh_from_db()
    old_key, old_url = ana.picture_key, ana.face_url

    client.post(PROFILE, {**SAID, "picture": upload(photo())})
    ana.refresh_from_db()
    changed = ana.picture_key != old_key
    client.post(PROFILE, {**SAID, "remove_picture": "on"})
    ana.refresh_from_db()

    assert changed
    assert client.get(old_url).status_code == 404
    assert not list(storage.list_keys(old_key))
    assert (ana.picture_key, ana.face_url) == ("", "")


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"<svg onload=alert(1)>", "not a JPEG, PNG or WebP"),
        (photo((8, 8)), "smaller than 16"),
        (photo((2000, 20)), "strip"),
        (photo()[:900], "damaged"),
    ],
)
def test_an_odd_picture_is_refused_with_its_cause_and_nothing_is_kept(
    client: Client, ana: Person, content: bytes, sentence: str
) -> None:
    before = list(storage.list_keys(pictures.ROOT))

    response = client.post(PROFILE, {**SAID, "picture": upload(content)})

    ana.refresh_from_db()
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert (ana.picture_key, ana.display_name) == ("", "Ana")
    assert list(storage.list_keys(pictures.ROOT)) == before


def test_a_decompression_bomb_is_refused_by_its_stated_size(client: Client, ana: Person) -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG", compress_level=9)

    response = client.post(PROFILE, {**SAID, "picture": upload(bomb.getvalue(), "me.png")})

    assert response.status_code == 422
    assert "pixels" in response.content.decode()


def test_real_odd_pictures_are_shown_right_or_refused(
    client: Client, ana: Person, shared: Path
) -> None:
    odd = shared / "media" / "odd" / "images"

    def answer(name: str) -> int:
        content = (odd / name).read_bytes()
        return client.post(PROFILE, {**SAID, "picture": upload(content)}).status_code

    assert answer("corrupt.jpg") == 422
    assert answer("cmyk.jpg") == 302
    assert answer("exif-orientation-90.jpg") == 302
    ana.refresh_from_db()
    shown = client.get(ana.portrait_url).content
    assert not Image.open(io.BytesIO(shown)).getexif()


def test_one_follows_and_stops_without_javascript(client: Client, ana: Person) -> None:
    ben = make.person("ben")

    followed = client.post("/account/follows/ben/", {"next": "/v/somewhere"})
    did = ana.follows(ben)
    client.post("/account/follows/ben/", {"method": "delete"})

    assert followed.headers["Location"] == "/v/somewhere"
    assert (did, ana.follows(ben)) == (True, False)


def test_htmx_gets_the_button_as_it_is_now(client: Client, ana: Person) -> None:
    make.person("ben")
    headers = {"HX-Request": "true"}

    on = client.post("/account/follows/ben/", {"next": "/v/x"}, headers=headers)
    again = client.post("/account/follows/ben/", headers=headers)
    off = client.delete("/account/follows/ben/", headers=headers)

    assert 'aria-pressed="true"' in on.content.decode()
    assert 'name="next" value="/v/x"' in on.content.decode()
    assert again.status_code == 200
    assert 'aria-pressed="false"' in off.content.decode()
    assert not Follow.objects.exists()


def test_nobody_follows_themselves_or_nobody_or_leaves_the_site(
    client: Client, ana: Person
) -> None:
    make.person("ben")

    client.post("/account/follows/ana/")
    unknown = client.post("/account/follows/nobody/")
    away = client.post("/account/follows/ben/", {"next": "https://example.net/"})

    assert unknown.status_code == 404
    assert away.headers["Location"] == "/@ben"
    assert Follow.objects.count() == 1


def test_a_person_sees_their_sessions_and_ends_another(client: Client) -> None:
    person = Person.objects.create_user("cy@example.org", make.PASSWORD, handle="cy")
    signed_in = {"login": person.email, "password": make.PASSWORD}
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) Version/18 Safari/600"})
    phone.post("/account/login/", signed_in)
    client.post("/account/login/", signed_in)

    page = client.get("/account/sessions/").content.decode()
    found = re.search(r'action="(/account/sessions/[0-9a-f]{16}/)"', page)
    assert found
    stranger = Client()
    stranger.force_login(make.person())
    refused = stranger.post(found[1]).status_code
    client.post(found[1])

    assert "Safari on iPhone" in page
    assert refused == 404
    assert phone.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_person_ends_all_other_sessions_at_once(client: Client) -> None:
    person = Person.objects.create_user("cy@example.org", make.PASSWORD, handle="cy")
    signed_in = {"login": person.email, "password": make.PASSWORD}
    others = [Client(), Client()]
    for browser in (*others, client):
        browser.post("/account/login/", signed_in)

    client.post("/account/sessions/")

    assert [browser.get("/account/").status_code for browser in others] == [302, 302]
    assert client.get("/account/").status_code == 200
