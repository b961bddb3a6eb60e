"""Send a film to a cell as a creator does; tell when it first plays and when it is whole.

Imported only once Django is set up on the cell.
"""

import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from vitrine.accounts.models import Person
from vitrine.videos import hardware, ladder, loudness, probe, receiving
from vitrine.videos.models import Encoding, EncodingState, Rendition


def _now() -> datetime:
    return datetime.now(UTC)


class Sender:
    """A creator with one film. calls: the two ffmpeg calls that its ladder takes."""

    def __init__(self, film: Path) -> None:
        self.content = film.read_bytes()
        self.person = Person.objects.create_user("bench@example.org", handle="bench")
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "source"
            shutil.copyfile(film, source)
            found = probe.probe(source, max_seconds=receiving.longest_clip_seconds())
            gain = loudness.levelled(source, found)
        chip, threads = hardware.working(), settings.VITRINE_ENCODE_THREADS
        encoder = chip.name if chip else ladder.H264
        self.calls = [
            ladder.first_call(found, gain, threads=threads, encoder=encoder),
            ladder.second_call(found, gain, threads=threads, encoder=encoder),
        ]

    def send(self, *, look_every_seconds: float, patience: float) -> tuple[float, float]:
        """Return seconds from the last byte to the first rendition, and to the whole ladder."""
        upload = receiving.begin(
            self.person, length=len(self.content), filename="film.mp4", at=_now()
        )
        for start in range(0, len(self.content), receiving.PART_BYTES):
            part = self.content[start : start + receiving.PART_BYTES]
            receiving.append(upload, part, start=start, at=_now())
        began_at = _now()
        clip = receiving.complete(upload, sha256=None, at=began_at)
        while (_now() - began_at).total_seconds() < patience:
            # Looked at seldom: each look takes processor time from what is measured.
            time.sleep(look_every_seconds)
            encoding = Encoding.objects.get(clip=clip)
            if encoding.state == EncodingState.FAILED:
                raise RuntimeError(encoding.reason)
            if encoding.state == EncodingState.READY and encoding.finished_at is not None:
                first_at = Rendition.objects.get(clip=clip, name=str(ladder.FIRST)).verified_at
                return (
                    (first_at - began_at).total_seconds(),
                    (encoding.finished_at - began_at).total_seconds(),
                )
        raise TimeoutError(f"no whole ladder within {patience} s")
