"""What ``vitrine check`` finds when a clip is not as it should be."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests import make
from vitrine.kernel import storage
from vitrine.videos import invariants
from vitrine.videos.models import (
    Clip,
    Encoding,
    EncodingState,
    Remix,
    Rendition,
    Upload,
    Visibility,
)

pytestmark = pytest.mark.django_db


def upload() -> Upload:
    return Upload.objects.create(
        owner=make.person(), length=9, created_at=make.NOON, touched_at=make.NOON
    )


@pytest.mark.parametrize(
    "make_row, wrong",
    [
        (make.clip, {"visibility": "friends"}),
        (make.clip, {"visibility": ""}),
        (make.clip, {"deleted_at": make.NOON}),
        (upload, {"state": "lost"}),
        (lambda: make.clip().encoding, {"state": "paused"}),
    ],
)
def test_the_database_refuses_a_state_that_nobody_knows(
    make_row: Any, wrong: dict[str, Any]
) -> None:
    row = make_row()

    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**wrong)

    for name, value in wrong.items():
        before = getattr(row, name)
        row.refresh_from_db()
        assert getattr(row, name) == before != value


@pytest.mark.parametrize("field", ["poster_key", "original_key"])
def test_a_clip_that_names_anothers_file_is_found(field: str) -> None:
    hidden = make.clip(visibility=Visibility.PRIVATE)
    root = "renditions" if field == "poster_key" else "originals"
    key = f"{root}/{hidden.public_id}/1-a/x.webp"
    named: dict[str, Any] = {field: key}
    Clip.objects.filter(pk=hidden.pk).update(**named)
    assert invariants.visibility_holds().violations == []

    shown = make.clip(**named)

    assert invariants.visibility_holds().violations == [
        f"clip {shown.public_id} lets {key} be seen, which is not its own"
    ]


def test_a_rendition_that_opens_anothers_film_is_found() -> None:
    hidden, shown = make.clip(visibility=Visibility.PRIVATE), make.clip()
    key = f"renditions/{hidden.public_id}/2-b/720.mp4"

    make.rendition(shown, "720", key=key)

    assert invariants.visibility_holds().violations == [
        f"clip {shown.public_id} lets {key} be seen, which is not its own"
    ]


def test_a_clip_that_escaped_its_walls_is_found() -> None:
    clip = make.clip()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE videos_clip DROP CONSTRAINT clip_visibility_known")
        cursor.execute("UPDATE videos_clip SET visibility = 'friends'")

    assert invariants.visibility_holds().violations == [
        f"clip {clip.public_id} is deleted and out, or shown to nobody knows whom"
    ]


def test_what_does_not_play_or_does_not_end_is_found() -> None:
    def kept() -> Clip:
        clip = make.clip()
        storage.put(clip.renditions.get().key, bytes(1_000_000))
        return clip

    cut, empty, still, mute = kept(), kept(), kept(), kept()
    assert invariants.clips_play_and_preparings_end().violations == []
    cut_key = cut.renditions.get().key
    storage.put(cut_key, b"half")
    Rendition.objects.filter(clip=empty).delete()
    Encoding.objects.filter(clip=still).update(
        state=EncodingState.RUNNING, lease_until=make.NOON - timedelta(days=36_500)
    )
    Encoding.objects.filter(clip=mute).update(state=EncodingState.FAILED)

    assert invariants.clips_play_and_preparings_end().violations == [
        f"clip {empty.public_id} is published and has no rendition",
        f"{cut_key} has 4 of 1000000 bytes",
        f"the preparing of clip {still.pk} has stood still",
        f"the preparing of clip {mute.pk} failed mutely",
    ]


def test_a_lost_original_is_found() -> None:
    clip = make.clip(original_bytes=9)
    Clip.objects.filter(pk=clip.pk).update(original_key=f"originals/{clip.public_id}/gone")

    assert invariants.originals_are_kept().violations == [
        f"the original of clip {clip.public_id} has 0 of 9 bytes"
    ]


def test_a_lost_composed_film_and_anothers_sound_are_found() -> None:
    origin, clip = make.clip(), make.clip()
    duet = make.remix(origin)
    Remix.objects.update(composed_key=f"composed/{duet.public_id}/gone.mov")
    key = f"sounds/{clip.public_id}/1/sound.m4a"
    make.sound(origin, key=key)

    assert invariants.originals_are_kept().violations == [
        f"what was composed for clip {duet.pk} is gone"
    ]
    assert invariants.visibility_holds().violations == [
        f"clip {origin.public_id} lets {key} be seen, which is not its own"
    ]
