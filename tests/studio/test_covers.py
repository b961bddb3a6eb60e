"""The cover: a frame of the clip or a picture sent for it, shown everywhere but in the feed."""

import io
import subprocess
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from tests import make
from tests.studio.test_clips import signed_in
from vitrine.kernel import storage
from vitrine.videos import covers, encoding, invariants, jail, purging, tasks
from vitrine.videos.models import Clip

pytestmark = pytest.mark.django_db
SECONDS, SIZE = 2, (180, 320)
RED, BLUE = (200, 30, 30), (30, 30, 200)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a film whose first second is red and whose last is blue."""
    path = tmp_path_factory.mktemp("cover") / "film.mp4"
    parts = [f"color=0x{bytes(c).hex()}:s={SIZE[0]}x{SIZE[1]}:d=1:r=10" for c in (RED, BLUE)]
    inputs = [word for part in parts for word in ("-f", "lavfi", "-i", part)]
    graph = "[0][1]concat=n=2,format=yuv420p"
    subprocess.run(
        [jail.binary(), "-v", "error", *inputs, "-filter_complex", graph, str(path)], check=True
    )
    return path.read_bytes()


@pytest.fixture
def clip(film: bytes) -> Iterator[Clip]:
    """Make a published clip whose rendition and poster lie in the store."""
    made = make.clip(duration_ms=SECONDS * 1000, width=SIZE[0], height=SIZE[1])
    rendition = made.renditions.get()
    rendition.key = f"renditions/{made.public_id}/1-abc/540.mp4"
    rendition.width, rendition.height, rendition.size = *SIZE, len(film)
    rendition.save()
    made.poster_key = f"renditions/{made.public_id}/1-abc/poster.webp"
    made.save()
    storage.put(rendition.key, film)
    storage.put(made.poster_key, b"poster")
    yield made
    storage.delete(*storage.list_keys(""))


def choose(clip: Clip, **sent: object) -> int:
    """Choose a cover as the creator; return the answer's status."""
    url = f"/studio/clips/{clip.public_id}/cover/"
    answer = signed_in(clip.creator).post(url, sent, headers={"HX-Request": "true"})
    clip.refresh_from_db()
    return answer.status_code


def colour(content: bytes, *, x: int = 5) -> tuple[int, ...]:
    with Image.open(io.BytesIO(content)) as picture:
        pixel = picture.convert("RGB").getpixel((x, 5))
    assert isinstance(pixel, tuple)
    return pixel


def near(pixel: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(pixel, wanted, strict=True))


def picture(size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 160, 20)).save(out, "JPEG", exif=b"Exif\0\0secret place")
    return SimpleUploadedFile("cover.jpg", out.getvalue())


def test_the_frames_to_choose_from_are_made_once_and_only_for_the_creator(clip: Clip) -> None:
    url = f"/studio/clips/{clip.public_id}/cover/frames.webp"
    creator = signed_in(clip.creator)

    first, again = creator.get(url), creator.get(url)
    chooser = creator.get(f"/studio/clips/{clip.public_id}/cover/").content.decode()

    with Image.open(io.BytesIO(first.content)) as strip:
        assert strip.size == (90 * covers.FRAMES, covers.FRAME_HEIGHT)
    assert near(colour(first.content), RED)
    assert near(colour(first.content, x=90 * covers.FRAMES - 5), BLUE)
    assert (first["ETag"], first["Cache-Control"]) == (again["ETag"], "private, max-age=600")
    assert len(list(storage.list_keys("strips/"))) == 1
    assert chooser.count('name="at_ms" value=') == covers.FRAMES
    assert signed_in(make.person()).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_frame_becomes_the_cover_everywhere_but_in_the_feed(clip: Clip) -> None:
    assert choose(clip, at_ms=1_500) == 200

    shown = Client().get(clip.cover_url)
    assert near(colour(shown.content), BLUE)
    assert shown["Cache-Control"].startswith("public")
    assert (clip.cover_ms, clip.poster_url) != (None, clip.cover_url)
    anybody = Client()
    for page in (
        f"/@{clip.creator.handle}",
        f"/v/{clip.public_id}",
        f"/v/{clip.public_id}/embed",
        f"/oembed?url=http://testserver/v/{clip.public_id}",
    ):
        assert clip.cover_url in anybody.get(page).content.decode(), page
        assert clip.poster_url not in anybody.get(page).content.decode(), page
    feed = anybody.get("/").content.decode()
    assert clip.poster_url in feed
    assert clip.cover_url not in feed
    assert clip.cover_url in signed_in(clip.creator).get("/studio/").content.decode()


def test_search_shows_the_cover_and_the_poster_where_there_is_none(clip: Clip) -> None:
    Clip.objects.filter(pk=clip.pk).update(title="Brass lantern")
    assert choose(clip, at_ms=1_500) == 200

    page = Client().get("/search", {"q": "lantern"}).content.decode()
    assert clip.cover_url in page
    covers.take_off(clip)
    assert clip.poster_url in Client().get("/search", {"q": "lantern"}).content.decode()


