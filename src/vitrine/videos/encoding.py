"""Make a clip's renditions: the first alone, so that it can be published, then the others.

Each step writes to keys that nobody knows yet, verifies, and then tells the database in one
transaction under the lease's fence. A worker that dies leaves the last told step standing.
"""

import errno
import logging
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from vitrine.kernel import storage
from vitrine.videos import (
    composing,
    fingerprinting,
    hardware,
    jail,
    ladder,
    loudness,
    probe,
    roots,
    scratch,
    sounding,
)
from vitrine.videos.chips import Chip
from vitrine.videos.models import Clip, Encoding, LeaseLost, Remix, Rendition, Sound
from vitrine.videos.placeholder import placeholder
from vitrine.videos.verify import Unverified, Verified, verify

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

RETRY_AFTER = timedelta(seconds=5)
ROOM_AFTER = timedelta(minutes=1)
TICK_SECONDS = 4.0
MEMORY_BYTES = 1 << 30


class CallFailed(Exception):
    """Ffmpeg ended badly; the sentence is its own last one."""


def encode(encoding: Encoding, *, clock: Clock) -> None:
    """Do whatever of a clip's preparing is not done yet. Safe to run twice, and at once.

    Whoever does not get the lease returns at once. Ends ready, waiting for another try, or
    failed with a reason; a crash leaves the lease to run out, and the reaper to see it.
    """
    if not encoding.take(at=clock()):
        return
    try:
        if encoding.clip.deleted_at is not None:
            encoding.fail(gettext_noop("The clip was deleted."), at=clock())
        else:
            _run(encoding, clock)
    except LeaseLost:
        log.info("encode: the lease of %s went to another worker", encoding.pk)
    except composing.OutOfReach as why:
        with suppress(LeaseLost):
            encoding.fail(f"{why}.", at=clock())
    except (CallFailed, Unverified, jail.OutOfBounds, probe.NotAccepted) as trouble:
        _again_or_never(encoding, trouble, at=clock())
    except (storage.Full, OSError) as trouble:
        if not storage.is_full(trouble):
            raise
        _when_there_is_room(encoding, at=clock())
    finally:
        _tidy(encoding.clip)


def _run(encoding: Encoding, clock: Clock) -> None:
    """Make what is missing, with a chip where the machine has one, else and after it without."""
    chip = None if encoding.refined_from else hardware.working()
    if chip is not None:
        try:
            _Run(encoding, clock, chip).run()
        except (CallFailed, Unverified, jail.OutOfBounds) as trouble:
            log.warning("encode: %s failed for %s: %s", chip.name, encoding.pk, trouble)
            encoding.went_on_without(f"{chip.name}: {trouble}")
        else:
            return
    _Run(encoding, clock).run()


def _sentence(trouble: Exception, step: str) -> str:
    """Tell the creator what to do; ffmpeg's own words are for the log."""
    if step == composing.STEP:
        return gettext_noop("The two films could not be put together.")
    if isinstance(trouble, probe.NotAccepted):
        return trouble.text
    if isinstance(trouble, jail.OutOfBounds):
        return gettext_noop(
            "This video takes too long to prepare. Export it at 1080p and send that."
        )
    return gettext_noop("This video can't be decoded to its end. Export it again and send that.")


def _again_or_never(encoding: Encoding, trouble: Exception, *, at: datetime) -> None:
    """Give the lease back for another try, or fail when there have been enough."""
    log.warning("encode: attempt %d of %s: %s", encoding.attempts, encoding.pk, trouble)
    reason = _sentence(trouble, encoding.step)
    try:
        if encoding.has_attempts_left:
            encoding.wait(reason, after=RETRY_AFTER, at=at)
        else:
            encoding.fail(reason, at=at)
    except LeaseLost:
        log.info("encode: the lease of %s went to another worker", encoding.pk)


def _when_there_is_room(encoding: Encoding, *, at: datetime) -> None:
    """Give the lease back until the disk has room; the clip is not to blame."""
    log.warning("encode: no room on the disk for %s", encoding.pk)
    with suppress(LeaseLost):
        encoding.wait(storage.Full.message, after=ROOM_AFTER, at=at, counts=False)


