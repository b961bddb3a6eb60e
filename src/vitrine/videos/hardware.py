"""Which encoder in hardware this machine has, if any: ffmpeg lists many that no machine has.

What is listed and has its device must encode a few frames, behind the jail's own walls, before a
clip is given to it.
"""

import glob
import logging
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from vitrine.videos import chips, jail
from vitrine.videos.chips import Chip

log = logging.getLogger(__name__)

LIMITS = jail.Limits(wall_seconds=20, cpu_seconds=20)


@lru_cache(maxsize=1)
def working() -> Chip | None:
    """Return the encoder to use; None: the processor's. Asked of the machine once a process."""
    if settings.VITRINE_HARDWARE == "off":
        return None
    for chip in chips.listed(_encoders()):
        if chip.needs and not Path(chip.needs).exists():
            continue
        trouble = fault(chip)
        if not trouble:
            log.info("encode: %s is used", chip.name)
            return chip
        log.warning("encode: %s is here and does not work: %s", chip.name, trouble)
    return None


def fault(chip: Chip) -> str:
    """Let an encoder try a few frames; return what it says is wrong, empty if nothing is."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            ended = jail.run(
                chips.trial(chip), folder=Path(folder), limits=LIMITS, devices=devices(chip)
            )
        except jail.OutOfBounds as over:
            return f"it used more than it may: {over}"
    if ended.status == 0:
        return ""
    lines = ended.report.strip().splitlines() or [f"ffmpeg ended with {ended.status}"]
    return lines[0][:200]


def devices(chip: Chip | None) -> list[str]:
    """Return the device files that a run with this encoder may open. None: none."""
    found = [path for pattern in (chip.devices if chip else ()) for path in glob.glob(pattern)]
    return sorted(path for path in found if not Path(path).is_dir())


def _encoders() -> str:
    with tempfile.TemporaryDirectory() as folder:
        ended = jail.run(["-encoders"], folder=Path(folder), limits=LIMITS)
    return ended.output.decode("utf-8", "replace")
