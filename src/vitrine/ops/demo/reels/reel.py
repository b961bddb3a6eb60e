"""Say what a clip is, before there is a database."""

from dataclasses import dataclass

from vitrine.ops.demo.drawing.film import Film
from vitrine.ops.demo.score.score import Mood


@dataclass(frozen=True)
class Reel:
    """A clip. item: what is filmed and tagged first; also: other items, tagged later in it.

    words: caption lines, shared evenly over the clip. remarks: (handle, comment).
    """

    slug: str
    creator: str
    item: str
    title: str
    description: str
    film: Film
    words: tuple[str, ...]
    also: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()

    @property
    def duration_ms(self) -> int:
        """How long the clip is."""
        return round(self.film.seconds * 1000)

    def tags(self) -> list[tuple[str, int, int]]:
        """Give (item, from ms, until ms): the first all along, the others share the second half."""
        whole = self.duration_ms
        spans = [(self.item, 0, whole)]
        half = whole // 2
        for k, slug in enumerate(self.also):
            share = half // len(self.also)
            spans.append((slug, half + k * share, half + (k + 1) * share))
        return spans

    def webvtt(self) -> str:
        """Write the captions."""
        cues = ["WEBVTT", ""]
        step = self.duration_ms / len(self.words)
        for k, line in enumerate(self.words):
            cues += [f"{_clock(k * step)} --> {_clock((k + 1) * step - 120)}", line, ""]
        return "\n".join(cues)


def _clock(ms: float) -> str:
    seconds, rest = divmod(round(ms), 1000)
    return f"00:{seconds // 60:02}:{seconds % 60:02}.{rest:03}"


LULLABY = Mood(50, "dorian", 72, (0, 3, 5, 4))
LANTERN = Mood(53, "lydian", 80, (0, 1, 4, 3), lead="bell", pulse=0.3, room=0.45)
MARKET = Mood(48, "pentatonic", 96, (0, 2, 3, 1), pulse=0.85, bright=0.55, density=0.7)
FROST = Mood(45, "minor", 62, (0, 5, 2, 6), lead="bell", pulse=0.0, room=0.6, density=0.5)
STROLL = Mood(52, "major", 104, (0, 4, 5, 3), pulse=0.7, bright=0.5, density=0.75)
WORKSHOP = Mood(47, "dorian", 88, (0, 6, 3, 4), pulse=0.6, density=0.65)
DRIFT = Mood(55, "major", 66, (0, 2, 5, 3), pulse=0.15, room=0.5, density=0.45)
HUSH = Mood(43, "minor", 76, (0, 2, 5, 4), pulse=0.4, bright=0.35)
