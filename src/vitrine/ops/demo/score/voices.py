"""Sound single notes: pad, string, bell, kick, hush.

Sound is float32 in -1..1, (n,) for one voice and (2, n) once it is placed between the ears.
"""

import numpy as np
from numpy.typing import NDArray

RATE = 48_000

Sound = NDArray[np.float32]


def pitch(note: float) -> float:
    """Give the frequency in Hz of a note number; 69 is A at 440."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(int(seconds * RATE)) / RATE


def pad(note: float, seconds: float, *, bright: float = 0.5, seed: int = 0) -> Sound:
    """A slow warm chord tone: detuned partials that swell and fade."""
    t = _time(seconds)
    rng = np.random.default_rng(seed)
    total = np.zeros_like(t)
    for detune in (-0.0022, 0.0019):
        drift = 0.0009 * np.sin(2 * np.pi * (0.13 + 0.1 * rng.random()) * t + rng.random() * 6)
        phase = 2 * np.pi * pitch(note) * ((1 + detune) * t + drift)
        for harmonic in range(1, 9):
            weight = np.exp(-(harmonic - 1) * (1.35 - bright)) / harmonic**0.5
            total += weight * np.sin(harmonic * phase + rng.random() * 6.28)
    rise = np.clip(t / min(1.3, seconds / 3), 0, 1)
    fall = np.clip((seconds - t) / min(1.6, seconds / 3), 0, 1)
    swell = (rise * rise * (3 - 2 * rise)) * (fall * fall * (3 - 2 * fall))
    return (total * swell * 0.16).astype(np.float32)


def string(note: float, seconds: float = 2.6, *, soft: float = 0.5, seed: int = 0) -> Sound:
    """A plucked string: harmonics that each die in their own time."""
    t = _time(seconds)
    rng = np.random.default_rng(seed)
    base = pitch(note)
    total = np.zeros_like(t)
    spot = 0.17 + 0.1 * rng.random()
    for harmonic in range(1, 15):
        tone = base * harmonic * (1 + 0.00009 * harmonic * harmonic)
        if tone > RATE * 0.42:
            break
        weight = np.sin(np.pi * harmonic * spot) / harmonic ** (1.0 + soft)
        decay = np.exp(-t * (0.9 + 0.55 * harmonic + base / 700))
        total += weight * decay * np.sin(2 * np.pi * tone * t)
    pluck = np.clip(t / 0.004, 0, 1)
    return (total * pluck * np.clip((seconds - t) / 0.2, 0, 1) * 0.6).astype(np.float32)


def bell(note: float, seconds: float = 3.2, *, glass: float = 0.5) -> Sound:
    """A struck bell or bar: partials that are not harmonic."""
    t = _time(seconds)
    base = pitch(note)
    total = np.zeros_like(t)
    partials = (
        (1.0, 1.0, 1.2),
        (2.0, 0.35, 1.9),
        (2.76, 0.4 * glass, 2.6),
        (5.4, 0.22 * glass, 4.5),
    )
    for ratio, weight, fade in (*partials, (8.93, 0.08 * glass, 7.0)):
        if base * ratio < RATE * 0.42:
            total += weight * np.exp(-t * fade) * np.sin(2 * np.pi * base * ratio * t)
    return (total * np.clip(t / 0.003, 0, 1) * np.clip((seconds - t) / 0.3, 0, 1) * 0.4).astype(
        np.float32
    )


def kick(depth: float = 46.0) -> Sound:
    """A soft felt kick."""
    t = _time(0.5)
    sweep = depth + 70 * np.exp(-t * 34)
    body = np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.exp(-t * 9)
    return (body * np.clip(t / 0.004, 0, 1) * np.clip((0.5 - t) / 0.1, 0, 1) * 0.8).astype(
        np.float32
    )


def shaker(seed: int = 0) -> Sound:
    """A grain of brushed noise."""
    t = _time(0.12)
    noise = np.random.default_rng(seed).standard_normal(len(t))
    bright = np.diff(noise, prepend=0.0)
    return (bright * np.exp(-t * 46) * np.clip(t / 0.006, 0, 1) * 0.12).astype(np.float32)


def sub(note: float, seconds: float) -> Sound:
    """A round low note under the chord."""
    t = _time(seconds)
    tone = np.sin(2 * np.pi * pitch(note) * t) + 0.18 * np.sin(4 * np.pi * pitch(note) * t)
    edge = np.clip(t / 0.05, 0, 1) * np.clip((seconds - t) / 0.25, 0, 1)
    return (tone * edge * 0.34).astype(np.float32)


def air(seconds: float, seed: int) -> Sound:
    """The hush of a quiet room."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    tones = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= (tones / 300) / (1 + (tones / 300) ** 2.4)
    hush = np.fft.irfft(spectrum, count)
    return np.asarray(hush / (np.abs(hush).max() + 1e-9) * 0.012, np.float32)
