"""Captions as a creator types them: a row for each cue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_noop

from vitrine.kernel import text
from vitrine.videos import webvtt
from vitrine.videos.webvtt import Cue

BLANK_ROWS = 3
"""Empty rows after the last cue, for those without scripts."""
BEGINS_AT_NO_TIME = gettext_noop(
    "Cue {number} begins at “{typed}”, which is no time. Write it like 0:02.500."
)
BEGINS_NOWHERE = gettext_noop("Cue {number} begins at no time. Write it like 0:02.500.")
ENDS_AT_NO_TIME = gettext_noop(
    "Cue {number} ends at “{typed}”, which is no time. Write it like 0:02.500."
)
ENDS_NOWHERE = gettext_noop("Cue {number} ends at no time. Write it like 0:02.500.")


@dataclass(frozen=True)
class Row:
    """One cue as it is typed. is_wrong: something must change before it can be kept."""

    start: str = ""
    end: str = ""
    text: str = ""
    is_wrong: bool = False

    @classmethod
    def of(cls, cue: Cue) -> "Row":
        """Return a kept cue as it is typed."""
        return cls(webvtt.clock(cue.from_ms), webvtt.clock(cue.until_ms), cue.text)


class CuesForm(forms.Form):
    """All cues of a clip in one language. A row without words is no cue, and is not kept.

    version: of the captions that these were loaded from. ``cues`` is what was understood.
    """

    version = forms.CharField(required=False, max_length=16)

    def __init__(self, typed: QueryDict | None = None, *, duration_ms: int, **rest: Any) -> None:
        super().__init__(typed, **rest)
        self.duration_ms = duration_ms
        self.typed = list(_typed(typed)) if typed is not None else []
        while self.typed and self.typed[-1] == Row():
            self.typed.pop()
        self.objections: list[webvtt.Objection] = []
        self.cues: list[Cue] = []

    def clean(self) -> dict[str, Any]:
        """Understand the rows. Every objection names the number of its row."""
        numbers = [number for number, row in enumerate(self.typed, start=1) if row.text]
        if not numbers:
            raise forms.ValidationError(
                gettext("No cue has words. To take captions away, use Remove on the clip's page.")
            )
        if len(numbers) > webvtt.MOST_CUES:
            raise forms.ValidationError(
                gettext("These are {number} cues; {most} can be kept. Join some of them.").format(
                    number=len(numbers), most=webvtt.MOST_CUES
                )
            )
        for number in numbers:
            self._understand(number, self.typed[number - 1])
        if not self.objections:
            found = webvtt.objections(self.cues, duration_ms=self.duration_ms)
            self.objections = [replace(each, number=numbers[each.number - 1]) for each in found]
        for objection in self.objections:
            self.add_error(None, str(objection))
        return self.cleaned_data

    def _understand(self, number: int, row: Row) -> None:
        start, end = webvtt.read_clock(row.start), webvtt.read_clock(row.end)
        if start is None:
            sentence = BEGINS_AT_NO_TIME if row.start else BEGINS_NOWHERE
            self.objections.append(webvtt.Objection(number, sentence, {"typed": row.start}))
        if end is None:
            sentence = ENDS_AT_NO_TIME if row.end else ENDS_NOWHERE
            self.objections.append(webvtt.Objection(number, sentence, {"typed": row.end}))
        if start is not None and end is not None:
            self.cues.append(Cue(start, end, row.text))

    @property
    def wrong(self) -> set[int]:
        """Return the numbers of the rows that must change."""
        return {objection.number for objection in self.objections}


def rows(cues: Sequence[Cue], form: CuesForm) -> list[Row]:
    """Return the rows to show: what was typed, or else what is kept; and empty ones."""
    shown = [Row.of(cue) for cue in cues]
    if form.is_bound:
        shown = [
            Row(row.start, row.end, row.text, is_wrong=number in form.wrong)
            for number, row in enumerate(form.typed, start=1)
        ]
    return [*shown, *[Row()] * BLANK_ROWS]


def _typed(sent: QueryDict) -> Iterator[Row]:
    """Yield the rows of a request, their words clean; empty ones keep the numbers right."""
    columns = [sent.getlist(name) for name in ("start", "end", "text")]
    for start, end, words in zip(*columns, strict=False):
        lines = "\n".join(filter(None, text.lines(words).split("\n")))
        yield Row(start.strip()[:20], end.strip()[:20], lines)
