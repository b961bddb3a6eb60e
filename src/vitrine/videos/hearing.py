"""Captions by a machine: a speech model of the operator's own, on the cell's own machines.

The adapter is faster-whisper, an extra that need not be installed, with a model in a local
directory. Nothing is ever downloaded and nothing leaves. Source: docs/adr/0041-captions.md.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from django.utils.translation import gettext, gettext_noop
from numpy.typing import NDArray

from vitrine.kernel import text
from vitrine.kernel.errors import Refusal
from vitrine.videos import listening, webvtt
from vitrine.videos.encoding import Clock
from vitrine.videos.models import Caption, Clip, Hearing
from vitrine.videos.webvtt import Cue

PACKAGE = "faster_whisper"
RATE = 16_000
NEEDED = ("model.bin", "config.json", "tokenizer.json")
"""Without its tokenizer.json the package would fetch one from the network."""
MOST_LETTERS_SHOWN = 84
"""Two lines of 42 letters: what people can read while they watch."""

KEPT = gettext_noop("A person has written captions in this language, and those were kept.")
NO_WORDS = gettext_noop("No words were heard. If nobody speaks in this clip, mark it so.")


class Segment(Protocol):
    """Some words that were heard, with their times in seconds."""

    start: float
    end: float
    text: str


class Ear(Protocol):
    """What hears: the part of ``faster_whisper.WhisperModel`` that is used here."""

    def transcribe(
        self, audio: NDArray[np.float32], *, vad_filter: bool
    ) -> tuple[Iterable[Segment], Any]:
        """Return segments, heard as they are read, and what is known of them: its language."""


class CannotHear(Refusal):
    """This cell makes no captions; the sentence says what is missing."""

    code = "no_speech_model"


class NotHeard(Exception):
    """Nothing came of it; the sentence is for the creator."""


def missing() -> str:
    """Say what is missing for automatic captions; empty where nothing is."""
    folder = settings.VITRINE_SPEECH_MODEL
    if not folder:
        return gettext(
            "Automatic captions are off here: the operator has given the cell no speech model."
        )
    lacking = [name for name in NEEDED if not (Path(folder) / name).is_file()]
    if lacking:
        sentence = gettext("The directory that VITRINE_SPEECH_MODEL names has no {files}.")
        return sentence.format(files=reduce(_and_no, lacking))
    if importlib.util.find_spec(PACKAGE) is None:
        return gettext(
            "The package faster-whisper is not installed. Its operator can install Vitrine with "
            "the extra “speech”."
        )
    return ""


def _and_no(some: str, more: str) -> str:
    return gettext("{some} and no {more}").format(some=some, more=more)


def ear() -> Ear:
    """Load the model. Raises: CannotHear. Slow: some seconds, and the memory of the model."""
    if lacking := missing():
        raise CannotHear(lacking)
    # The second lock on the door: the library below knows how to fetch models.
    os.environ["HF_HUB_OFFLINE"] = "1"
    made: Ear = importlib.import_module(PACKAGE).WhisperModel(
        settings.VITRINE_SPEECH_MODEL,
        device="cpu",
        compute_type="int8",
        cpu_threads=settings.VITRINE_ENCODE_THREADS,
        local_files_only=True,
    )
    return made


def ask(clip: Clip, *, clock: Clock) -> None:
    """Order captions for a clip. Raises: CannotHear, HearingUnderWay."""
    if lacking := missing():
        raise CannotHear(lacking)
    if not clip.has_sound:
        raise CannotHear(gettext("This clip has no sound."))
    if not clip.renditions.exists():
        raise CannotHear(
            gettext("This clip is still being prepared. Try again as soon as it plays.")
        )
    Hearing.ask(clip, at=clock())


def hear(hearing: Hearing, *, load: Callable[[], Ear], clock: Clock) -> None:
    """Make the captions that were asked for, or say why not. Safe to run twice."""
    if not hearing.is_under_way(at=clock()):
        return
    try:
        language, cues = _heard(hearing.clip, load)
        if not Caption.hear(hearing.clip, language, cues, at=clock()):
            raise NotHeard(KEPT)
    except (NotHeard, listening.Unheard) as trouble:
        hearing.end(at=clock(), reason=str(trouble))
    except Refusal as refusal:
        hearing.end(at=clock(), reason=refusal.text)
    except (RuntimeError, ValueError, MemoryError, OSError) as trouble:
        # What a broken model directory and a full memory come out as.
        hearing.end(at=clock(), reason=f"The speech model did not work: {trouble}")
    else:
        hearing.end(at=clock())


def _heard(clip: Clip, load: Callable[[], Ear]) -> tuple[str, list[Cue]]:
    """Return the language and the cues. Raises: NotHeard, Unheard, CannotHear."""
    sound = listening.samples(clip, rate=RATE).astype(np.float32)
    sound /= 32_768
    segments, known = load().transcribe(sound, vad_filter=True)
    cues = cues_of(segments, duration_ms=clip.duration_ms)
    if not cues:
        raise NotHeard(NO_WORDS)
    return _language(clip, known.language), cues


def _language(clip: Clip, heard: str) -> str:
    """Return the clip's own language where it is the one that was heard: fr-CA for fr."""
    return clip.language if clip.language.split("-")[0] == heard else heard[:8]


def cues_of(segments: Iterable[Segment], *, duration_ms: int) -> list[Cue]:
    """Return segments as cues: in order, apart, within the clip, and short enough to be read."""
    cues: list[Cue] = []
    end = 0
    for segment in segments:
        from_ms = max(end, round(segment.start * 1000))
        until_ms = min(duration_ms or webvtt.LAST_MS, round(segment.end * 1000))
        words = text.line(segment.text)
        if words and until_ms > from_ms:
            cues += _split(Cue(from_ms, until_ms, words))
            end = until_ms
    return cues[: webvtt.MOST_CUES]


def _split(cue: Cue) -> Iterator[Cue]:
    """Cut a long cue at words, its time shared out by letters."""
    pieces = [""]
    for word in cue.text.split(" "):
        longer = f"{pieces[-1]} {word}".strip()
        if len(longer) > MOST_LETTERS_SHOWN and pieces[-1]:
            pieces.append(word)
        else:
            pieces[-1] = longer
    letters, length = sum(map(len, pieces)), cue.until_ms - cue.from_ms
    from_ms, said = cue.from_ms, 0
    for piece in pieces:
        said += len(piece)
        until_ms = cue.from_ms + length * said // letters
        if until_ms > from_ms:
            yield Cue(from_ms, until_ms, piece[: webvtt.MOST_LETTERS])
        from_ms = until_ms
