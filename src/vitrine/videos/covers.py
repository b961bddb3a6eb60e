"""The picture that stands for a clip in lists and on cards: any frame of it, or one sent for it.

The poster stays what it is, the first frame, because it lies under the player. A cover is written
under a key that nobody knows yet; then the clip's pointer is switched. Every key is looked at again
an hour later by a job that was ordered before the key was written, so that nothing is left over,
whatever crashed. Source: docs/adr/0042-covers-and-schedules.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore

from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError
from procrastinate.contrib.django import app

from vitrine.kernel import pictures, storage
from vitrine.kernel.errors import Refusal
from vitrine.videos import jail, ladder, probe, roots, scratch
from vitrine.videos.models import Clip, Rendition

FRAMES = 12
FRAME_HEIGHT = 160
SHORT_SIDE = 540
QUALITY = "80"
REPLACED_HOURS = 1
"""Pages and other sites may still ask for a cover that was replaced a moment ago."""
PATIENCE_SECONDS = 10
_LIMITS = jail.Limits(wall_seconds=30, cpu_seconds=30, file_bytes=1 << 23)
_turns = BoundedSemaphore(2)


class NotReadyForCover(Refusal):
    """No rendition of the clip is verified yet, or it is gone."""

    code = "clip_has_no_frames"
    message = "This clip is still being prepared. Choose a cover as soon as it plays."


class NoFrameThere(Refusal):
    """Nothing could be read at that moment of the clip."""

    code = "no_frame_there"
    message = "There is no picture at this moment of the clip. Choose another moment."


class Busy(Refusal):
    """Too many frames are being read at once."""

    code = "frames_busy"
    message = "Many covers are being made right now. Try again in a few seconds."
    status = 503


def moments(duration_ms: int) -> list[int]:
    """Return the moments that a strip shows, in ms: the middles of equal parts."""
    return [duration_ms * (2 * part + 1) // (2 * FRAMES) for part in range(FRAMES)]


def frame_size(clip: Clip) -> tuple[int, int]:
    """Return the size of one frame of the strip."""
    return max(2, round(clip.width * FRAME_HEIGHT / max(clip.height, 1))), FRAME_HEIGHT


def strip(clip: Clip) -> str:
    """Return the key of the clip's frames side by side, made when first asked for.

    Raises: NotReadyForCover, NoFrameThere, Busy.
    """
    film = _film(clip, "width")
    key = roots.strip(clip.public_id, film.key)
    if storage.exists(key):
        return key
    with _opened(film) as folder:
        found = _frames(folder, moments(clip.duration_ms), frame_size(clip))
        width, height = frame_size(clip)
        sheet = Image.new("RGB", (width * FRAMES, height))
        last = next((one for one in found if one is not None), None)
        if last is None:
            raise NoFrameThere
        for place, one in enumerate(found):
            last = one or last
            sheet.paste(last, (place * width, 0))
    storage.put(key, pictures.webp(sheet), content_type=roots.content_type(key))
    if not Clip.objects.kept().filter(pk=clip.pk).exists():
        storage.delete(key)
        raise NotReadyForCover
    return key


def from_frame(clip: Clip, *, at_ms: int) -> None:
    """Show the frame at a moment as the cover. Raises: NotReadyForCover, NoFrameThere, Busy."""
    at_ms = max(0, min(at_ms, clip.duration_ms - 1))
    film = _film(clip, "-width")
    size = ladder.fit(film.width, film.height, SHORT_SIDE)
    with _opened(film) as folder:
        (frame,) = _frames(folder, [at_ms], size)
        if frame is None:
            raise NoFrameThere
        content = pictures.webp(frame)
    _put(clip, content, at_ms=at_ms)


def from_picture(clip: Clip, source: bytes) -> None:
    """Show a picture that was sent, cut to the clip's shape. Raises: PictureRefused and others."""
    film = _film(clip, "-width")
    size = ladder.fit(film.width, film.height, SHORT_SIDE)
    upright = pictures.decoded(source, needed_side=max(size))
    cut = ImageOps.fit(upright, size, Image.Resampling.LANCZOS)
    _put(clip, pictures.webp(cut), at_ms=None)


def take_off(clip: Clip) -> None:
    """Show the first frame again."""
    _switch(clip, "", at_ms=None)


def forget(key: str) -> None:
    """Remove a cover that its clip does not show. Safe to run twice."""
    if not Clip.objects.filter(public_id=key.split("/")[1], cover_key=key).exists():
        storage.delete(key)


def _film(clip: Clip, order: str) -> Rendition:
    """Return the smallest or the largest rendition that is quick to read."""
    film = clip.renditions.filter(encoder=ladder.H264).order_by(order, "pk").first()
    if film is None or not clip.duration_ms:
        raise NotReadyForCover
    return film


@contextmanager
def _opened(film: Rendition) -> Iterator[Path]:
    """Give a folder with the film in it. The machine reads frames for a few at a time."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Busy
    try:
        with scratch.folder() as folder:
            storage.fetch_to(film.key, folder / "source")
            yield folder
    except storage.Missing:
        raise NoFrameThere from None
    finally:
        _turns.release()


def _frames(folder: Path, moments_ms: list[int], size: tuple[int, int]) -> list[Image.Image | None]:
    """Read the frames at some moments in one jailed run; None where the film has none."""
    arguments = ["-loglevel", "error", "-filter_threads", "1"]
    for moment in moments_ms:
        source = jail.source("source", max_pixels=probe.MAX_PIXELS)
        arguments += ["-threads", "1", "-ss", f"{moment / 1000:.3f}", *source]
    for place in range(len(moments_ms)):
        arguments += ["-map", f"{place}:V:0", "-frames:v", "1", "-an", "-map_metadata", "-1"]
        arguments += ["-vf", f"scale={size[0]}:{size[1]}:flags=bicubic,setsar=1"]
        arguments += ["-c:v", "libwebp", "-quality", QUALITY, "-f", "webp", f"file:{place}.webp"]
    try:
        jail.run(arguments, folder=folder, limits=_LIMITS)
    except jail.OutOfBounds:
        raise NoFrameThere from None
    return [_read(folder / f"{place}.webp") for place in range(len(moments_ms))]


def _read(path: Path) -> Image.Image | None:
    try:
        with Image.open(path, formats=("WEBP",)) as opened:
            return opened.convert("RGB")
    except (FileNotFoundError, UnidentifiedImageError, OSError):
        return None


def _put(clip: Clip, content: bytes, *, at_ms: int | None) -> None:
    key = roots.cover(clip.public_id)
    _look_again_later(key)
    storage.put(key, content, content_type=roots.content_type(key))
    _switch(clip, key, at_ms=at_ms)


@transaction.atomic
def _switch(clip: Clip, key: str, *, at_ms: int | None) -> None:
    shown = Clip.objects.kept().filter(pk=clip.pk)
    old = shown.select_for_update().values_list("cover_key", flat=True).first()
    if old is None:
        raise NotReadyForCover
    shown.update(cover_key=key, cover_ms=at_ms)
    if old:
        _look_again_later(old)
    clip.cover_key, clip.cover_ms = key, at_ms


def _look_again_later(key: str) -> None:
    """Order the removing of a key, in the caller's transaction; by name, as tasks import this."""
    job = app.configure_task(
        "videos.forget_cover", queue="settle", schedule_in={"hours": REPLACED_HOURS}
    )
    job.defer(key=key)
