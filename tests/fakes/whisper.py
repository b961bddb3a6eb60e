"""Stands for the package ``faster_whisper``: the part that is used, in the shape of the real one.

tests/videos/test_hearing.py holds it against the real class where that is installed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray


@dataclass
class Segment:
    """Some words, with their times in seconds."""

    start: float
    end: float
    text: str


@dataclass
class TranscriptionInfo:
    """What is known of all segments."""

    language: str


class WhisperModel:
    """Hears what a test says. made: the options of the last one; fed: what it was given to hear."""

    says: ClassVar[list[Segment]] = []
    language: ClassVar[str] = "en"
    breaks: ClassVar[str] = ""
    made: ClassVar[dict[str, Any]] = {}
    fed: ClassVar[list[NDArray[np.float32]]] = []

    def __init__(
        self,
        model_size_or_path: str,
        device: str = "auto",
        compute_type: str = "default",
        cpu_threads: int = 0,
        local_files_only: bool = False,
    ) -> None:
        if not local_files_only:
            raise AssertionError("It may never look for a model on the network.")
        WhisperModel.made = {"model": model_size_or_path, "device": device}

    def transcribe(
        self, audio: NDArray[np.float32], vad_filter: bool = False
    ) -> tuple[Iterator[Segment], TranscriptionInfo]:
        """Return a generator, as the real one does: it breaks while it is read, not before."""
        WhisperModel.fed.append(audio)
        return self._segments(), TranscriptionInfo(self.language)

    def _segments(self) -> Iterator[Segment]:
        if self.breaks:
            raise RuntimeError(self.breaks)
        yield from self.says
