"""A clip goes out and comes back: what it needs, and what is said where that is missing."""

import re

import pytest

from tests import make
from tests.studio.test_clips import draft, signed_in
from vitrine.videos.models import Caption, NotDescribed

pytestmark = pytest.mark.django_db


def test_a_clip_that_does_not_play_yet_is_not_published() -> None:
    creator = make.person()
    clip = draft(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/publication/", headers={"HX-Request": "true"}
    )

    clip.refresh_from_db()
    assert answer.status_code == 409
    assert "still being prepared" in answer.content.decode()
    assert clip.published_at is None


def test_a_refused_publication_leaves_the_button_and_says_why() -> None:
    creator = make.person()
    clip = draft(creator)

    answer = signed_in(creator).post(
        f"/studio/clips/{clip.public_id}/publication/", headers={"HX-Request": "true"}
    )

    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'id="standing"' in html
    assert 'role="alert"' in html


@pytest.mark.parametrize("verb", ["DELETE", "POST"])
def test_a_clip_is_published_and_taken_back(verb: str) -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, description="Boats come in.")
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/publication/"

    published = client.post(url)
    clip.refresh_from_db()
    was_out = clip.published_at is not None
    client.delete(url) if verb == "DELETE" else client.post(url, {"method": "delete"})

    clip.refresh_from_db()
    assert published.status_code == 302
    assert was_out
    assert clip.published_at is None


def test_a_clip_is_published_only_with_a_line_that_says_what_happens() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True)
    client = signed_in(creator)
    url = f"/studio/clips/{clip.public_id}/publication/"
    typed = {"title": "Lamp", "language": "en", "visibility": "public"}

    refused = client.post(url, {**typed, "description": " "}, headers={"HX-Request": "true"})
    without_scripts = client.post(url)
    clip.refresh_from_db()
    kept = (clip.title, clip.published_at)
    client.post(url, {**typed, "description": "A lamp turns."}, headers={"HX-Request": "true"})

    clip.refresh_from_db()
    assert (refused.status_code, without_scripts.status_code) == (409, 409)
    for answer in (refused, without_scripts):
        assert "One line that says what happens is missing" in answer.content.decode()
    assert kept == ("Lamp", None)
    assert clip.description == "A lamp turns."
    assert clip.published_at is not None


def test_a_wrong_field_keeps_a_clip_from_being_published_and_stays_typed() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, description="Before.")
    typed = {"title": "long " * 40, "description": "After.", "language": "en"}
    url = f"/studio/clips/{clip.public_id}/publication/"

    answers = [
        signed_in(creator).post(url, {**typed, "visibility": "public"}, headers=headers)
        for headers in ({"HX-Request": "true"}, {})
    ]

    clip.refresh_from_db()
    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Not published" in answers[0].content.decode()
    assert 'id="saved" role="status" hx-swap-oob="true"' in answers[0].content.decode()
    assert "long long" in answers[1].content.decode()
    assert (clip.description, clip.published_at) == ("Before.", None)


def test_the_line_of_a_clip_that_is_out_is_changed_and_not_taken_away() -> None:
    creator = make.person()
    clip, old = make.clip(creator, description="A lamp."), make.clip(creator)
    client = signed_in(creator)
    typed = {"title": "Lamp", "language": "en", "visibility": "private"}

    emptied = client.post(f"/studio/clips/{clip.public_id}/", {**typed, "description": ""})
    with pytest.raises(NotDescribed):
        clip.revise(description="", visibility="private")
    without = client.post(f"/studio/clips/{old.public_id}/", {**typed, "description": ""})

    clip.refresh_from_db()
    old.refresh_from_db()
    assert emptied.status_code == 422
    assert "people who cannot see it need this line" in emptied.content.decode()
    assert (clip.description, clip.visibility) == ("A lamp.", "public")
    assert without.status_code == 302  # it went out before a line was asked for
    assert old.visibility == "private"


def test_a_line_is_proposed_from_what_is_said_while_there_is_none() -> None:
    creator = make.person()
    clip = make.clip(creator, draft=True, title="Tea")
    Caption.write(clip, "en", "WEBVTT\n\n00:00.000 --> 00:02.000\nWater first. Then\n")
    client, url = signed_in(creator), f"/studio/clips/{clip.public_id}/"
    typed = {"title": "Tea", "language": "en", "visibility": "public"}

    html = client.get(url).content.decode()
    # As a browser without scripts sends it: the button's value after the field's.
    client.post(url, {**typed, "description": ["", "Water first. Then"]})

    clip.refresh_from_db()
    assert 'name="description" value="Water first. Then" data-fills="id_description"' in html
    assert clip.description == "Water first. Then"
    assert "data-fills" not in client.get(url).content.decode()


def test_enter_in_a_field_saves_and_never_publishes() -> None:
    clip = make.clip(draft=True)

    html = signed_in(clip.creator).get(f"/studio/clips/{clip.public_id}/").content.decode()

    buttons = re.findall(r'<button[^>]*form="details"[^>]*>', html)
    assert "formaction" not in buttons[0]
    assert any("formaction" in button for button in buttons[1:])
