"""Captions cut to a piece of their clip, and filled up with what else is said. Pure.

Unlike ``webvtt``, which keeps words and times, this keeps a file as its author wrote it: the
settings, names and styles of cues, notes, and markup; only times change.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vitrine.videos import webvtt
from vitrine.videos.webvtt import Cue

SHORTEST_MS = 200
"""What a cut leaves of a cue is not shown for less: nobody could read it."""

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
_SPOKEN_AT = re.compile(r"<((?:\d+:)?\d{1,2}:\d{2}\.\d{3})>")


class _Block(NamedTuple):
    """A cue as it stands in its file. name: the line before its times, with its end; or empty."""

    from_ms: int
    until_ms: int
    name: str
    settings: str
    words: str

    def __str__(self) -> str:
        times = f"{webvtt.stamp(self.from_ms)} --> {webvtt.stamp(self.until_ms)}"
        return f"{self.name}{times}{self.settings}\n{self.words}"


def cut(file: str, *, from_ms: int, until_ms: int) -> str:
    """Return the captions of a piece of a clip, its beginning being 0. Empty: nothing is said.

    A cue that straddles an end keeps all its words, for as long as it lies within.
    """
    head, blocks = _read(file)
    kept = []
    for block in blocks:
        start, end = max(block.from_ms, from_ms), min(block.until_ms, until_ms)
        length_ms = block.until_ms - block.from_ms
        if block.words.strip() and end - start >= max(1, min(SHORTEST_MS, length_ms)):
            kept.append(_moved(block._replace(from_ms=start, until_ms=end), by_ms=from_ms))
    return _written(head, kept) if kept else ""


def fill(file: str, cues: Iterable[Cue]) -> str:
    """Return captions with more cues in the gaps between theirs.

    A cue goes in where its middle is free; its ends give way to what is there.
    """
    head, blocks = _read(file)
    more = []
    for cue in cues:
        middle = (cue.from_ms + cue.until_ms) // 2
        if any(block.from_ms <= middle < block.until_ms for block in blocks):
            continue
        start = max([cue.from_ms, *(b.until_ms for b in blocks if b.until_ms <= middle)])
        end = min([cue.until_ms, *(b.from_ms for b in blocks if b.from_ms > middle)])
        more.append(Cue(start, end, cue.text))
    return _written(head, [*blocks, *_read(webvtt.write(more))[1]])


def _read(file: str) -> tuple[list[str], list[_Block]]:
    """Return what is no cue, save notes, and the cues; a file's order is kept in both."""
    text = webvtt.unix(file).strip("\n")
    head: list[str] = []
    blocks: list[_Block] = []
    for number, block in enumerate(_BLANK.split(text)):
        if number == 0 or block.startswith(("STYLE", "REGION")):
            head.append(block)
        elif not block.startswith("NOTE"):
            blocks += _cues(block)
    return head, blocks


def _cues(block: str) -> Iterator[_Block]:
    lines = block.split("\n")
    for number, line in enumerate(lines[:2]):
        if times := webvtt.times(line):
            from_ms, until_ms, settings = times
            name = "".join(f"{each}\n" for each in lines[:number])
            yield _Block(from_ms, until_ms, name, settings, "\n".join(lines[number + 1 :]))
            return


def _written(head: list[str], blocks: list[_Block]) -> str:
    """Write blocks by their beginnings, as a player wants them."""
    ordered = sorted(blocks, key=lambda block: block.from_ms)
    return "\n\n".join([*head, *map(str, ordered)]) + "\n"


def _moved(block: _Block, *, by_ms: int) -> _Block:
    """Move a cue to the front, and the moments within it; one that was cut off is gone."""

    def moved(at: re.Match[str]) -> str:
        ms = webvtt.read_clock(at[1])
        if ms is None or not block.from_ms < ms < block.until_ms:
            return ""
        return f"<{webvtt.stamp(ms - by_ms)}>"

    return block._replace(
        from_ms=block.from_ms - by_ms,
        until_ms=block.until_ms - by_ms,
        words=_SPOKEN_AT.sub(moved, block.words),
    )
