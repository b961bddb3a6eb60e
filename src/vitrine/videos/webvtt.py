"""Captions as cues: reading and writing WebVTT, writing SRT, and what is wrong with cues. Pure.

Only words and times are kept. Positions, voices and styles of a file by others are read over.
"""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, gettext_noop

MOST_CUES = 300
MOST_LETTERS = 300
LAST_MS = 100 * 3_600_000 - 1

_TIME = r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}(.*)$")
_TYPED = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,4}):)?(\d{1,5})(?:[.,](\d{1,3}))?")
_MARKUP = re.compile(r"<[^>\n]*>")
_NOT_CUES = re.compile(r"^(?:STYLE|REGION)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Cue:
    """Some words from a moment to a moment."""

    from_ms: int
    until_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with one cue, counted from 1. sentence: English, its facts left open."""

    number: int
    sentence: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return gettext(self.sentence).format(number=self.number, **self.facts)


ENDS_EARLY = gettext_noop("Cue {number} must end after it begins.")
TOO_LONG = gettext_noop("Cue {number} is longer than {most} letters. Split it in two.")
BEYOND = gettext_noop("Cue {number} begins after the clip has ended, at {end}.")
OUT_OF_ORDER = gettext_noop("Cue {number} begins before cue {before} begins.")
OVERLAPS = gettext_noop("Cue {number} begins before cue {before} has ended.")


def parse(webvtt: str) -> list[Cue]:
    """Return the cues of a file, in its order; what is no cue is passed over."""
    cues = []
    for block in re.split(r"\n[ \t]*\n", unix(webvtt)):
        lines = block.strip("\n").split("\n")
        for number, line in enumerate(lines[:2]):
            found = times(line)
            if found and not block.startswith(("NOTE", "STYLE", "REGION")):
                text = "\n".join(filter(None, map(_plain, lines[number + 1 :])))
                cues.append(Cue(*found[:2], text))
                break
    return cues


def times(line: str) -> tuple[int, int, str] | None:
    """Return from when until when a cue is shown, and its settings; None: no line of times."""
    found = _TIMES.match(line)
    if not found:
        return None
    groups = found.groups()
    return _ms(*groups[:4]), _ms(*groups[4:8]), groups[8].rstrip()


def has_more(webvtt: str) -> bool:
    """Tell whether a file holds more than words and times, which writing it anew would lose."""
    text = unix(webvtt)
    settings = any(found[9].strip() for found in map(_TIMES.match, text.split("\n")) if found)
    return settings or bool(_NOT_CUES.search(text)) or bool(_MARKUP.search(text))


def write(cues: Iterable[Cue]) -> str:
    """Return cues as WebVTT."""
    blocks = [
        f"{stamp(cue.from_ms)} --> {stamp(cue.until_ms)}\n{html.escape(cue.text, quote=False)}\n"
        for cue in cues
    ]
    return "\n".join(["WEBVTT\n", *blocks])


def write_srt(cues: Iterable[Cue]) -> str:
    """Return cues as SubRip, for programs that read nothing else."""
    return "\n".join(
        f"{number}\n{_srt_stamp(cue.from_ms)} --> {_srt_stamp(cue.until_ms)}\n{cue.text}\n"
        for number, cue in enumerate(cues, start=1)
    )


def stamp(ms: int) -> str:
    """Return a moment as WebVTT writes it."""
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def clock(ms: int) -> str:
    """Return a moment as people type it: 1:02.500."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def read_clock(typed: str) -> int | None:
    """Return a typed moment in milliseconds: 2, 2.5, 0:02,500 or 00:00:02.500; None: not one."""
    found = _TYPED.fullmatch(typed.strip())
    if not found:
        return None
    hours, minutes, seconds, fraction = found.groups()
    if minutes is not None and int(seconds) > 59:
        return None
    ms = _ms(hours, minutes or "0", seconds, fraction or "0")
    return ms if ms <= LAST_MS else None


def objections(cues: Sequence[Cue], *, duration_ms: int) -> list[Objection]:
    """Say what is wrong with cues, by their numbers. duration_ms: of the clip, 0 if unknown."""
    found = []
    for number, cue in enumerate(cues, start=1):
        if cue.until_ms <= cue.from_ms:
            found.append(Objection(number, ENDS_EARLY))
        if len(cue.text) > MOST_LETTERS:
            found.append(Objection(number, TOO_LONG, {"most": MOST_LETTERS}))
        if duration_ms and cue.from_ms >= duration_ms:
            found.append(Objection(number, BEYOND, {"end": clock(duration_ms)}))
        if number > 1:
            before = cues[number - 2]
            if cue.from_ms < before.from_ms:
                found.append(Objection(number, OUT_OF_ORDER, {"before": number - 1}))
            elif cue.from_ms < before.until_ms:
                found.append(Objection(number, OVERLAPS, {"before": number - 1}))
    return found


def _srt_stamp(ms: int) -> str:
    return stamp(ms).replace(".", ",")


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def _plain(line: str) -> str:
    """Return a line of a cue without markup; what was escaped is letters again."""
    return " ".join(html.unescape(_MARKUP.sub("", line)).split())


def unix(text: str) -> str:
    """Return a file with the ends of lines that we write."""
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
