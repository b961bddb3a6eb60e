"""Write and mix a short piece for one clip, from its mood and a seed."""

from dataclasses import dataclass
from pathlib import Path
from wave import open as open_wave

import numpy as np

from vitrine.ops.demo.score import voices
from vitrine.ops.demo.score.voices import RATE, Sound

PEAK = 0.82
LOUDNESS = 0.115

SCALES = {
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "pentatonic": (0, 2, 4, 7, 9),
}


@dataclass(frozen=True)
class Mood:
    """What a piece is like. chords: degrees of the scale, one a bar, repeated.

    lead: "string" or "bell". pulse: how much kick and shaker, 0..1. room: how wet.
    """

    key: int
    scale: str
    bpm: float
    chords: tuple[int, ...]
    lead: str = "string"
    bright: float = 0.45
    pulse: float = 0.5
    room: float = 0.3
    density: float = 0.6


class _Desk:
    """Two ears that voices are laid onto."""

    def __init__(self, seconds: float) -> None:
        self.ears = np.zeros((2, int(seconds * RATE)), np.float32)

    def lay(self, sound: Sound, at: float, *, level: float = 1.0, side: float = 0.0) -> None:
        """Add a sound at a time in seconds; side: -1 left to 1 right."""
        start = int(at * RATE)
        cut = sound[: max(self.ears.shape[1] - start, 0)]
        for ear, gain in enumerate(
            (np.cos((side + 1) * np.pi / 4), np.sin((side + 1) * np.pi / 4))
        ):
            self.ears[ear, start : start + len(cut)] += cut * np.float32(level * gain)


def _note(mood: Mood, degree: int) -> int:
    scale = SCALES[mood.scale]
    octave, step = divmod(degree, len(scale))
    return mood.key + 12 * octave + scale[step]


def compose(mood: Mood, *, seconds: float, seed: int) -> Sound:
    """Play a piece of exactly so many seconds, (2, n), with no sample over PEAK."""
    rng = np.random.default_rng(seed)
    dry, wet = _Desk(seconds), _Desk(seconds)
    beat = 60 / mood.bpm
    bar = 4 * beat
    triad = (0, 2, 4) if len(SCALES[mood.scale]) == 7 else (0, 2, 3)
    for index in range(int(seconds / bar) + 1):
        start = index * bar
        root = mood.chords[index % len(mood.chords)]
        length = min(bar * 1.35, seconds - start)
        if length < 0.4:
            break
        for k, step in enumerate((*triad, triad[1] + len(SCALES[mood.scale]))):
            tone = voices.pad(
                _note(mood, root + step), length, bright=mood.bright, seed=seed + 9 * index + k
            )
            wet.lay(tone, start, level=0.27, side=(-0.6, 0.1, 0.6, -0.2)[k])
        dry.lay(voices.sub(_note(mood, root) - 24, min(bar, seconds - start)), start, level=0.26)
        _melody(mood, dry, wet, rng, start=start, beat=beat, root=root, seconds=seconds)
        _rhythm(mood, dry, start=start, beat=beat, seconds=seconds, seed=seed + index)
    wet.lay(voices.air(seconds, seed), 0)
    mixed = dry.ears + wet.ears + mood.room * _room(wet.ears + 0.25 * dry.ears, seed)
    return _mastered(mixed, seconds)


def _melody(
    mood: Mood,
    dry: _Desk,
    wet: _Desk,
    rng: np.random.Generator,
    *,
    start: float,
    beat: float,
    root: int,
    seconds: float,
) -> None:
    """Pluck or strike on some of the eighths, mostly chord tones, moving by small steps."""
    size = len(SCALES[mood.scale])
    degree = root + size + int(rng.choice((0, 2, 4 if size == 7 else 3)))
    for eighth in range(8):
        at = start + eighth * beat / 2 + float(rng.uniform(-0.006, 0.006))
        chance = 1.0 if eighth == 0 else mood.density * (1.0 if eighth % 2 == 0 else 0.72)
        if at > seconds - 0.6 or rng.random() > chance:
            continue
        level = float(0.55 + 0.35 * rng.random()) * (1.0 if eighth % 4 == 0 else 0.8)
        note = _note(mood, degree)
        if mood.lead == "bell":
            wet.lay(
                voices.bell(note + 12, glass=mood.bright),
                max(at, 0),
                level=level * 0.8,
                side=float(rng.uniform(-0.7, 0.7)),
            )
        else:
            sound = voices.string(note, soft=0.9 - mood.bright, seed=int(rng.integers(1 << 30)))
            wet.lay(sound, max(at, 0), level=level * 1.25, side=float(rng.uniform(-0.5, 0.5)))
        degree += int(rng.choice((-2, -1, 1, 2, 0), p=(0.2, 0.28, 0.28, 0.2, 0.04)))
        degree = int(np.clip(degree, size - 1, 2 * size + 4))
    if rng.random() < 0.5:
        high = voices.bell(_note(mood, root + 2 * size), glass=0.8)
        wet.lay(high, start + 2.5 * beat, level=0.16, side=float(rng.uniform(-0.8, 0.8)))


def _rhythm(
    mood: Mood, dry: _Desk, *, start: float, beat: float, seconds: float, seed: int
) -> None:
    if not mood.pulse:
        return
    thump = voices.kick()
    for when in (0.0, 1.75, 2.0) if mood.pulse > 0.6 else (0.0, 2.0):
        if start + when * beat < seconds - 0.5:
            dry.lay(thump, start + when * beat, level=0.75 * mood.pulse)
    for eighth in range(1, 8, 2):
        at = start + eighth * beat / 2
        if at < seconds - 0.3:
            dry.lay(voices.shaker(seed * 8 + eighth), at, level=0.9 * mood.pulse, side=0.25)


def _room(ears: Sound, seed: int) -> Sound:
    """Let sound ring in a hall: noise that dies away, its treble first."""
    length = int(2.1 * RATE)
    t = np.arange(length) / RATE
    size = 1 << (ears.shape[1] + length - 1).bit_length()
    rng = np.random.default_rng(seed + 5)
    out = np.zeros_like(ears)
    for ear in range(2):
        tail = rng.standard_normal(length)
        smooth = np.convolve(tail, np.ones(9) / 9, mode="same")
        share = np.clip(t / 0.7, 0, 1)
        answer = (
            (tail * (1 - share) + 2.2 * smooth * share)
            * np.exp(-t * 3.1)
            * np.clip(t / 0.018, 0, 1)
        )
        answer /= np.sqrt((answer**2).sum())
        product = np.fft.rfft(ears[ear], size) * np.fft.rfft(answer, size)
        out[ear] = np.fft.irfft(product, size)[: ears.shape[1]]
    return out


def _mastered(ears: Sound, seconds: float) -> Sound:
    """Fade both ends, bring to an even loudness, round off what stands out."""
    count = ears.shape[1]
    t = np.arange(count) / RATE
    edge = np.clip(t / 0.25, 0, 1) * np.clip((seconds - t) / 0.7, 0, 1)
    ears = ears * edge.astype(np.float32)
    level = float(np.sqrt((ears**2).mean())) + 1e-9
    driven = ears * (LOUDNESS / level)
    return np.asarray(PEAK * np.tanh(driven / PEAK), np.float32)


def write(sound: Sound, path: Path) -> None:
    """Save a sound as a 16-bit WAV file."""
    codes = np.round(np.clip(sound.T, -1, 1) * 32767).astype("<i2")
    with open_wave(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(codes.tobytes())
