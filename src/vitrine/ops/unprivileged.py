"""Whom Postgres runs as: it refuses root, so root lends it a user of its own."""

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vitrine.ops import leash
from vitrine.ops.trouble import Trouble

PRIVATE_UID = 60600
"""Owns the database files when root runs the cell. No other program runs under it: the number is
in a range that distributions leave alone (60578 to 61183), and it has no name and no log-in."""

NAMED_USER = "nobody"
"""Creates the files: initdb insists on a user that has a name. They change hands at once."""


@dataclass(frozen=True)
class Identity:
    """uid: None keeps the present user. capabilities: what it needs to reach its files."""

    uid: int | None
    capabilities: tuple[int, ...] = ()


def identity(directory: Path, *, program: Path) -> Identity:
    """Decide whom the server runs as, and what it may do to reach its directory and program."""
    if os.geteuid() != 0:
        return Identity(None)
    return Identity(PRIVATE_UID, _capabilities(directory, program))


def creator() -> int:
    """Return the user id that initdb runs as under root."""
    try:
        return pwd.getpwnam(NAMED_USER).pw_uid
    except KeyError:
        raise Trouble(
            f"This machine has no user {NAMED_USER!r}, which root needs to create the database: "
            "run vitrine as an ordinary user."
        ) from None


def hand_over(directory: Path, uid: int) -> None:
    """Give a directory and everything below it to a user."""
    for path in [directory, *directory.rglob("*")]:
        os.chown(path, uid, uid, follow_symlinks=False)


def _capabilities(directory: Path, program: Path) -> tuple[int, ...]:
    """Return the least that lets a stranger pass through closed folders above its files.

    A clone below /root, mode 0700, is the usual case. Reading may pass; only where root's umask
    closed the programs themselves, or where the container lacks the lesser right, may it override.
    """
    wanted: list[int] = []
    if not _all_let_pass([*directory.parents, *program.parents]):
        wanted.append(leash.CAP_DAC_READ_SEARCH)
    if not _all_let_pass([program]):
        wanted.append(leash.CAP_DAC_OVERRIDE)
    if not wanted:
        return ()
    held = _held()
    if leash.CAP_DAC_READ_SEARCH in wanted and not held & (1 << leash.CAP_DAC_READ_SEARCH):
        wanted = [leash.CAP_DAC_OVERRIDE]
    if not all(held & (1 << capability) for capability in wanted):
        raise Trouble(
            f"Postgres cannot reach {directory} as an unprivileged user: open the folders above it "
            "(chmod o+x), or keep the data elsewhere with --data."
        )
    return tuple(wanted)


def _all_let_pass(paths: Iterable[Path]) -> bool:
    return all(path.stat().st_mode & stat.S_IXOTH for path in paths if path.exists())


def _held() -> int:
    """Return the capabilities this process may hand on, as a bit mask."""
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "CapPrm":
            return int(value, 16)
    return 0
