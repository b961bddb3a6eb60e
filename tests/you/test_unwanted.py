"""Not interested, from the sheet of a clip to the page that takes it back."""

import pytest
from django.test import Client

from tests import make
from tests.watch.test_feed import signed_in
from vitrine.accounts.models import Block
from vitrine.feed.models import Unwanted
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept_nothing() -> None:
    from vitrine.surfaces.watch import articles  # noqa: PLC0415

    articles.forget()


def refuse(client: Client, clip: Clip, asked: str, *, status: int = 204) -> None:
    answer = client.post(
        f"{clip.get_absolute_url()}/disinterest{asked}", headers={"HX-Request": "true"}
    )
    assert answer.status_code == status


@pytest.mark.parametrize("is_person", [False, True])
@pytest.mark.parametrize(
    "asked, words",
    [("?what=creator", "@mara"), ("?what=topic&topic=boats", "#boats"), ("?what=sound", "Swell")],
)
def test_what_is_refused_is_listed_and_taken_back(asked: str, words: str, is_person: bool) -> None:
    clip = make.clip(make.person("mara"), description="On #Boats", has_sound=True)
    make.sound(clip, title="Swell")
    client = signed_in(make.person()) if is_person else Client()
    assert clip.public_id in client.get("/").content.decode()
    client.post("/watches/start-over")

    refuse(client, clip, asked)

    assert clip.public_id not in client.get("/").content.decode()
    assert words in client.get("/unwanted").content.decode()
    answer = client.post(f"/unwanted/{Unwanted.objects.get().public_id}", {"method": "delete"})
    assert answer.headers["Location"] == "/unwanted"
    assert words not in client.get("/unwanted").content.decode()
    assert clip.public_id in client.get("/").content.decode()


def test_a_clip_is_listed_and_taken_back() -> None:
    clip, client = make.clip(title="Kelp"), Client()
    refuse(client, clip, "")
    assert "Kelp" in client.get("/unwanted").content.decode()

    client.post(f"{clip.get_absolute_url()}/disinterest", {"method": "delete"})

    assert "Kelp" not in client.get("/unwanted").content.decode()


def test_the_sheet_offers_what_the_clip_has() -> None:
    clip = make.clip(make.person("mara"), description="On #Boats and #sea", has_sound=True)
    silent = make.clip(has_sound=False)

    sheet = Client().get(f"{clip.get_absolute_url()}/options").content.decode()
    other = Client().get(f"{silent.get_absolute_url()}/options").content.decode()

    for asked in ("?what=creator", "?what=topic&amp;topic=boats", "topic=sea", "?what=sound"):
        assert asked in sheet
    assert "what=topic" not in other
    assert "what=sound" not in other


@pytest.mark.parametrize("asked", ["?what=topic&topic=planes", "?what=sound", "?what=all"])
def test_what_the_clip_has_not_cannot_be_refused(asked: str) -> None:
    refuse(Client(), make.clip(description="#boats", has_sound=False), asked, status=404)

    assert not Unwanted.objects.exists()


def test_nobody_sees_or_ends_another_s_wishes() -> None:
    one, other = signed_in(make.person()), Client()
    clip = make.clip(make.person("mara"))
    refuse(one, clip, "?what=creator")

    url = f"/unwanted/{Unwanted.objects.get().public_id}"

    assert other.post(url, {"method": "delete"}).status_code == 404
    assert "@mara" not in other.get("/unwanted").content.decode()
    assert Unwanted.objects.exists()


def test_who_blocks_is_not_named_there() -> None:
    viewer, maker = make.person(), make.person("mara")
    clip, client = make.clip(maker), signed_in(viewer)
    refuse(client, clip, "?what=creator")
    Block.put(by=maker, on=viewer, at=make.NOON)

    html = client.get("/unwanted").content.decode()

    assert "@mara" not in html
    assert "Somebody whom you do not meet now" in html
