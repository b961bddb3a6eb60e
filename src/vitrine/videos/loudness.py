"""Bring a clip's sound to -14 LUFS, so that swiping never makes anybody reach for the volume.

A plain gain where the peaks allow it; otherwise gain and limiter, the gain corrected until the
very chain that will be used measures right. Silence stays silent.
"""

import math
import re
from pathlib import Path

from vitrine.videos import jail
from vitrine.videos.probe import STEREO, Probe

BITRATE_BPS = 96_000
TARGET_LUFS = -14.0
CEILING_DBFS = -1.5
SILENCE_LUFS = -60.0
"""Below it there is nothing to hear but the microphone's own noise."""
GREATEST_GAIN_DB = 45.0
NEAR_LU = 0.25
TRIES = 5
LIMITS = jail.Limits(wall_seconds=60, cpu_seconds=60, file_bytes=1 << 20)
_INTEGRATED = re.compile(r"^ +I: +(-?[\d.]+|-inf) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^ +Peak: +(-?[\d.]+|-inf) dBFS", re.MULTILINE)


def chain(gain_db: float, *, limited: bool) -> str:
    """Return the filters for a gain; with limiter, no sample passes the ceiling."""
    if not limited:
        return f"{STEREO},volume={gain_db:.2f}dB"
    ceiling = 10 ** (CEILING_DBFS / 20)
    limiter = f"alimiter=limit={ceiling:.4f}:attack=3:release=60:level=0:latency=1"
    return f"{STEREO},volume={gain_db:.2f}dB:precision=float,{limiter}"


def levelled(path: Path, probe: Probe, *, tick: jail.Tick | None = None) -> str:
    """Return the filters that bring a probed file to the target. Runs ffmpeg when peaks forbid."""
    if not probe.has_sound or probe.loudness_lufs < SILENCE_LUFS:
        return STEREO
    gain = min(GREATEST_GAIN_DB, TARGET_LUFS - probe.loudness_lufs)
    if probe.peak_dbfs + gain <= CEILING_DBFS:
        return chain(gain, limited=False)
    for _ in range(TRIES):
        missing = TARGET_LUFS - _measure(path, chain(gain, limited=True), AS_IT_IS, tick)
        if not math.isfinite(missing) or abs(missing) <= NEAR_LU:
            break
        # A limited sound answers a step of gain with less than a step of loudness.
        gain = min(GREATEST_GAIN_DB, gain + missing * (1.0 if missing < 0 else 1.4))
    # AAC lifts hissing sound by up to 1 LU: ask once, as it costs ten times a measuring.
    missing = TARGET_LUFS - _measure(path, chain(gain, limited=True), AS_ENCODED, tick)
    if math.isfinite(missing) and abs(missing) > NEAR_LU:
        gain += missing
    return chain(gain, limited=True)


def heard(path: Path) -> tuple[float, float]:
    """Measure the sound of a file of our own making: LUFS, and the peak in dBFS."""
    arguments = ["-loglevel", "info", "-nostats", *jail.source(path.name, max_pixels=1)]
    arguments += ["-map", "0:a:0", "-af", f"{STEREO},ebur128=peak=sample:framelog=quiet"]
    ended = jail.run([*arguments, "-f", "null", "-"], folder=path.parent, limits=LIMITS)
    lufs, peak = _INTEGRATED.search(ended.report), _PEAK.search(ended.report)
    silence = float("-inf")
    return float(lufs[1]) if lufs else silence, float(peak[1]) if peak else silence


AS_IT_IS = ["-map", "0:a:0", "-af", "{filters},ebur128=framelog=quiet", "-f", "null", "-"]
AS_ENCODED = [
    *("-map", "0:a:0", "-af", "{filters}", "-c:a", "aac", "-b:a", str(BITRATE_BPS)),
    *("-f", "null", "-", "-dec", "0:0"),
    *("-filter_complex", "[dec:0]ebur128=framelog=quiet[heard]"),
    *("-map", "[heard]", "-f", "null", "-"),
]


def _measure(path: Path, filters: str, way: list[str], tick: jail.Tick | None) -> float:
    arguments = ["-loglevel", "info", "-nostats", *jail.source(path.name, max_pixels=1)]
    arguments += [word.replace("{filters}", filters) for word in way]
    ended = jail.run(arguments, folder=path.parent, limits=LIMITS, tick=tick)
    found = _INTEGRATED.search(ended.report)
    return float(found[1]) if found else float("-inf")