def test_a_picture_of_ones_own_is_cut_to_the_clip_and_stripped(clip: Clip) -> None:
    assert choose(clip, picture=picture()) == 200

    content = storage.get(clip.cover_key)
    with Image.open(io.BytesIO(content)) as cover:
        assert cover.size == SIZE
    assert b"secret" not in content
    assert clip.cover_ms is None


@pytest.mark.parametrize(
    "sent, status, sentence",
    [
        ({}, 422, "Choose a moment of the clip, or a picture."),
        ({"at_ms": "soon"}, 422, ""),
        ({"at_ms": "-5"}, 422, ""),
        ({"picture": SimpleUploadedFile("a.jpg", b"no picture")}, 422, "not a JPEG, PNG or WebP"),
    ],
)
def test_what_is_no_cover_is_refused_and_the_old_one_stays(
    sent: dict[str, object], status: int, sentence: str, clip: Clip
) -> None:
    choose(clip, at_ms=0)
    before = clip.cover_key

    answer = signed_in(clip.creator).post(f"/studio/clips/{clip.public_id}/cover/", sent)

    assert answer.status_code == status
    assert sentence in answer.content.decode()
    clip.refresh_from_db()
    assert clip.cover_key == before


def test_a_clip_that_does_not_play_yet_has_no_frames(clip: Clip) -> None:
    clip.renditions.all().delete()

    assert choose(clip, at_ms=0) == 409
    assert clip.cover_key == ""


def test_a_film_that_is_gone_is_said_so(clip: Clip) -> None:
    storage.delete(clip.renditions.get().key)

    assert choose(clip, at_ms=0) == 409
    assert clip.cover_key == ""


def test_the_cover_is_seen_by_whoever_sees_the_clip(clip: Clip) -> None:
    choose(clip, at_ms=0)
    Clip.objects.filter(pk=clip.pk).update(visibility="private")

    assert Client().get(clip.cover_url).status_code == 404
    assert signed_in(make.person()).get(clip.cover_url).status_code == 404
    assert signed_in(clip.creator).get(clip.cover_url).status_code == 200
    assert invariants.visibility_holds().violations == []


def test_a_replaced_cover_is_removed_later_and_the_one_shown_is_not(clip: Clip) -> None:
    choose(clip, at_ms=0)
    first = clip.cover_key
    choose(clip, at_ms=1_500)
    ordered = ProcrastinateJob.objects.filter(task_name="videos.forget_cover")
    keys = [job.args["key"] for job in ordered]

    assert storage.exists(first)
    assert set(keys) == {first, clip.cover_key}
    for key in keys:
        tasks.forget_cover(key)

    assert list(storage.list_keys("covers/")) == [clip.cover_key]
    assert invariants.clips_play_and_preparings_end().violations == []


def test_a_choosing_cut_off_before_the_switch_leaves_nothing(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Stands for the end of the process."""

    def dies(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(covers, "_switch", dies)
        with pytest.raises(Killed):
            covers.from_frame(clip, at_ms=0)
    job = ProcrastinateJob.objects.get(task_name="videos.forget_cover")
    tasks.forget_cover(**job.args)

    clip.refresh_from_db()
    assert clip.cover_key == ""
    assert list(storage.list_keys("covers/")) == []


def test_a_refinement_keeps_the_creators_choice(clip: Clip) -> None:
    choose(clip, at_ms=1_500)
    before = clip.cover_key

    encoding._tidy(clip)  # what each preparing ends with

    clip.refresh_from_db()
    assert (clip.cover_key, clip.cover_ms) == (before, 1_500)
    assert storage.exists(before)


def test_a_deleted_clip_takes_its_cover_and_frames_along(clip: Clip) -> None:
    choose(clip, at_ms=0)
    covers.strip(clip)
    clip.delete(at=timezone.now())
    kept = [key for key in storage.list_keys("") if clip.public_id in key]
    assert {key.split("/")[0] for key in kept} == {"covers", "strips", "renditions"}

    assert not Clip.objects.visible_to(AnonymousUser()).filter(pk=clip.pk).exists()
    assert purging.purge_deleted_clips() == 1

    assert [key for key in storage.list_keys("") if clip.public_id in key] == []
    clip.refresh_from_db()
    assert (clip.cover_key, clip.cover_ms) == ("", None)
    with pytest.raises(covers.NotReadyForCover):
        covers.take_off(clip)


def test_without_script_a_cover_is_chosen_on_its_own_page(clip: Clip) -> None:
    creator, url = signed_in(clip.creator), f"/studio/clips/{clip.public_id}/cover/"

    page = creator.get(url)
    chosen = creator.post(url, {"at_ms": "1500"})
    removed = creator.post(url, {"method": "delete"})

    assert "<h1>Choose a cover</h1>" in page.content.decode()
    assert chosen.status_code == removed.status_code == 302
    clip.refresh_from_db()
    assert clip.cover_url == clip.poster_url
