"""What a Postgres server leaves in its directory and log, read without connecting to it."""

import contextlib
import os
import signal
import tempfile
import time
from hashlib import blake2s
from pathlib import Path

import psutil

from vitrine.ops.trouble import Trouble

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
"""The kernel allows 107 bytes; Postgres adds a few for its lock file."""

ORPHAN_SECONDS = 30


def socket_directory(directory: Path) -> Path:
    """Return where the server on this data directory listens: beside it, if the path is short."""
    beside = directory.with_name(f"{directory.name}-socket")
    if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return beside
    digest = blake2s(os.fsencode(directory), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"vitrine-{os.geteuid()}-{digest}"


def prepare_socket_directory(path: Path, *, uid: int | None) -> None:
    """Make the socket's folder, closed to everybody else. Raises: Trouble."""
    owner = os.geteuid() if uid is None else uid
    try:
        path.mkdir(mode=0o700, parents=True)
        os.chown(path, owner, -1)
    except FileExistsError:
        found = path.lstat()
        if path.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
            raise Trouble(f"{path} belongs to somebody else: remove it and start again.") from None
    except OSError as error:
        raise Trouble(f"Cannot write to {path.parent}: {error.strerror}.") from None


def status(directory: Path) -> tuple[int, str] | None:
    """Return the server's process id and its word on itself, from its lock file."""
    try:
        lines = (directory / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""


def clear_the_way(directory: Path) -> None:
    """Stop a server left over on this directory; drop a lock whose process id means another.

    The caller holds the data directory, so that no living supervisor owns that server. Numbers
    come round again, above all in a container after a restart, and Postgres would then refuse.
    """
    found = status(directory)
    if found is None:
        return
    pid = found[0]
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if process.name() != "postgres":
            (directory / "postmaster.pid").unlink(missing_ok=True)
            return
        if str(directory) in process.cmdline():
            process.send_signal(signal.SIGINT)
            deadline = time.monotonic() + ORPHAN_SECONDS
            while process.is_running() and time.monotonic() < deadline:
                time.sleep(0.05)


def why_it_stopped(log: Path, *, since: int) -> str:
    """Return the reason a server or initdb gave, as one sentence. since: offset in its log."""
    with log.open("rb") as file:
        file.seek(since)
        said = file.read().decode(errors="replace")
    if "No space left on device" in said:
        return f"The disk that holds {log.parent.parent} is full: Postgres needs about 200 MB free."
    if "Read-only file system" in said:
        return f"The disk that holds {log.parent.parent} is read-only."
    if "could not create shared memory segment" in said:
        return "The machine has no shared memory left for Postgres; see its log, " + str(log)
    fatal = [line for line in said.splitlines() if "FATAL:" in line or "error:" in line]
    reason = fatal[-1].split("FATAL:")[-1].strip() if fatal else "it gave no reason"
    return f"Postgres did not start ({reason}); see {log}."
