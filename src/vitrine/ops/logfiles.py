"""The log files of a cell: bounded, and read when something goes wrong."""

import shutil
from pathlib import Path

LARGEST_BYTES = 8 * 2**20
TAIL_BYTES = 4000
LAST_LINES = 5
FULL_BYTES = 2**20
"""With less room than this, whatever went wrong went wrong for want of room."""


def rotate(directory: Path) -> None:
    """Keep each log and one older part, both bounded.

    The file is copied and emptied, not moved: its writers hold it open for appending. A line
    written between the two is lost, which is the price of not having to tell every process.
    """
    for path in directory.glob("*.log"):
        if path.stat().st_size > LARGEST_BYTES:
            older = path.with_suffix(".log.1")
            try:
                shutil.copyfile(path, older)
            except OSError:  # a full disk: what matters now is the room
                older.unlink(missing_ok=True)
            path.open("w").close()


def last_words(path: Path) -> str:
    """Return the last line a process wrote before it failed, as a sentence for the operator."""
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - TAIL_BYTES, 0))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
    last = lines[-1].strip() if lines else "it said nothing"
    full = shutil.disk_usage(path.parent).free < FULL_BYTES
    if full or any("No space left on device" in line for line in lines[-LAST_LINES:]):
        return f"The disk that holds {path.parent.parent} is full: make room and start again."
    return f"{path.stem} failed: {last} (see {path})"
