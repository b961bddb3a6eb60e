"""What a viewer does not want: out of the next page, and back after it is taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection

from tests import make
from vitrine.feed import serving, watching
from vitrine.feed.models import Unwanted, Watch
from vitrine.videos import mentions
from vitrine.videos.models import Clip, RemixKind

pytestmark = pytest.mark.django_db
KEY = "v_visitor"


def page(key: str = KEY, viewer: Any = None) -> set[int]:
    """Serve a page, and let all of it come again."""
    served = serving.next_clips(key, viewer or AnonymousUser(), size=20, at=make.NOON)
    watching.take_back(key=key)
    return {one.clip for one in served}


def test_no_more_of_a_creator_until_it_is_taken_back() -> None:
    one, other = make.clip(), make.clip()

    Unwanted.put(viewer=KEY, creator=one.creator, at=make.NOON)
    Unwanted.put(viewer=KEY, creator=one.creator, at=make.NOON)

    assert page() == {other.pk}
    assert page("v_else") == {one.pk, other.pk}
    Unwanted.objects.get().delete()
    assert page() == {one.pk, other.pk}


def test_no_more_of_a_topic_however_it_is_written() -> None:
    boats = [make.clip(description=f"Look, {tag}!") for tag in ("#Boats", "＃boats", "#BOATS")]
    others = [make.clip(description=words) for words in ("#boatshed", "boats", "a#boats", "")]

    Unwanted.put(viewer=KEY, topic="boats", at=make.NOON)

    assert page() == {clip.pk for clip in others}
    assert len(page("v_else")) == len(boats) + len(others)


def test_no_more_of_a_sound_neither_where_it_is_from_nor_where_it_is_lent() -> None:
    origin = make.clip()
    make.remix(origin, RemixKind.SOUND)
    duet, other = make.remix(origin, RemixKind.DUET), make.clip()

    Unwanted.put(viewer=KEY, sound_of=origin, at=make.NOON)

    assert page() == {duet.pk, other.pk}


def test_a_person_is_not_asked_for_another_s_wishes() -> None:
    clip, viewer = make.clip(description="#boats"), make.person()
    Unwanted.put(viewer=KEY, topic="boats", at=make.NOON)

    assert page(viewer.public_id, viewer) == {clip.pk}
    Unwanted.put(viewer=viewer.public_id, topic="boats", at=make.NOON)
    assert page(viewer.public_id, viewer) == set()


def test_a_clip_that_is_taken_back_is_as_any_other_that_was_shown() -> None:
    clip, seen = make.clip(), make.clip()
    watching.hide(clip, key=KEY, at=make.NOON)
    watching.hide(seen, key=KEY, at=make.NOON)
    Watch.objects.filter(clip=seen).update(watched_ms=4_000)
    assert page() == set()

    watching.unhide(clip, key=KEY)
    watching.unhide(seen, key=KEY)

    assert page() == set()  # it was shown; what takes it back is that nobody saw it
    assert page() == {clip.pk}
    assert Watch.objects.get(clip=seen).watched_at == make.NOON


@pytest.mark.parametrize(
    "what", [{}, {"topic": "boats", "creator": True}, {"topic": "boats", "sound_of": True}]
)
def test_postgres_wants_exactly_one_thing(what: dict[str, Any]) -> None:
    clip = make.clip()
    known = {"creator": clip.creator, "sound_of": clip}
    fields = {name: known[name] if value is True else value for name, value in what.items()}

    with pytest.raises(IntegrityError, match="unwanted_is_one_thing"):
        Unwanted.objects.create(viewer=KEY, at=make.NOON, **fields)


def test_visitors_wishes_go_with_their_cookie_and_a_viewer_s_with_the_viewer() -> None:
    viewer = make.person()
    for key in (KEY, viewer.public_id):
        Unwanted.put(viewer=key, topic="boats", at=make.NOON)

    watching.forget(before=make.NOON + timedelta(seconds=1))
    assert Unwanted.objects.get().viewer == viewer.public_id
    watching.start_over(key=viewer.public_id, at=make.NOON)
    assert Unwanted.objects.exists()
    watching.forget_viewer(viewer.public_id)
    assert not Unwanted.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "#Lampe und #Übergröße, #1 und #2026",
        "Ko te #waka me te #Aroha_nui",
        "#niño #corazón.",
        "#Île#brisée #café-noir",
        "＃ランプ #船",
        "#Лодка, ##twice a#no @no#no https://x.example/#no",
        "#" + "a" * 41,
    ],
)
def test_postgres_and_python_find_the_same_topics(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_topics(%s)", [text])
        (found,) = cursor.fetchone()

    names = {
        piece.name.lower() for piece in mentions.pieces(text) if piece.kind is mentions.Kind.HASHTAG
    }
    assert set(found) == names


def test_what_is_deleted_takes_its_wishes_along() -> None:
    clip = make.clip()
    Unwanted.put(viewer=KEY, creator=clip.creator, at=make.NOON)
    Unwanted.put(viewer=KEY, sound_of=clip, at=make.NOON)

    Clip.objects.filter(pk=clip.pk).delete()

    assert Unwanted.objects.get().creator == clip.creator
