"""Captions as reading: the words of a WebVTT file, without its times."""

import re
from collections.abc import Iterator

_TIMES = "-->"
_MARKUP = re.compile(r"<[^>]*>")
_NOT_SAID = ("WEBVTT", "NOTE", "STYLE", "REGION")


def of(webvtt: str) -> str:
    """Return what is said, in one piece; a line that is repeated by the next cue once."""
    said: list[str] = []
    for line in _lines(webvtt):
        if not said or said[-1] != line:
            said.append(line)
    return " ".join(said)


def _lines(webvtt: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", webvtt.replace("\r\n", "\n").lstrip("\ufeff")):
        head, times, words = block.partition(_TIMES)
        if not times or head.startswith(_NOT_SAID):
            continue
        for line in words.split("\n")[1:]:
            if text := _MARKUP.sub("", line).strip():
                yield text
