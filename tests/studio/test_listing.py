"""The list: what is asked of it, and one change to many clips."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.studio.test_clips import draft, signed_in
from vitrine.accounts.models import Person
from vitrine.surfaces.studio import changing
from vitrine.videos.models import Clip, Encoding, EncodingState, Visibility

pytestmark = pytest.mark.django_db


def change(creator: Person, what: str, *clips: Clip, **more: str) -> object:
    """Tick clips and make a change; return the answer."""
    ticked = [clip.public_id for clip in clips]
    return signed_in(creator).post(
        "/studio/clips/changes/", {"what": what, "clips": ticked, **more}
    )


def shown(creator: Person, **asked: str) -> list[str]:
    page = signed_in(creator).get("/studio/", asked)
    return sorted(row.clip.title for row in page.context["clips"].rows)


def test_the_list_is_narrowed_by_state_visibility_and_words() -> None:
    creator = make.person()
    make.clip(creator, title="Brass lamp", visibility=Visibility.PRIVATE)
    make.clip(creator, title="Planned lamp", draft=True, scheduled_at=make.NOON)
    make.clip(creator, title="Draft bowl", draft=True, description="With a lamp.")
    failed = make.clip(creator, title="Failed", draft=True)
    failed.renditions.all().delete()
    Encoding.objects.filter(clip=failed).update(state=EncodingState.FAILED, reason="No.")
    Clip.objects.filter(pk=draft(creator).pk).update(title="Coming")
    make.clip(title="Somebody's lamp")

    assert shown(creator, state="published") == ["Brass lamp"]
    assert shown(creator, state="scheduled") == ["Planned lamp"]
    assert shown(creator, state="draft") == ["Draft bowl"]
    assert shown(creator, state="preparing") == ["Coming"]
    assert shown(creator, state="failed") == ["Failed"]
    assert shown(creator, visibility="private") == ["Brass lamp"]
    assert shown(creator, q="lamp") == ["Brass lamp", "Draft bowl", "Planned lamp"]
    assert shown(creator, q="lamp bowl") == ["Draft bowl"]
    assert shown(creator, q="nothing like it", state="draft") == []
    assert len(shown(creator, state="no such state")) == 5


def test_older_clips_are_of_the_same_kind() -> None:
    creator = make.person()
    for _ in range(25):
        make.clip(creator, title="Lamp")
    make.clip(creator, title="Bowl")

    html = signed_in(creator).get("/studio/", {"q": "lamp"}).content.decode()
    older = re.search(r'href="(\?after=[^"]+)">Older', html)

    assert older
    assert "All 25 clips that match" in html
    rows = signed_in(creator).get(f"/studio/{older[1].replace('&amp;', '&')}").context["clips"].rows
    assert [row.clip.title for row in rows] == ["Lamp"]


@pytest.mark.parametrize(
    "what, field, value",
    [
        ("visibility:followers", "visibility", "followers"),
        ("comments:off", "comments_open", False),
        ("language:es", "language", "es"),
        ("publication:off", "published_at", None),
    ],
)
def test_one_change_is_made_to_the_ticked_clips_alone(what: str, field: str, value: object) -> None:
    creator = make.person()
    ticked, other, strangers = make.clip(creator), make.clip(creator), make.clip()
    before = getattr(other, field)

    answer = change(creator, what, ticked, strangers)

    for clip in (ticked, other, strangers):
        clip.refresh_from_db()
    assert "1 of 1 clip changed" in answer.content.decode()  # type: ignore[attr-defined]
    assert getattr(ticked, field) == value
    assert getattr(other, field) == before
    assert getattr(strangers, field) != value


def test_each_clip_succeeds_or_is_refused_by_itself_with_the_reason() -> None:
    creator = make.person()
    ready = make.clip(creator, draft=True, description="A lamp turns.")
    unready = make.clip(creator, draft=True, title="Unready")
    unready.renditions.all().delete()

    html = change(creator, "publication:on", ready, unready).content.decode()  # type: ignore[attr-defined]

    assert "1 of 2 clips changed" in html
    assert re.search(
        r"Unready</a><br><span class=\"error\">This clip is still being prepared", html
    )
    assert [clip.published_at is None for clip in Clip.objects.order_by("pk")] == [False, True]


def test_deleting_is_asked_for_once_more_naming_the_count() -> None:
    creator = make.person()
    clips = [make.clip(creator) for _ in range(3)]

    asked = change(creator, "deletion:", *clips[:2]).content.decode()  # type: ignore[attr-defined]
    kept = Clip.objects.kept().count()
    change(creator, "deletion:", *clips[:2], sure="on")

    assert "<h1>Delete 2 clips?</h1>" in asked
    assert all(f'name="clips" value="{clip.public_id}"' in asked for clip in clips[:2])
    assert kept == 3
    assert list(Clip.objects.kept()) == [clips[2]]


def test_everything_is_what_matches_and_no_more() -> None:
    creator = make.person()
    lamp, bowl = make.clip(creator, title="Lamp"), make.clip(creator, title="Bowl")

    change(creator, "visibility:private", everything="on", q="lamp")

    lamp.refresh_from_db()
    bowl.refresh_from_db()
    assert (lamp.visibility, bowl.visibility) == ("private", "public")


def test_everything_is_bounded_to_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changing, "MOST", 2)
    creator = make.person()
    clips = [make.clip(creator) for _ in range(3)]

    html = signed_in(creator).get("/studio/").content.decode()
    change(creator, "comments:off", everything="on")
    too_many = change(creator, "comments:off", *clips)

    assert "The newest 2 of 3" in html
    assert Clip.objects.filter(comments_open=True).count() == 1
    assert too_many.status_code == 422  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "what, sentence",
    [
        ("", "Choose what to do with them."),
        ("visibility:nobody", "Select a valid choice"),
        ("creator:1", "Select a valid choice"),
        ("comments:off", ""),
    ],
)
def test_what_makes_no_sense_changes_nothing_and_keeps_the_ticks(what: str, sentence: str) -> None:
    creator = make.person()
    clip = make.clip(creator)

    answer = change(creator, what, *([clip] if sentence else []))

    html = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert sentence in html
    assert not sentence or re.search(rf'value="{clip.public_id}"[^>]* checked', html)
    clip.refresh_from_db()
    assert (clip.visibility, clip.comments_open) == ("public", True)


def test_a_long_list_costs_one_query_more(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    creator = make.person()
    for _ in range(26):
        make.clip(creator)
    client = signed_in(creator)

    with django_assert_num_queries(4):
        client.get("/studio/")