def _nothing() -> None:
    """Do nothing."""


class _Sources(TypedDict):
    source: str
    sound: str
    threads: int


class _Run:
    """One attempt. It holds what its steps share: the lease, the folder, the probe, the gain.

    chip: what encodes in hardware; None: the processor does.
    """

    def __init__(self, encoding: Encoding, clock: Clock, chip: Chip | None = None) -> None:
        self.encoding = encoding
        self.clip: Clip = encoding.clip
        self.clock = clock
        self.attempt = f"{encoding.fence}-{secrets.token_hex(6)}"
        self.threads: int = settings.VITRINE_ENCODE_THREADS
        self.encoder = chip.name if chip else ladder.H264
        self.devices = hardware.devices(chip)
        self.step = ""
        self.percent = 0

    def run(self) -> None:
        """Do the steps that are missing."""
        have = set(self.clip.renditions.values_list("name", flat=True))
        with scratch.folder() as folder:
            film = composing.film(self, folder)
            found = film.found
            gain = loudness.levelled(folder / film.heard, found, tick=self.beat)
            if self.encoding.refined_from:
                self._refine(film, gain, folder)
                return
            first, *others = ladder.rungs(found.width, found.height, encoder=self.encoder)
            show_first = _nothing
            if first.label not in have:
                call = ladder.first_call(found, gain, **self._from(film), encoder=self.encoder)
                self.begin("first", self.percent)
                self.ffmpeg(call, found, folder, percent_after=40)
                show_first = partial(self._publishable, first, found, folder)
            self.begin("others", 40)
            if others:
                # Verifying the first keeps one core busy; the others need not wait for it.
                call = ladder.second_call(found, gain, **self._from(film), encoder=self.encoder)
                self.ffmpeg(call, found, folder, percent_after=95, meanwhile=show_first)
            else:
                show_first()
            self._ready(others, found, folder, self._sound(film, gain, folder))

    def _from(self, film: composing.Film) -> "_Sources":
        return {"source": film.picture, "sound": film.sound, "threads": self.threads}

    def _refine(self, film: composing.Film, gain: str, folder: Path) -> None:
        """Make the denser rendition of a clip that has all others."""
        found = film.found
        self.begin("dense", self.percent)
        call = ladder.dense_call(found, gain, **self._from(film))
        self.ffmpeg(call, found, folder, percent_after=95)
        self._ready([ladder.dense(found.width, found.height)], found, folder)

    def begin(self, step: str, percent: int) -> None:
        self.step, self.percent = step, percent
        self.beat()

    def beat(self, printed: bytes = b"") -> None:
        """Renew the lease, and say where the work is."""
        self.encoding.held(at=self.clock(), step=self.step, progress=self.percent)

    def fetch(self, key: str, path: Path) -> None:
        """Copy an object here, renewing the lease: a far store may take its time."""
        beat_at = time.monotonic()
        with path.open("wb") as file:
            for chunk in storage.stream(key):
                file.write(chunk)
                if time.monotonic() - beat_at > TICK_SECONDS:
                    self.beat()
                    beat_at = time.monotonic()

    def found(self, source: Path) -> probe.Probe:
        """Return what the probe saw on acceptance; look again if another release kept it."""
        try:
            return probe.Probe.recalled(self.encoding.found or {})
        except (KeyError, TypeError):
            return probe.probe(source, max_seconds=float("inf"))

    def ffmpeg(
        self,
        arguments: list[str],
        found: probe.Probe,
        folder: Path,
        *,
        percent_after: int,
        file_bytes: int = 256 * 1024 * 1024,
        meanwhile: Callable[[], None] = _nothing,
    ) -> None:
        """Run one call of the ladder, telling how far it is."""
        seconds = found.duration_ms / 1000
        limits = jail.Limits(
            wall_seconds=120 + 40 * seconds,
            cpu_seconds=round(120 + 40 * seconds * self.threads),
            memory_bytes=MEMORY_BYTES,
            file_bytes=file_bytes,
        )
        percent_before = self.percent

        def tick(printed: bytes) -> None:
            share = min(1.0, ladder.seconds_done(printed) / seconds)
            self.percent = percent_before + round(share * (percent_after - percent_before))
            self.beat()

        with jail.started(arguments, folder=folder, limits=limits, devices=self.devices) as running:
            meanwhile()
            ended = running.wait(tick=tick, tick_seconds=TICK_SECONDS)
        if ended.status != 0:
            if os.strerror(errno.ENOSPC) in ended.report:
                raise storage.Full
            lines = ended.report.strip().splitlines() or [f"ffmpeg ended with {ended.status}"]
            raise CallFailed(lines[-1][:200])

    def _publishable(self, first: ladder.Rung, found: probe.Probe, folder: Path) -> None:
        """Verify the first rendition and show it."""
        (verified,) = self._verified([first], found, folder)
        poster = folder / ladder.POSTER
        tiny = placeholder(poster)
        taken = fingerprinting.take(verified.path, has_sound=found.has_sound, tick=self.beat)
        poster_key = self._put(poster)
        rendition = self._row(verified)
        with transaction.atomic():
            self.beat()
            rendition.save(force_insert=True)
            fingerprinting.keep(self.clip, taken, at=self.clock())
            Clip.objects.filter(pk=self.clip.pk).update(
                poster_key=poster_key,
                placeholder=tiny,
                duration_ms=found.duration_ms,
                width=found.width,
                height=found.height,
                has_sound=found.has_sound,
            )

    def _ready(
        self,
        others: list[ladder.Rung],
        found: probe.Probe,
        folder: Path,
        sound: dict[str, Any] | None = None,
    ) -> None:
        """Verify the other renditions, show them, and end. sound: the fields of the clip's own."""
        rows = [self._row(verified) for verified in self._verified(others, found, folder)]
        with transaction.atomic():
            self.encoding.finish(at=self.clock())
            Rendition.objects.bulk_create(rows)
            if sound:
                Sound.objects.update_or_create(origin=self.clip, defaults=sound)

    def _sound(self, film: composing.Film, gain: str, folder: Path) -> dict[str, Any] | None:
        """Make the sound of a clip that is all its creator's own; None where there is none."""
        if not film.is_whole:
            return None
        return sounding.made(
            self.clip,
            film.found,
            gain,
            folder=folder,
            attempt=self.attempt,
            at=self.clock(),
            tick=self.beat,
        )

    def _verified(
        self, rungs: list[ladder.Rung], found: probe.Probe, folder: Path
    ) -> list[Verified]:
        if not rungs:
            return []
        return verify(rungs, found, folder=folder, threads=self.threads, tick=self.beat)

    def _row(self, verified: Verified) -> Rendition:
        """Put a verified file under its new key; return its row, not yet saved."""
        return Rendition(
            clip=self.clip,
            name=verified.rung.label,
            encoder=verified.rung.encoder,
            width=verified.rung.width,
            height=verified.rung.height,
            bitrate_bps=verified.bitrate_bps,
            codecs=verified.codecs,
            size=verified.size,
            sha256=verified.sha256,
            key=self._put(verified.path),
            verified_at=self.clock(),
        )

    def _put(self, path: Path) -> str:
        key = roots.rendition(self.clip.public_id, self.attempt, path.name)
        storage.put(key, path, content_type=roots.content_type(key))
        return key


def _tidy(clip: Clip) -> None:
    """Remove what attempts left behind, once the preparing has ended."""
    if Encoding.objects.under_way().filter(clip=clip).exists():
        return
    clip.refresh_from_db(fields=["poster_key"])
    known = {clip.poster_key, *clip.renditions.values_list("key", flat=True)}
    known.update(Sound.objects.filter(origin=clip).values_list("key", flat=True))
    known.update(Remix.objects.filter(clip=clip).values_list("composed_key", flat=True))
    for root in (roots.RENDITIONS, roots.SOUNDS, roots.COMPOSED):
        left = storage.list_keys(f"{root}/{clip.public_id}/")
        storage.delete(*(key for key in left if key not in known))
