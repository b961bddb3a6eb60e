"""When a draft goes out, chosen by the clocks of the cell's own country."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.surfaces.studio import local_time, outing, standing
from vitrine.surfaces.studio.forms import ScheduleForm
from vitrine.videos.models import Clip

BY_HTMX = {"HX-Request": "true"}


def typed(**later: int) -> str:
    return local_time.typed(timezone.now() + timedelta(**later))


def errors(text: str, *, now: datetime = make.NOON) -> list[str]:
    form = ScheduleForm({"out_at": text}, now=now, clip=Clip())  # type: ignore[arg-type]
    return [str(error) for error in form.errors.get("out_at", [])]


@pytest.mark.django_db
def test_a_time_is_chosen_changed_and_cancelled() -> None:
    clip = make.clip(draft=True)
    client, url = signed_in(clip.creator), f"/studio/clips/{clip.public_id}/schedule/"

    chosen = client.post(url, {"out_at": typed(days=2)}, headers=BY_HTMX)
    clip.refresh_from_db()
    first = clip.scheduled_at
    client.post(url, {"out_at": typed(days=3)}, headers=BY_HTMX)
    listed = client.get("/studio/").content.decode()
    clip.refresh_from_db()
    second = clip.scheduled_at
    cancelled = client.delete(url, headers=BY_HTMX)

    assert first
    assert second
    assert second - first == timedelta(days=1)
    said = f"Goes out {local_time.said(first)}."
    assert said.endswith("(New York).")
    assert chosen.content.decode().count(said) == 2  # in the card, and where the clip stands
    assert local_time.said(second) in listed
    assert '<span class="badge info">Scheduled</span>' in listed
    assert "Goes out" not in cancelled.content.decode().replace("Goes out by itself", "")
    clip.refresh_from_db()
    assert clip.scheduled_at is None


@pytest.mark.django_db
def test_without_script_the_editor_comes_back() -> None:
    clip = make.clip(draft=True)
    client, url = signed_in(clip.creator), f"/studio/clips/{clip.public_id}/schedule/"

    wrong = client.post(url, {"out_at": "2001-01-01T10:00"})
    right = client.post(url, {"out_at": typed(days=2)})

    assert wrong.status_code == 422
    assert 'value="2001-01-01T10:00"' in wrong.content.decode()
    assert right.status_code == 302
    assert "Change the time" in client.get(right["Location"]).content.decode()


@pytest.mark.django_db
def test_publishing_at_once_ends_the_plan_on_the_page_too() -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    clip = make.clip(draft=True, description="A lamp turns.", scheduled_at=tomorrow)
    url = f"/studio/clips/{clip.public_id}/publication/"

    answer = signed_in(clip.creator).post(url, headers=BY_HTMX).content.decode()

    assert 'id="schedule"' in answer
    assert "hx-swap-oob" in answer
    assert "Goes out" not in answer.replace("Goes out by itself", "")


@pytest.mark.django_db
def test_a_published_clip_takes_no_time() -> None:
    clip = make.clip()
    url = f"/studio/clips/{clip.public_id}/schedule/"

    answer = signed_in(clip.creator).post(url, {"out_at": typed(days=2)}, headers=BY_HTMX)

    assert answer.status_code == 409
    assert "out already" in answer.content.decode()


@pytest.mark.django_db
def test_a_draft_that_could_not_go_out_says_so_in_the_list_and_the_editor() -> None:
    clip = make.clip(
        draft=True,
        scheduled_at=make.NOON,
        schedule_refused_at=make.NOON,
        schedule_trouble="Say in one line what happens.",
    )
    client = signed_in(clip.creator)

    for url in ("/studio/", f"/studio/clips/{clip.public_id}/"):
        html = client.get(url).content.decode()
        assert "It should have gone out Friday, November 20, 2026" in html, url
        assert "Say in one line what happens." in html, url
    assert standing.of(clip, is_playable=True).stage == "Draft"


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "Choose a day and a time."),
        ("tomorrow", "Choose a day and a time."),
        ("2026-11-20", "This time is past."),
        ("2026-11-20T06:59", "This time is past."),
        ("2026-11-20T07:00", "This time is past."),  # noon in Greenwich is 7 in New York
        ("2027-11-20T07:01", "within a year"),
        ("9999-12-31T23:59", "Choose a day and a time."),
        ("2026-12-01T10:00+02:00", "Choose a day and a time."),
        ("2027-03-14T02:30", "Choose 3:30"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    assert sentence in errors(text)[0]


@pytest.mark.parametrize("text", ["2026-11-20T07:01", "2027-11-20T07:00", "2027-03-14T03:00"])
def test_a_time_to_come_within_a_year_is_taken(text: str) -> None:
    assert errors(text) == []


def test_an_hour_that_comes_twice_is_the_first_and_said_so() -> None:
    twice, once = local_time.instant("2027-11-07T01:30"), local_time.instant("2027-11-07T02:30")

    assert twice == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    assert once == datetime(2027, 11, 7, 7, 30, tzinfo=UTC)
    assert [local_time.is_twice(at) for at in (twice, twice + timedelta(hours=1), once)] == [
        True,
        False,
        False,
    ]
    planned = outing.of(Clip(scheduled_at=twice))
    assert planned
    assert "show this time twice: it goes out the first time" in planned.sentence
