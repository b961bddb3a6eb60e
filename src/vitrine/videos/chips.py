"""Encoders in hardware: what each is told, to come near libx264's quality below the same ceilings.

Pure: it writes arguments and asks no machine; ``hardware.py`` does.
Source: docs/adr/0049-hardware-encoders.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

RENDER_NODE = "/dev/dri/renderD128"


@dataclass(frozen=True)
class Chip:
    """One kind of encoder. name: as ffmpeg calls it. devices: globs of what it must reach.

    needs: the device without which there is none; empty where the system itself has the door.
    tell: from quality (libx264's crf) and ceiling (bits a second) to arguments.
    opening: arguments of the whole call. upload: filters that bring a picture to the device.
    """

    name: str
    needs: str
    devices: tuple[str, ...]
    tell: Callable[[str, str], list[str]]
    opening: tuple[str, ...] = ()
    upload: str = ""


def _nvenc(quality: str, ceiling: str) -> list[str]:
    constant = ["-rc", "vbr", "-cq", quality, "-b:v", "0"]
    return ["-preset", "p5", *constant, *_below(ceiling), "-forced-idr", "1"]


def _qsv(quality: str, ceiling: str) -> list[str]:
    return ["-preset", "medium", "-global_quality", quality, *_below(ceiling), "-flags:v", "+cgop"]


def _vaapi(quality: str, ceiling: str) -> list[str]:
    constant = ["-rc_mode", "QVBR", "-global_quality", quality, "-b:v", ceiling]
    return [*constant, *_below(ceiling), "-idr_interval", "0"]


def _videotoolbox(quality: str, ceiling: str) -> list[str]:
    # From 1 to 100, the higher the better; 22 to 24 of libx264 are about 55 here.
    return ["-q:v", str(round(100 - 2 * float(quality))), *_below(ceiling), "-flags:v", "+cgop"]


def _below(ceiling: str) -> list[str]:
    return ["-maxrate", ceiling, "-bufsize", ceiling]


_DRI = ("/dev/dri/renderD*", "/dev/dri/card*")
CHIPS = {
    chip.name: chip
    for chip in (
        Chip("h264_nvenc", "/dev/nvidiactl", ("/dev/nvidia*", "/dev/nvidia-caps/*"), _nvenc),
        Chip("h264_qsv", RENDER_NODE, _DRI, _qsv),
        Chip(
            "h264_vaapi",
            RENDER_NODE,
            _DRI,
            _vaapi,
            opening=("-vaapi_device", RENDER_NODE),
            upload="format=nv12,hwupload",
        ),
        Chip("h264_videotoolbox", "", (), _videotoolbox),
    )
}
"""Name -> chip, the one to be preferred first."""


def listed(encoders: str) -> list[Chip]:
    """Return the chips that ``ffmpeg -encoders`` names, the one to be preferred first."""
    words = {line.split()[1] for line in encoders.splitlines() if len(line.split()) > 1}
    return [chip for name, chip in CHIPS.items() if name in words]


def trial(chip: Chip) -> list[str]:
    """Return the arguments that encode a few frames and keep nothing."""
    drawn = ["format=yuv420p", *([chip.upload] if chip.upload else [])]
    return [
        *("-loglevel", "error", *chip.opening),
        *("-f", "lavfi", "-i", "testsrc2=s=540x960:r=30:d=0.2", "-vf", ",".join(drawn)),
        *("-c:v", chip.name, *chip.tell("22", "1000000"), "-profile:v", "high"),
        *("-f", "null", "-"),
    ]
